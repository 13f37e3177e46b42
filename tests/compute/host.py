"""A server that starts a cluster and works; the test ends it and looks for what is left.

Prints one line of JSON: pids of all its processes and its temporary folder.
"""

import json
import os
import signal
import time

import numpy as np

from compute.cluster.cluster import start_cluster
from compute.scheduling.queue import JobQueue
from engine.images.picture import Picture
from tests.compute.conftest import ask, toy_spec
from tests.harness.waits import wait_for


def main() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs are born ignoring it
    cluster = start_cluster(warm=None)
    grey = Picture(np.full((48, 64, 3), 90, np.uint8), "grey")
    job = JobQueue(cluster).start(ask(toy_spec("slow"), grey))
    wait_for(lambda: job.progress().done_runs)
    workers = list(cluster.client().run(os.getpid).values())
    processes = cluster.processes
    facts = {
        "pids": [processes.scheduler.pid, processes.nanny.pid, *workers],
        "scratch": processes.scratch.name,
    }
    print(json.dumps(facts), flush=True)
    time.sleep(120)


if __name__ == "__main__":
    main()
