"""A cluster whose workers have one thread and a core of their own, as long as there are enough."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from compute.cluster.cluster import Cluster
from compute.worker.tasks import warm_up
from model_store.catalogue import ModelRef

ONE_THREAD = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)


@contextmanager
def bound_cluster(workers: int, ref: ModelRef, cores: int) -> Iterator[Cluster]:
    """Start workers, bind each to a core, and have each load a model."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    try:
        cluster = Cluster(workers, scheduler=None, warm=None)
        client = cluster.client()
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)
    try:
        client.wait_for_workers(workers)
        addresses = sorted(client.scheduler_info(n_workers=-1)["workers"])
        for place, address in enumerate(addresses):
            client.run(_bind, place % cores, workers=[address])
        client.gather(
            [client.submit(warm_up, ref, workers=[address], key=f"warm-{address}") for address in addresses]
        )
        yield cluster
    finally:
        cluster.close()


def _bind(core: int) -> None:
    """Keep this process and all its threads on one core; threads that it starts later stay there, too."""
    for thread in Path("/proc/self/task").iterdir():
        os.sched_setaffinity(int(thread.name), {core})
