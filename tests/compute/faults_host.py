"""A server that works on a pass with a store, until the test kills it. Prints how many runs are kept."""

import sys
import time
from pathlib import Path

import numpy as np

from compute.base.store import ResultStore
from compute.cluster.cluster import start_cluster
from compute.scheduling.queue import JobQueue
from compute.work import score_sheet
from compute.work.perturbation import PerturbationOrder, PerturbationSpec
from engine.images.picture import Picture
from model_store.catalogue import ModelRef
from tests.compute.conftest import PARAMS, RUNS, ask
from tests.harness.waits import wait_for


def the_pass() -> PerturbationOrder:
    """The same in both lives of the server."""
    return ask(
        PerturbationSpec(ModelRef("slow-killed-server"), "sobol", PARAMS),
        Picture(np.full((48, 64, 3), 90, np.uint8), "grey"),
    )


def main() -> None:
    score_sheet.CHECKPOINT_SECONDS = 0.0
    store, asked = ResultStore(Path(sys.argv[1])), the_pass()
    queue = JobQueue(start_cluster(warm=None), store)
    job = queue.start(asked)
    wait_for(store.sizes)
    assert job.progress().done_runs < RUNS, "the test must kill it before it is done"
    print("kept", flush=True)
    time.sleep(120)


if __name__ == "__main__":
    main()
