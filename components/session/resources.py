"""Resources that all sessions share: the job queue, and what is made ahead in the background."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Generic, TypeVar

from components.session.samples import load_sample, offered
from compute.decoding.decoder import decoder
from data_store.uploads.folders import remove_abandoned
from engine.images.picture import Picture
from model_store.own.store import trim_uploads

if TYPE_CHECKING:
    from compute.cluster.cluster import Cluster
    from compute.scheduling.queue import JobQueue

Value = TypeVar("Value")
THREADS = 4
HEAVY = (
    "components.explain.explanation_view",
    "components.start.overview",
    "skimage.measure",
    "scipy.stats",
    "matplotlib",
)
"""Modules that the first visit needs and that take long to import."""

GENERATIONS = (20_000, 10, 10)
"""When Python collects garbage: a full collection, by default every few seconds, holds all up for 0.25 s."""


@lru_cache(maxsize=1)
def background() -> ThreadPoolExecutor:
    """Threads for what no page waits for and no worker can do: starting the cluster, samples, downloads."""
    return ThreadPoolExecutor(THREADS, thread_name_prefix="vitrine")


class Shared(Generic[Value]):
    """Something that is made once in the background; what failed is made anew when it is asked for again."""

    def __init__(self, make: Callable[[], Value]) -> None:
        self._make = make
        self._future: Future[Value] | None = None
        self._lock = threading.Lock()

    def begin(self) -> Future[Value]:
        """Start making it, if that has not been done."""
        with self._lock:
            if self._future is None:
                self._future = background().submit(self._make)
            return self._future

    def take_back(self) -> Value | None:
        """The thing if it is there; it is made anew when it is asked for again."""
        with self._lock:
            future, self._future = self._future, None
        return future.result() if future and future.done() and not future.exception() else None

    def get(self) -> Value | None:
        """The thing, or None while it is made."""
        future = self.begin()
        if not future.done():
            return None
        if future.exception():
            self.take_back()
        return future.result()


def _open_queue() -> tuple[Cluster, JobQueue]:
    from compute.base.store import ResultStore
    from compute.cluster.cluster import start_cluster
    from compute.scheduling.queue import JobQueue

    cluster = start_cluster()
    return cluster, JobQueue(cluster, ResultStore())


_queue = Shared(_open_queue)


@lru_cache(maxsize=32)
def _sample(key: str) -> Shared[Picture]:
    return Shared(lambda: load_sample(key))


def job_queue() -> JobQueue | None:
    """The queue where long work is started, or None while it opens.

    Raises:
        ClusterError: the cluster cannot be started or reached; the next call tries again.
    """
    opened = _queue.get()
    return opened[1] if opened else None


def sample_picture(key: str) -> Picture | None:
    """A shipped picture, or None while it is read or rendered."""
    return _sample(key).get()


def preload_first_page() -> None:
    """Begin with the little that the first page needs."""
    _sample(next(iter(offered()))).begin()
    background().submit(trim_uploads)
    background().submit(remove_abandoned)


def preload_rest() -> None:
    """Begin with the rest that the first visit needs, one by one; sooner it would hold up the first page."""
    _queue.begin().add_done_callback(lambda _opened: background().submit(_import_ahead))


def _import_ahead() -> None:
    """What is imported stays: the collector of garbage need not look at it again and again."""
    for name in HEAVY:
        import_module(name)
    gc.freeze()
    gc.set_threshold(*GENERATIONS)


def shut_down() -> None:
    """Close the cluster and let the threads go."""
    opened = _queue.take_back()
    if opened:
        import_module("compute.batch.job").leave_batches()
        opened[0].close()
    decoder().close()
    background().shutdown(wait=False, cancel_futures=True)
    background.cache_clear()
