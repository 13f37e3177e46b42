"""The scores of a pass as they come in, and how far it is."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from time import monotonic

import numpy as np

from compute.base.pace import RECENT, Arrival, seconds_left
from compute.base.store import ResultStore
from compute.results.results import PassResult
from compute.work.specs import ChunkScores, PassOrder, Progress, Span, State
from engine.arrays import Bools, Floats

EARLY_RUNS = 256
"""So many runs of a pass are its first: enough for a first map of most methods."""


class ScoreSheet:
    """A score matrix that fills up chunk by chunk; safe to read and write from several threads.

    Args:
        order: what was asked.
        scores: float32 (runs, T), NaN where a run is missing; None if nothing is known.
        seconds: time that they took.
    """

    def __init__(self, order: PassOrder, scores: Floats | None = None, seconds: float = 0.0) -> None:
        self.order = order
        self._lock = threading.Lock()
        shape = (order.spec.runs, len(order.prediction.targets))
        self._scores = np.full(shape, np.nan, np.float32) if scores is None else scores
        self._done = np.isfinite(self._scores[:, 0])
        self._firsts = np.zeros(len(self._done), bool)
        self._seconds = seconds
        self._arrivals: deque[Arrival] = deque(maxlen=RECENT)

    @property
    def complete(self) -> bool:
        """True when no run is missing."""
        return bool(self._done.all())

    @property
    def done_runs(self) -> int:
        """How many runs are there."""
        return int(self._done.sum())

    @property
    def nbytes(self) -> int:
        """Bytes that it takes."""
        return self._scores.nbytes

    def has(self, start: int, stop: int) -> bool:
        """True when these runs are there."""
        return bool(self._done[start:stop].all())

    def missing(self, chunk: int, coming: Iterable[Span] = (), early: int | None = None) -> list[Span]:
        """Start and stop of what is missing and not on its way, cut wherever another chunk begins.

        Args:
            chunk: its runs.
            coming: what is on its way.
            early: runs of the first chunks, which may be smaller, since nobody sees anything before there are
                some.
        """
        wanted = ~self._done
        for span in coming:
            wanted[slice(*span)] = False
        runs = np.flatnonzero(wanted)
        begins = runs % np.where(runs < EARLY_RUNS, early or chunk, chunk) == 0
        breaks = np.flatnonzero((np.diff(runs) > 1) | begins[1:]) + 1
        return [(int(part[0]), int(part[-1]) + 1) for part in np.split(runs, breaks) if len(part)]

    def add(self, chunk: ChunkScores) -> None:
        """Enter the scores of a chunk."""
        with self._lock:
            self._enter(chunk.start, chunk.scores, chunk.seconds, chunk.firsts)
            self._arrivals.append((monotonic(), chunk.stop - chunk.start))

    def adopt(self, start: int, scores: Floats, seconds: float, firsts: Bools) -> None:
        """Enter what another pass of the series knows; runs that are there, or that this pass does not have,
        are left out.

        Args:
            start: its first run.
            scores: float32 (n, T) of that run and the next ones, NaN where one is missing.
            seconds: time that they took.
            firsts: bool (n,), whether a run was the first of its batch.
        """
        with self._lock:
            self._enter(start, scores, seconds, firsts)

    def _enter(self, start: int, scores: Floats, seconds: float, firsts: Bools) -> None:
        fitting = scores[: max(len(self._done) - start, 0)]
        known = np.isfinite(scores[:, 0])
        new = known[: len(fitting)] & ~self._done[start : start + len(fitting)]
        self._scores[start : start + len(fitting)][new] = fitting[new]
        self._firsts[start : start + len(fitting)][new] = firsts[: len(fitting)][new]
        self._done[start : start + len(fitting)] |= new
        self._seconds += seconds * float(new.sum()) / max(int(known.sum()), 1)

    def copy(self) -> ScoreSheet:
        """The sheet as it is now; it does not change with this one."""
        with self._lock:
            copied = ScoreSheet(self.order, self._scores.copy(), self._seconds)
            copied._firsts = self._firsts.copy()
            return copied

    def result(self) -> PassResult:
        """What is there now."""
        with self._lock:
            return PassResult(self.order, self._scores.copy(), self._seconds, self._firsts.copy())

    def progress(self, state: State) -> Progress:
        """How far it is, with the time left at the present pace."""
        with self._lock:
            done, total = self.done_runs, len(self._done)
            pace = self.order.prediction.seconds_per_run
            left = (
                seconds_left(list(self._arrivals), total - done, pace)
                if state in ("running", "done")
                else None
            )
            return Progress(done, total, self._seconds, left, state)


def find_scores(store: ResultStore | None, order: PassOrder) -> ScoreSheet:
    """What the store knows of an order: all runs, some of them, those of a shorter pass of the series, or
    none.
    """
    sheet = ScoreSheet(order)
    stored = store.get(order.series) if store else None
    if store is None or stored is None:
        return sheet
    try:
        scores, seconds = stored.arrays["scores"], float(stored.facts["seconds"])
        firsts = stored.arrays.get("firsts", np.zeros(len(scores), bool))
        if (
            scores.shape[1:] != (len(order.prediction.targets),)
            or scores.dtype != np.float32
            or firsts.shape != scores.shape[:1]
        ):
            raise ValueError(f"scores {scores.dtype} {scores.shape} do not fit")
    except (KeyError, TypeError, ValueError) as error:
        store.remove(order.series, error)
        return sheet
    sheet.adopt(0, scores, seconds, firsts)
    return sheet


def keep_scores(store: ResultStore | None, sheet: ScoreSheet) -> None:
    """Keep scores, all or so far, in the place of fewer ones of the series; nothing of the picture is stored
    but its digest.
    """
    result = sheet.result()
    order = result.order
    if store is None:
        return
    runs = int(np.isfinite(result.scores[:, 0]).sum())
    facts = {
        "runs": runs,
        "seconds": result.seconds,
        "method": order.spec.method,
        "params": order.spec.run_params(),
        "model": order.prediction.facts.key,
        "fingerprint": order.prediction.facts.fingerprint,
        "picture_sha256": order.picture.sha256,
    }
    arrays = {"scores": result.scores, "firsts": result.firsts}
    store.put(order.series, arrays, facts, replaces=lambda known: known.get("runs", 0) < runs)
