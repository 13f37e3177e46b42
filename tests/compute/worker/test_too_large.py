"""Work that takes more memory than there is fails alone, with a sentence."""

import os

import numpy as np
import pytest

from compute.cluster.cluster import start_cluster
from compute.scheduling.queue import JobQueue
from compute.work.predict import PredictOrder
from settings import override
from tests.compute.conftest import run_here, wait_done, wait_for
from tests.compute.worker.hungry_source import BYTES, SOURCE, store_hungry_model

WORKER_MB = 1500
SECONDS = 600.0
"""TensorFlow is imported twice, and waits ten seconds for memory each time."""


@pytest.fixture
def narrow(tmp_path):
    """A cluster whose worker has little memory, and a model that takes more."""
    assert BYTES > 2 * WORKER_MB * 2**20
    settings = {"limit_worker": str(WORKER_MB), "own": str(tmp_path / "own"), "model_source": SOURCE}
    with override(**settings):
        ref = store_hungry_model(tmp_path)
        cluster = start_cluster(warm=None)
        yield cluster, ref
        cluster.close()


@pytest.mark.processes
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_model_that_is_too_large_fails_alone_with_a_sentence(narrow, asked, picture, batch_log):
    cluster, ref = narrow
    queue = JobQueue(cluster)
    work = queue.start(asked)
    wait_for(lambda: work.progress().done_runs > 0, SECONDS)
    large = queue.start(PredictOrder(ref, picture))
    wait_for(lambda: large.finished, SECONDS)
    assert "more memory than a computing process may use" in str(large.error)
    wait_done(work, SECONDS)
    assert len({line.pid for line in batch_log.lines(asked.spec)}) <= 3  # two were ended
    np.testing.assert_array_equal(work.view.scores(), run_here(asked).scores())
    cluster.client().wait_for_workers(1)
    living = cluster.client().run(os.getpid)
    again = queue.start(PredictOrder(ref, picture))
    wait_for(lambda: again.finished, SECONDS)
    assert str(again.error) == str(large.error) and cluster.client().run(os.getpid) == living
