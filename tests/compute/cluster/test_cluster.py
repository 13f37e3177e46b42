"""The embedded cluster starts, is lost, starts again, and leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import psutil
import pytest

from compute.base.errors import ClusterError
from compute.cluster.cluster import start_cluster
from compute.cluster.processes import KEPT_BYTES, ROOT
from compute.scheduling.queue import JobQueue
from tests.compute.conftest import RUNS, run_here, wait_done, wait_for

LOOKS = ("tick", "monitor", "profile")
ENDINGS = ("SIGTERM", "SIGINT", "SIGKILL")


@pytest.fixture(scope="module")
def hosts(batch_log):
    """Servers at work, by the signal that will end them; started together, which takes half as long."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.compute.host"]
    started = {
        name: subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, cwd=ROOT) for name in ENDINGS
    }
    yield started
    for host in started.values():
        host.kill()
        host.wait()


@pytest.mark.processes
@pytest.mark.parametrize("ending", ENDINGS)
def test_no_process_survives_the_server(ending, hosts):
    facts = json.loads(hosts[ending].stdout.readline())
    left = [psutil.Process(pid) for pid in facts["pids"]]
    assert len(left) == 3
    hosts[ending].send_signal(getattr(signal, ending))
    hosts[ending].wait(10)
    psutil.wait_procs(left, 5)
    assert [process for process in left if process.is_running()] == []
    wait_for(lambda: not Path(facts["scratch"]).exists(), 3)


def test_a_worker_keeps_its_memory_from_batch_to_batch(cluster):
    cluster.client().wait_for_workers(1)
    kept = cluster.client().run(os.getenv, "MALLOC_MMAP_THRESHOLD_")
    assert set(kept.values()) == {str(KEPT_BYTES)}


def test_nothing_is_measured_for_a_dashboard_that_nobody_has(cluster):
    """How often, in milliseconds, each process looks at itself."""

    def looks(dask_worker=None, dask_scheduler=None):
        regular = (dask_worker or dask_scheduler).periodic_callbacks
        return {
            name: regular[name].callback_time for name in ("tick", "monitor", "profile") if name in regular
        }

    client = cluster.client()
    client.wait_for_workers(1)
    workers, nannies = client.run(looks), client.run(looks, nanny=True)
    found = [*workers.values(), *nannies.values(), client.run_on_scheduler(looks)]
    assert found == [{"tick": 200, "monitor": 5000}] * 3


@pytest.mark.processes
def test_two_workers_give_the_same_map_as_one_process(asked, batch_log):
    cluster = start_cluster(workers=2, warm=None)
    try:
        cluster.client().wait_for_workers(2)
        job = JobQueue(cluster).start(asked)
        wait_done(job)
    finally:
        cluster.close()
    assert len({line.pid for line in batch_log.lines(asked.spec)}) == 2 and batch_log.runs(asked.spec) == RUNS
    alone = run_here(asked)
    np.testing.assert_allclose(job.view.scores(), alone.scores(), atol=1e-6)
    np.testing.assert_allclose(job.view.explain(0).values, alone.explain(0).values, atol=1e-6)


@pytest.mark.processes
def test_a_lost_scheduler_is_said_and_the_next_order_starts_it_again(asked):
    cluster = start_cluster(warm=None)
    try:
        queue = JobQueue(cluster)
        job = queue.start(asked)
        wait_for(lambda: job.progress().done_runs > 0)
        old = cluster.processes
        old.scheduler.kill()
        wait_for(lambda: job.finished)
        assert (
            job.state == "failed"
            and isinstance(job.error, ClusterError)
            and "start it again" in str(job.error)
        )
        again = queue.start(asked)
        assert again.progress().done_runs >= job.progress().done_runs > 0
        wait_done(again)
        assert cluster.alive and cluster.processes is not old and not old.alive
    finally:
        cluster.close()
    assert not cluster.alive
