"""Work that any number of handles watch: one set of futures, one copy of what came back.

A job is computed while somebody watches it. When the last watcher leaves, its futures are released, and Dask
forgets what nobody else wants; ``Client.cancel`` would take the work away from other servers on the same
cluster, too.
"""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from distributed import Future
from distributed.scheduler import KilledWorker

from compute.base.errors import KILLED, LOST, NOT_INSTALLED, ClusterError, TaskError
from compute.base.logs import about
from compute.work.specs import State
from engine.errors import VitrineError

logger = logging.getLogger(__name__)
ACTIVE = ("waiting", "running")
Part = Hashable


class SharedJob(ABC):
    """Futures of one piece of work and the state that its watchers see.

    Attributes:
        key: the same for the same work.
        error: why it failed, or None.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self.error: VitrineError | None = None
        self._state: State = "waiting"
        self._watchers: list[int] = []
        self._futures: dict[Part, Future] = {}
        self._lock = threading.RLock()

    @property
    def state(self) -> State:
        """Where it stands."""
        return self._state

    @property
    def priority(self) -> int:
        """That of the most eager watcher."""
        return max(self._watchers, default=0)

    def watch(self, priority: int) -> bool:
        """Count one more watcher; False if the work was already given up."""
        with self._lock:
            if self._state in ("cancelled", "failed"):
                return False
            self._watchers.append(priority)
            self._heed()
            return True

    def leave(self, priority: int) -> None:
        """Count one watcher less; the last one ends the work."""
        with self._lock:
            self._watchers.remove(priority)
            if self._watchers:
                self._heed()
            elif self._state in ACTIVE:
                self._end("cancelled")

    def follows(self, part: Part, future: Future) -> bool:
        """True while a future is the one that a part is expected from."""
        return self._futures.get(part) is future

    def _heed(self) -> None:  # noqa: B027 (most jobs are over before anybody is more eager)
        """Called when the priority may have changed."""

    def begin(
        self, futures: Mapping[Any, Future], on_done: Callable[[SharedJob, Part, Future], None]
    ) -> None:
        """Follow some more futures; ``on_done`` is called in another thread whenever one is finished, failed
        or lost.
        """
        with self._lock:
            self._futures.update(futures)
        for part, future in futures.items():
            self.follow(part, future, on_done)

    def follow(self, part: Part, future: Future, on_done: Callable[[SharedJob, Part, Future], None]) -> None:
        """Be told once about one future."""
        future.add_done_callback(lambda done: on_done(self, part, done))

    def started(self) -> None:
        """A worker began with it."""
        with self._lock:
            if self._state == "waiting":
                self._state = "running"

    def receive(self, part: Part, value: Any) -> None:
        """Take the value of one future and let go of it."""
        with self._lock:
            future = self._futures.pop(part, None)
            if future is None:
                return
            self._state = "running"
            self._take(value)
            future.release()
            if self._futures:
                return
            self._end("done")
        self._finish()

    def fail(self, error: BaseException | None) -> None:
        """Give up because a part failed, or, without an error, because the cluster lost it."""
        with self._lock:
            if self._state in ACTIVE:
                with about(job=self.key):
                    self.error = _in_words(error)
                self._end("failed")

    def _end(self, state: State) -> None:
        self._state = state
        with about(job=self.key):
            logger.info("the job is %s", state)
        for future in self._futures.values():
            future.release()
        self._futures.clear()

    @abstractmethod
    def _take(self, value: Any) -> None:
        """Keep the value of one future."""

    def _finish(self) -> None:  # noqa: B027 (most jobs have nothing to do)
        """Called once, when the last value is there."""


def _in_words(error: BaseException | None) -> VitrineError:
    """The sentence that watchers see; what is no news for them goes to the log."""
    if error is None:
        logger.warning("the cluster lost it")
        return ClusterError(LOST)
    if isinstance(error, KilledWorker):
        logger.error("%s", error)
        return ClusterError(KILLED, times=error.allowed_failures + 1)
    if isinstance(error, ModuleNotFoundError):
        return ClusterError(NOT_INSTALLED, module=error.name)
    if isinstance(error, TaskError):
        logger.error("a task failed in a worker:\n%s", error.trace)
    if isinstance(error, VitrineError):
        return error
    logger.error("a task failed", exc_info=error)
    return TaskError()


class SharedAnswer(SharedJob):
    """One task: a prediction, a gradient pass, a question about the inside of a model.

    Attributes:
        answer: None until it is there.
    """

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.answer: Any = None

    def _take(self, value: Any) -> None:
        self.answer = value
