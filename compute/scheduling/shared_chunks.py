"""Passes that any number of handles watch: work in chunks, whose order of worth and of urgency Dask is told.

Dask keeps the priority of a task that it knows. So each priority has keys of its own: when a pass becomes
more urgent, or less, what it still waits for is let go and submitted anew.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from time import monotonic
from typing import Any, cast

from compute.base.store import ResultStore
from compute.results.score_sheet import ScoreSheet, keep_scores
from compute.results.sum_sheet import GrowingSums
from compute.scheduling.shared_jobs import ACTIVE, Part, SharedJob
from compute.work.specs import ChunkScores, Span, State
from compute.work.summed import ChunkSums
from engine.errors import VitrineError

CHECKPOINT_SECONDS = 5.0
"""So often a pass under way is kept: more is not lost with the server."""

Send = Callable[[int, list[Span]], None]
Kin = Callable[["SharedPass"], "list[SharedPass]"]
"""The other live passes of a series."""


class SharedChunks(SharedJob):
    """Work in chunks, whose tasks have the priority of its most eager watcher."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self._send: Send | None = None
        self._sent_with = 0

    @abstractmethod
    def has(self, start: int, stop: int) -> bool:
        """True when these runs are there."""

    def submit(self, send: Send) -> None:
        """Begin; ``send`` submits what is missing with a priority, but for what is on its way, and follows
        it.
        """
        with self._lock:
            self._send, self._sent_with = send, self.priority
            send(self.priority, [cast(Span, span) for span in self._futures])

    def _heed(self) -> None:
        """Dask keeps the priority of tasks that it has: they are let go, and submitted anew."""
        if self._send is None or self._state not in ACTIVE or self.priority == self._sent_with:
            return
        for span in [span for span, future in self._futures.items() if not future.done()]:
            self._futures.pop(span).release()
        try:
            self.submit(self._send)
        except (VitrineError, OSError, RuntimeError) as error:  # the cluster went away
            self.fail(error)

    def _end(self, state: State) -> None:
        super()._end(state)
        self._send = None  # it holds this job


class SharedSums(SharedChunks):
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


class SharedPass(SharedChunks):
    """The chunks of a pass; the finished scores go to a store, and to other passes of the series as they
    come.

    Attributes:
        sheet: the scores so far.
    """

    def __init__(self, key: str, sheet: ScoreSheet, store: ResultStore | None, kin: Kin) -> None:
        super().__init__(key)
        self.sheet = sheet
        self._store = store
        self._kin = kin
        self._kept_at = monotonic()
        if sheet.complete:
            self._state = "done"

    @property
    def series(self) -> str:
        """Passes with the same one have the same runs, as far as they go."""
        return self.sheet.order.series

    def has(self, start: int, stop: int) -> bool:
        """True when these runs are there."""
        return self.sheet.has(start, stop)

    def _finish(self) -> None:
        keep_scores(self._store, self.sheet)

    def _take(self, value: ChunkScores) -> None:
        self.sheet.add(value)

    def receive(self, part: Part, value: Any) -> None:
        """Take a chunk, and tell the others."""
        if part not in self._futures:
            return
        super().receive(part, value)
        for other in self._kin(self):
            other.learn(value)
        self._checkpoint()

    def _checkpoint(self) -> None:
        """Keep what is there, for a server that is started again."""
        if self._state in ACTIVE and monotonic() - self._kept_at >= CHECKPOINT_SECONDS:
            keep_scores(self._store, self.sheet)
            self._kept_at = monotonic()

    def learn(self, chunk: ChunkScores) -> None:
        """Take a chunk that another pass of the series has run, and let go of what need not be
        run any more.
        """
        with self._lock:
            if self._state not in ACTIVE:
                return
            self.sheet.adopt(chunk.start, chunk.scores, chunk.seconds, chunk.firsts)
            for span in [span for span in self._futures if self.has(*cast(Span, span))]:
                self._futures.pop(span).release()
            if not self.sheet.complete:
                return
            self._end("done")
        self._finish()
