"""Work that any number of handles watch: one set of futures, one copy of what came back.

A job is computed while somebody watches it. When the last watcher leaves, its futures are released, and Dask forgets
what nobody else wants; ``Client.cancel`` would take the work away from other servers on the same cluster, too.
"""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from distributed import Future
from distributed.scheduler import KilledWorker

from compute.errors import KILLED, LOST, NOT_INSTALLED, ClusterError, TaskError
from compute.score_sheet import ScoreSheet, keep_scores
from compute.specs import State
from compute.store import ResultStore
from compute.sum_sheet import GrowingSums
from compute.summed import ChunkSums
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
        self._watchers = 0
        self._futures: dict[Part, Future] = {}
        self._lock = threading.RLock()

    @property
    def state(self) -> State:
        """Where it stands."""
        return self._state

    def watch(self) -> bool:
        """Count one more watcher; False if the work was already given up."""
        with self._lock:
            if self._state in ("cancelled", "failed"):
                return False
            self._watchers += 1
            return True

    def leave(self) -> None:
        """Count one watcher less; the last one ends the work."""
        with self._lock:
            self._watchers -= 1
            if self._watchers <= 0 and self._state in ACTIVE:
                self._end("cancelled")

    def begin(self, futures: Mapping[Part, Future], on_done: Callable[[SharedJob, Part, Future], None]) -> None:
        """Follow some futures; ``on_done`` is called in another thread whenever one is finished, failed or lost."""
        with self._lock:
            self._futures = dict(futures)
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
                self.error = _in_words(error)
                self._end("failed")

    def _end(self, state: State) -> None:
        self._state = state
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


class SharedSums(SharedJob):
    """The chunks of a summed pass.

    Attributes:
        growing: the sums so far.
    """

    def __init__(self, key: str, growing: GrowingSums) -> None:
        super().__init__(key)
        self.growing = growing
        if growing.sheet.complete:
            self._state = "done"

    def has(self, start: int, stop: int) -> bool:
        """True when these runs are in."""
        return self.growing.sheet.has(start, stop)

    def _take(self, value: ChunkSums) -> None:
        self.growing.add(value)


class SharedPass(SharedJob):
    """The chunks of a pass; the finished scores go to a store.

    Attributes:
        sheet: the scores so far.
    """

    def __init__(self, key: str, sheet: ScoreSheet, store: ResultStore | None) -> None:
        super().__init__(key)
        self.sheet = sheet
        self._store = store
        if sheet.complete:
            self._state = "done"

    def has(self, start: int, stop: int) -> bool:
        """True when these runs are there."""
        return self.sheet.has(start, stop)

    def _finish(self) -> None:
        keep_scores(self._store, self.sheet)

    def _take(self, value: Any) -> None:
        self.sheet.add(value)
