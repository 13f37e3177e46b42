"""Benchmark of a cluster of 64 workers on one machine: their tasks have the true length and do not compute.

Orders, job queue, scheduler, workers and the fetching of results are Vitrine's own. It says where they
saturate: the share of the workers' time that is used, by the length of a task, and the processor time of a
task in the scheduler and in the server, which is what each of them would need on a machine of its own.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

import psutil

from benchmarks.machine import processor_seconds
from benchmarks.races.tables import table
from benchmarks.server.sleepers import SleepOrder, SleepSpec
from compute.cluster.cluster import Cluster
from compute.cluster.processes import UNWATCHED
from compute.cluster.servers import LOOPBACK, PlainScheduler, PlainWorker
from compute.scheduling.queue import JobQueue

WORKERS = 64
HOSTS = 2
"""Processes in which they live."""

LENGTHS = (2.0, 1.0, 0.5, 0.2)
"""Seconds of a task."""

SIZE = 42_000
"""Bytes of an answer: scores of 216 targets in a second of runs of `streets-segformer`."""

SIZES = (1_000, 1_000_000)
"""Of the answers besides, at ``LENGTH`` seconds."""

LENGTH = 0.5
IDEAL_SECONDS = 6.0
MOST_TASKS = 640
GOOD = 0.9
"""Share of the workers' time that is well used."""

POLL_SECONDS = 0.02
ENVIRONMENT = UNWATCHED | {
    "DASK_LOGGING__DISTRIBUTED": "error",
    "DASK_DISTRIBUTED__SCHEDULER__WORKER_SATURATION": "1.0",
}
"""Scheduler and workers are as those of the embedded cluster (``compute.cluster.processes``)."""

COLUMNS = (
    "seconds a task",
    "bytes an answer",
    "tasks",
    "tasks a second",
    "workers busy",
    "scheduler, ms",
    "server, ms",
)


@dataclass(frozen=True)
class Load:
    """What an order took.

    Attributes:
        spec: its tasks.
        seconds: from its start to its last answer.
        scheduler_seconds, server_seconds: processor time of the two processes, with all else that they do
            meanwhile, such as hearing from idle workers.
    """

    spec: SleepSpec
    seconds: float
    scheduler_seconds: float
    server_seconds: float

    @property
    def busy(self) -> float:
        """Share of the workers' time that their tasks took, 0-1."""
        return self.spec.tasks * self.spec.seconds / (WORKERS * self.seconds)

    @property
    def limit(self) -> float:
        """Tasks a second at which the busier of the two processes has no time left."""
        return self.spec.tasks / max(self.scheduler_seconds, self.server_seconds)


def report() -> str:
    """A row for each length and each size, and what they say."""
    specs = [spec_of(seconds, SIZE, number) for number, seconds in enumerate(LENGTHS)]
    specs += [spec_of(LENGTH, size, len(LENGTHS) + number) for number, size in enumerate(SIZES)]
    with simulated_cluster() as (queue, scheduler):
        measure(queue, scheduler, SleepSpec(WORKERS, 0.0, SIZE, -1))  # every worker has imported the task
        loads = [measure(queue, scheduler, spec) for spec in specs]
    rows = table(COLUMNS, [row_of(load) for load in loads])
    return f"## A simulated cluster of {WORKERS} workers\n\n{rows}\n\n{conclusion(loads[: len(LENGTHS)])}\n"


def spec_of(seconds: float, size: int, number: int) -> SleepSpec:
    """As many tasks as 64 workers would need a few seconds for, whole rounds of them."""
    rounds = max(round(min(IDEAL_SECONDS / seconds, MOST_TASKS / WORKERS)), 1)
    return SleepSpec(rounds * WORKERS, seconds, size, number)


def row_of(load: Load) -> list[str]:
    """The cells of one order."""
    spec = load.spec
    spent = (1000 * seconds / spec.tasks for seconds in (load.scheduler_seconds, load.server_seconds))
    return [
        f"{spec.seconds:g}",
        f"{spec.size:,}",
        f"{spec.tasks:,}",
        f"{spec.tasks / load.seconds:.0f}",
        f"{load.busy:.0%}",
        *(f"{one:.2f}" for one in spent),
    ]


def conclusion(loads: Sequence[Load]) -> str:
    """Where it saturates, and how long a task must be."""
    limit = min(load.limit for load in loads)
    good = [load.spec.seconds for load in loads if load.busy >= GOOD]
    here = f"{min(good):g} s and more keep" if good else "no length keeps"
    return (
        f"Here, where {WORKERS} workers share {os.cpu_count()} cores with scheduler and server, {here} them "
        f"busy for {GOOD:.0%} of the time. By processor time alone a scheduler and a server with a core each "
        f"take {limit:.0f} tasks a second: {WORKERS} workers want tasks of {WORKERS / limit:.2f} s or more."
    )


def measure(queue: JobQueue, scheduler: psutil.Process, spec: SleepSpec) -> Load:
    """Run one order to its end."""
    processes = (scheduler, psutil.Process())
    before, began = [processor_seconds(process) for process in processes], perf_counter()
    _run(queue, spec)
    seconds = perf_counter() - began
    spent = (processor_seconds(one) - then for one, then in zip(processes, before, strict=True))
    return Load(spec, seconds, *spent)


def _run(queue: JobQueue, spec: SleepSpec) -> None:
    job = queue.start(SleepOrder(spec))
    while not job.finished:
        sleep(POLL_SECONDS)
    if job.error is not None:
        raise job.error


@contextmanager
def simulated_cluster(
    workers: int = WORKERS, hosts: int = HOSTS
) -> Iterator[tuple[JobQueue, psutil.Process]]:
    """A scheduler and workers, one thread each, some in each process; on loopback, without TLS."""
    with tempfile.TemporaryDirectory(prefix="vitrine-simulated-") as folder:
        file = Path(folder) / "scheduler.json"
        kinds = [("scheduler", 1), *[("workers", workers // hosts)] * hosts]
        processes = [_start(kind, file, count) for kind, count in kinds]
        cluster = None
        try:
            while not file.exists() and all(process.poll() is None for process in processes):
                sleep(POLL_SECONDS)
            cluster = Cluster(workers, address_in(file), warm=None)
            cluster.client().wait_for_workers(workers)
            yield JobQueue(cluster), psutil.Process(processes[0].pid)
        finally:
            if cluster is not None:
                cluster.close()
            for process in processes:
                process.terminate()
                process.wait()


def _start(kind: str, file: Path, count: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "benchmarks.server.simulated", kind, str(file), str(count)]
    return subprocess.Popen(command, env=os.environ | ENVIRONMENT)


def address_in(file: Path) -> str:
    """Of the scheduler that wrote a file."""
    return str(json.loads(file.read_text("utf-8"))["address"])


async def _serve(kind: str, file: Path, count: int) -> None:
    """Be the scheduler, or some workers, until the end."""
    if kind == "scheduler":
        servers = [
            PlainScheduler(host=LOOPBACK, port=0, protocol="tcp", dashboard=False, scheduler_file=str(file))
        ]
    else:
        while not file.exists():
            await asyncio.sleep(POLL_SECONDS)
        servers = [
            PlainWorker(address_in(file), host=LOOPBACK, nthreads=1, memory_limit=0) for _ in range(count)
        ]
    await asyncio.gather(*servers)
    await asyncio.gather(*(server.finished() for server in servers))


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
