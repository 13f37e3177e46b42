"""Sheet of a search: trials as they come in, and which sets the search asks for next."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

import numpy as np

from compute.base.pace import RECENT, Arrival, pace_of
from compute.base.store import ResultStore, Stored
from compute.work.contract import Cut, Part, Progress, Sheet, State, measured_progress
from compute.work.score_sheet import PAUSES, chunk_runs
from engine.arrays import Reals
from engine.examples.search import FoundSet, Notes, Rounds
from engine.examples.trials import CellTrial, Hidden

HEXADECIMAL = 16
COLUMNS = 5
"""Numbers of a trial."""


class SearchOrder(Protocol):
    """What is searched; see ``compute.work.examples.counterfactual.CounterfactualOrder``."""

    @property
    def key(self) -> str: ...
    @property
    def most_runs(self) -> int: ...
    @property
    def seconds_per_run(self) -> float: ...
    @property
    def facts(self) -> Mapping[str, object]: ...
    def search(self, notes: Notes) -> Rounds[FoundSet]: ...


@dataclass(frozen=True)
class Tried:
    """What a part answers.

    Attributes:
        trials: in the order of the part's sets.
        seconds: time they took.
    """

    trials: tuple[CellTrial, ...]
    seconds: float


def set_text(hidden: Hidden) -> str:
    """A set as a text, in the name of a part.

    Example:
        >>> set_text(frozenset({0, 5})), sorted(set_of("21"))
        ('21', [0, 5])
    """
    return f"{sum(1 << cell for cell in hidden):x}"


def set_of(text: str) -> Hidden:
    """The set of a text."""
    bits = int(text, HEXADECIMAL)
    return frozenset(cell for cell in range(bits.bit_length()) if bits >> cell & 1)


class SearchSheet(Sheet):
    """Trials of a search, round by round: a round's sets are its missing parts, and the next round begins
    when all of them are there.

    Args:
        order: what is searched.
        known: trials that are there already.
        seconds: time that they took.
    """

    def __init__(
        self, order: SearchOrder, known: Mapping[Hidden, CellTrial] | None = None, seconds: float = 0.0
    ) -> None:
        self.order = order
        self.found: FoundSet | None = None
        self._known = dict(known or {})
        self._seconds = seconds
        self._arrivals: deque[Arrival] = deque(maxlen=RECENT)
        self._lock = threading.RLock()
        self._notes = Notes(order.most_runs)
        self._rounds = order.search(self._notes)
        self._asked: Sequence[Hidden] = ()
        self._go_on()

    def _go_on(self) -> None:
        """Begin rounds until one asks for what is not known, or the search is over."""
        while self.found is None and all(one in self._known for one in self._asked):
            self._notes.trials.update({one: self._known[one] for one in self._asked})
            try:
                self._asked = next(self._rounds)
            except StopIteration as end:
                self.found = end.value

    @property
    def complete(self) -> bool:
        return self.found is not None

    def has(self, part: Part) -> bool:
        with self._lock:
            return self.complete or all(set_of(text) in self._known for text in part)

    def missing(self, coming: Collection[Part] = (), cut: Cut = Cut.WHOLE) -> Sequence[Part]:
        """Sets of the round in parts of about a second; each part is the texts of its sets."""
        with self._lock:
            under_way = {text for part in coming for text in part}
            asked = [] if self.complete else [one for one in self._asked if one not in self._known]
        texts = [text for text in map(set_text, asked) if text not in under_way]
        size = max(chunk_runs(self.order.seconds_per_run) // (PAUSES if cut is Cut.SHORT else 1), 1)
        return [tuple(texts[start : start + size]) for start in range(0, len(texts), size)]

    def add(self, part: Part, value: Tried) -> None:
        with self._lock:
            if self.complete:
                return
            self._known |= dict(zip(map(set_of, part), value.trials, strict=True))
            self._seconds += value.seconds
            self._arrivals.append((monotonic(), len(part)))
            self._go_on()

    def copy(self) -> SearchSheet:
        with self._lock:
            return SearchSheet(self.order, self._known, self._seconds)

    def trial(self, hidden: Hidden) -> CellTrial | None:
        """What the model answers with a set hidden, if that was tried."""
        return self._known.get(hidden)

    def best(self) -> Hidden | None:
        """The smallest set so far that changes the answer."""
        with self._lock:
            return self._notes.best()

    def progress(self, state: State) -> Progress:
        """Runs of at most so many: the search may end sooner."""
        with self._lock:
            done = len(self._known)
            total = done if self.complete else self.order.most_runs
            pace = pace_of(list(self._arrivals), self.order.seconds_per_run, state == "running")
            return measured_progress(Progress(done, total, self._seconds, None, state), pace)

    def keep(self, store: ResultStore) -> None:
        """Keep a search that is over; nothing of the image but its digest."""
        with self._lock:
            sets = [set_text(one) for one in self._known]
            rows = [_numbers(one) for one in self._known.values()]
            facts = {**self.order.facts, "sets": sets, "seconds": self._seconds}
        store.put(self.order.key.rpartition("-")[2], {"trials": np.array(rows, np.float64)}, facts)


def find_trials(store: ResultStore | None, order: SearchOrder) -> SearchSheet:
    """What the store knows of a search: all of it, or nothing."""
    name = order.key.rpartition("-")[2]
    known = None if store is None else store.read_as(name, _trials_of)
    return SearchSheet(order) if known is None else SearchSheet(order, *known)


def _numbers(trial: CellTrial) -> tuple[float, ...]:
    return float(trial.changed), trial.margin, trial.kept, float(trial.answer), trial.probability


def _trials_of(stored: Stored) -> tuple[dict[Hidden, CellTrial], float]:
    """Trials of an entry; something is raised where they make no sense."""
    rows: Reals = stored.arrays["trials"]
    sets = [set_of(text) for text in stored.facts["sets"]]
    if rows.shape != (len(sets), COLUMNS) or not np.isfinite(rows).all():
        raise ValueError(f"trials {rows.shape} do not fit")
    trials = [CellTrial(bool(row[0]), row[1], row[2], int(row[3]), row[4]) for row in rows.tolist()]
    return dict(zip(sets, trials, strict=True)), float(stored.facts["seconds"])
