"""Scores of a perturbation pass as they come in, and how far it is."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, Protocol

import numpy as np

from compute.base.keys import digest_of
from compute.base.pace import RECENT, Arrival, pace_of
from compute.base.store import ResultStore, Stored
from compute.work.contract import Cut, Part, Progress, Sheet, State, measured_progress
from compute.work.predict import Prediction
from engine.arrays import Bools, Floats
from engine.images.picture import Picture
from engine.perturbation.plan import Plan

EARLY_RUNS = 256
"""So many runs of a pass are its first: enough for a first map of most methods."""

CHUNK_SECONDS = 1.0
MAX_CHUNK_RUNS = 256
PAUSES = 4
"""Chunks that nobody asked for, and the first ones, are cut into so many: urgent work waits less."""

FIRST_TURN = 4
"""Chunks of an order that come before the later ones of every other order as urgent."""

CHECKPOINT_SECONDS = 5.0
"""So often an order under way is kept: more is not lost with the server."""

_chunk_runs: dict[str, int] = {}


def chunk_runs(seconds_per_run: float) -> int:
    """Runs of a chunk: the largest power of two that takes at most about one second, 1 to 256."""
    fitting = int(np.clip(CHUNK_SECONDS / max(seconds_per_run, 1e-6), 1, MAX_CHUNK_RUNS))
    return 1 << (fitting.bit_length() - 1)


def agreed_chunk_runs(prediction: Prediction) -> int:
    """The same for each model and size, so that sessions share chunks however the speed was measured."""
    key = digest_of(prediction.facts.fingerprint, prediction.input_hw)
    return _chunk_runs.setdefault(key, chunk_runs(prediction.seconds_per_run))


def turn_of(start: int, runs: int) -> int:
    """Turn of a chunk by its first run: each is as long as all before, so who has had less comes first."""
    return (start // (FIRST_TURN * runs)).bit_length()


class ScoredRuns(Protocol):
    """What scores are entered for."""

    @property
    def spec(self) -> Any: ...
    @property
    def prediction(self) -> Prediction: ...
    @property
    def picture(self) -> Picture: ...
    @property
    def pieces(self) -> Sequence[Part]: ...
    @property
    def series(self) -> str: ...
    @property
    def runs(self) -> int: ...


class ScoredOrder(ScoredRuns, Protocol):
    """What scores are entered and read for; see ``compute.work.perturbation.PerturbationOrder``."""

    def plan(self) -> Plan: ...


@dataclass(frozen=True, eq=False)
class ChunkScores:
    """Scores of some consecutive runs.

    Attributes:
        scores: float32 (runs, T).
        seconds: time they took.
        batches: runs of each batch that the model looked at, in order; one of all runs if empty.
    """

    scores: Floats
    seconds: float
    batches: tuple[int, ...] = ()

    @property
    def firsts(self) -> Bools:
        """Whether a run was the first of its batch: bool (runs,)."""
        firsts = np.zeros(len(self.scores), bool)
        firsts[np.cumsum([0, *self.batches[:-1]])] = True
        return firsts


@dataclass(frozen=True, eq=False)
class Scores:
    """The scores of a pass at one moment.

    Attributes:
        scores: float32 (runs, T), NaN where a run is missing.
        seconds: time spent in workers.
        firsts: bool (runs,), whether a run was the first of its batch.
    """

    scores: Floats
    seconds: float
    firsts: Bools


class ScoreSheet(Sheet):
    """A score matrix that fills up chunk by chunk; safe to read and write from several threads.

    Args:
        order: what was ordered.
        known: scores that are there already.
    """

    def __init__(self, order: ScoredRuns, known: Scores | None = None) -> None:
        self.order = order
        self._lock = threading.Lock()
        runs = order.runs
        shape = (runs, len(order.prediction.targets))
        self._scores = np.full(shape, np.nan, np.float32) if known is None else known.scores
        self._done = np.isfinite(self._scores[:, 0])
        self._firsts = np.zeros(runs, bool) if known is None else known.firsts
        self._seconds = 0.0 if known is None else known.seconds
        self._arrivals: deque[Arrival] = deque(maxlen=RECENT)
        self._kept_at = monotonic()
        self._due = np.zeros(runs, bool)
        for start, stop, _batch in order.pieces or [(0, runs, 0)]:
            self._due[start:stop] = True

    @property
    def complete(self) -> bool:
        return bool(self._done[self._due].all())

    def has(self, part: Part) -> bool:
        return bool(self._done[part[0] : part[1]].all())

    def missing(self, coming: Collection[Part] = (), cut: Cut = Cut.WHOLE) -> Sequence[Part]:
        """First run of each missing chunk and the one after its last, cut wherever another chunk begins; and,
        of runs that are done again, how many each batch has.
        """
        if self.order.pieces:
            return [part for part in self.order.pieces if part not in coming and not self.has(part)]
        whole = agreed_chunk_runs(self.order.prediction)
        short = whole if cut is Cut.WHOLE else max(whole // PAUSES, 1)
        wanted = ~self._done
        for part in coming:
            wanted[part[0] : part[1]] = False
        runs = np.flatnonzero(wanted)
        late = short if cut is Cut.SHORT else whole
        begins = runs % np.where(runs < EARLY_RUNS, short, late) == 0
        breaks = np.flatnonzero((np.diff(runs) > 1) | begins[1:]) + 1
        return [(int(part[0]), int(part[-1]) + 1) for part in np.split(runs, breaks) if len(part)]

    def turn(self, part: Part) -> int:
        return turn_of(part[0], agreed_chunk_runs(self.order.prediction))

    def add(self, part: Part, value: ChunkScores) -> None:
        with self._lock:
            new = self._enter(part[0], Scores(value.scores, value.seconds, value.firsts))
            if new:
                self._arrivals.append((monotonic(), new))

    def adopt(self, other: Sheet) -> None:
        """Enter what another order of the series knows; runs that are there or not its own are left out."""
        assert isinstance(other, ScoreSheet)
        known = other.snapshot()
        with self._lock:
            self._enter(0, known)

    def _enter(self, start: int, some: Scores) -> int:
        """Enter what is new; how many runs that is."""
        fitting = some.scores[: max(len(self._done) - start, 0)]
        place = slice(start, start + len(fitting))
        known = np.isfinite(some.scores[:, 0])
        new = known[: len(fitting)] & ~self._done[place]
        self._scores[place][new] = fitting[new]
        self._firsts[place][new] = some.firsts[: len(fitting)][new]
        self._done[place] |= new
        count = int(new.sum())
        self._seconds += some.seconds * count / max(int(known.sum()), 1)
        return count

    def copy(self) -> ScoreSheet:
        return ScoreSheet(self.order, self.snapshot())

    def snapshot(self) -> Scores:
        """The scores as they are now."""
        with self._lock:
            return Scores(self._scores.copy(), self._seconds, self._firsts.copy())

    def progress(self, state: State) -> Progress:
        with self._lock:
            done, total = int(self._done[self._due].sum()), int(self._due.sum())
            expected = self.order.prediction.seconds_per_run
            pace = pace_of(list(self._arrivals), expected, state == "running")
            return measured_progress(Progress(done, total, self._seconds, None, state), pace)

    def is_due(self) -> bool:
        """Whether it is time to keep what is there: all of it, or something that nobody wants to lose."""
        due = self.complete or monotonic() - self._kept_at >= CHECKPOINT_SECONDS
        if due:
            self._kept_at = monotonic()
        return due


def find_scores(store: ResultStore | None, order: ScoredRuns) -> ScoreSheet:
    """What the store knows of an order: all runs, some, those of a shorter one of the series, or none."""
    sheet = ScoreSheet(order)
    targets = len(order.prediction.targets)
    known = store.read_as(order.series, lambda stored: _scores_of(stored, targets)) if store else None
    if known is not None:
        sheet._enter(0, known)
    return sheet


def _scores_of(stored: Stored, targets: int) -> Scores:
    """The scores of an entry; something is raised where they make no sense."""
    scores, seconds = stored.arrays["scores"], float(stored.facts["seconds"])
    firsts = stored.arrays.get("firsts", np.zeros(len(scores), bool))
    right = scores.dtype == np.float32 and firsts.dtype == bool
    if not right or scores.shape[1:] != (targets,) or firsts.shape != scores.shape[:1]:
        raise ValueError(f"scores {scores.dtype} {scores.shape} do not fit")
    known = np.isfinite(scores)
    if not (known.all(1) | ~known.any(1)).all() or not 0 <= seconds < np.inf:
        raise ValueError("there are scores that are no numbers")
    return Scores(scores, seconds, firsts)


def keep_scores(store: ResultStore, order: ScoredRuns, sheet: ScoreSheet) -> None:
    """Keep all scores so far in the place of fewer of the series; nothing of the image but its digest."""
    now = sheet.snapshot()
    runs = int(np.isfinite(now.scores[:, 0]).sum())
    facts = {
        "runs": runs,
        "seconds": now.seconds,
        "method": order.spec.method,
        "params": order.spec.run_params(),
        "model": order.prediction.facts.key,
        "fingerprint": order.prediction.facts.fingerprint,
        "picture_sha256": order.picture.sha256,
    }
    arrays = {"scores": now.scores, "firsts": now.firsts}
    store.put(order.series, arrays, facts, replaces=lambda known: known.get("runs", 0) < runs)
