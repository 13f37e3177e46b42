"""The scores of a pass as they come in, and how far it is."""

from __future__ import annotations

import threading
from collections import deque
from time import monotonic

import numpy as np

from compute.pace import RECENT, Arrival, seconds_left
from compute.results import PassResult
from compute.specs import ChunkScores, Floats, PassOrder, Progress, State
from compute.store import ResultStore


class ScoreSheet:
    """A score matrix that fills up chunk by chunk; safe to read and write from several threads.

    Args:
        order: what was asked.
        scores: float32 (runs, T) of a finished pass, if it is one.
        seconds: time that they took.
    """

    def __init__(self, order: PassOrder, scores: Floats | None = None, seconds: float = 0.0) -> None:
        self.order = order
        self._lock = threading.Lock()
        shape = (order.spec.runs, len(order.prediction.targets))
        self._scores = np.full(shape, np.nan, np.float32) if scores is None else scores
        self._done = np.isfinite(self._scores[:, 0])
        self._seconds = seconds
        self._arrivals: deque[Arrival] = deque(maxlen=RECENT)

    @property
    def complete(self) -> bool:
        """True when no run is missing."""
        return bool(self._done.all())

    def has(self, start: int, stop: int) -> bool:
        """True when these runs are there."""
        return bool(self._done[start:stop].all())

    def add(self, chunk: ChunkScores) -> None:
        """Enter the scores of a chunk."""
        with self._lock:
            self._scores[chunk.start : chunk.stop] = chunk.scores
            self._done[chunk.start : chunk.stop] = True
            self._seconds += chunk.seconds
            self._arrivals.append((monotonic(), chunk.stop - chunk.start))

    def copy(self) -> ScoreSheet:
        """The sheet as it is now; it does not change with this one."""
        with self._lock:
            return ScoreSheet(self.order, self._scores.copy(), self._seconds)

    def result(self) -> PassResult:
        """What is there now."""
        with self._lock:
            return PassResult(self.order, self._scores.copy(), self._seconds)

    def progress(self, state: State) -> Progress:
        """How far it is, with the time left at the present pace."""
        with self._lock:
            done, total = int(self._done.sum()), len(self._done)
            pace = self.order.prediction.seconds_per_run
            left = seconds_left(list(self._arrivals), total - done, pace) if state in ("running", "done") else None
            return Progress(done, total, self._seconds, left, state)


def find_scores(store: ResultStore | None, order: PassOrder) -> ScoreSheet | None:
    """The finished scores of an order, or None."""
    stored = store.get(order.key) if store else None
    if stored is None:
        return None
    sheet = ScoreSheet(order, stored.arrays["scores"], float(stored.facts["seconds"]))
    return sheet if sheet.complete else None


def keep_scores(store: ResultStore | None, sheet: ScoreSheet) -> None:
    """Keep finished scores; nothing of the picture is stored but its digest."""
    result = sheet.result()
    order = result.order
    if store is None:
        return
    facts = {
        "seconds": result.seconds,
        "method": order.spec.method,
        "params": order.spec.run_params(),
        "model": order.prediction.facts.key,
        "fingerprint": order.prediction.facts.fingerprint,
        "picture_sha256": order.picture.sha256,
    }
    store.put(order.key, {"scores": result.scores}, facts)
