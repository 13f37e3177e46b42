"""Sums of a summed pass as they come in, and how far it is."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

import numpy as np

from compute.base.pace import RECENT, Arrival, pace_of
from compute.work.contract import Cut, Part, Price, Progress, Sheet, State, measured_progress
from compute.work.score_sheet import chunk_runs, turn_of
from engine.arrays import Bools
from engine.summed.plan import Sums
from engine.summed.run import add_up


class SummedRuns(Protocol):
    """Runs whose sums are entered; see ``compute.work.summed.SummedOrder``."""

    @property
    def runs(self) -> int: ...
    @property
    def enough_runs(self) -> int: ...
    @property
    def step(self) -> int: ...
    @property
    def price(self) -> Price: ...


@dataclass(frozen=True, eq=False)
class ChunkSums:
    """What some consecutive runs add.

    Attributes:
        sums: arrays by name; the first axis are the targets.
        seconds: time they took.
        backend: what computed their gradients; empty where there are none.
    """

    sums: Sums
    seconds: float
    backend: str = ""


@dataclass(frozen=True, eq=False)
class SumsSoFar:
    """Sums at one moment.

    Attributes:
        done: bool (runs,), which runs are in.
        sums: float64 arrays by name.
        seconds: time that they took.
        arrivals: when the last chunks came, and how many runs each had.
        backends: what computed gradients in them.
    """

    done: Bools
    sums: Sums
    seconds: float = 0.0
    arrivals: tuple[Arrival, ...] = ()
    backends: frozenset[str] = frozenset()


class SumSheet(Sheet):
    """Sums that grow chunk by chunk; what they are now is replaced at once, so it is read without waiting.

    Args:
        order: what was ordered.
        now: sums that are there already.
        step: runs of a chunk, which stays the same when the order is left and taken up again.
    """

    def __init__(self, order: SummedRuns, now: SumsSoFar | None = None, step: int = 0) -> None:
        self.order = order
        self.now = now or SumsSoFar(np.zeros(order.runs, bool), {})
        self.step = step or order.step or chunk_runs(order.price.seconds / order.runs)
        self._lock = threading.Lock()

    @property
    def complete(self) -> bool:
        return bool(self.now.done[: self.order.enough_runs].all())

    def has(self, part: Part) -> bool:
        return bool(self.now.done[slice(*part)].all())

    def missing(self, coming: Collection[Part] = (), cut: Cut = Cut.WHOLE) -> Sequence[Part]:
        """First run of each missing chunk and the one after its last; chunks are never cut otherwise, because
        the order in which floats are added up would change their last digits.
        """
        starts = range(0, self.order.enough_runs, self.step)
        chunks = [(start, min(start + self.step, self.order.runs)) for start in starts]
        return [chunk for chunk in chunks if chunk not in coming and not self.has(chunk)]

    def turn(self, part: Part) -> int:
        return turn_of(part[0], self.step)

    def add(self, part: Part, value: ChunkSums) -> None:
        with self._lock:
            now, span = self.now, slice(*part)
            if now.done[span].any():
                return
            done = now.done.copy()
            done[span] = True
            arrivals = (*now.arrivals, (monotonic(), part[1] - part[0]))[-RECENT:]
            sums, seconds = add_up(now.sums, value.sums), now.seconds + value.seconds
            by = now.backends | ({value.backend} if value.backend else set())
            self.now = SumsSoFar(done, sums, seconds, arrivals, by)

    def copy(self) -> SumSheet:
        return SumSheet(self.order, self.now, self.step)

    def progress(self, state: State) -> Progress:
        now, total = self.now, self.order.enough_runs
        done = int(now.done.sum())
        pace = pace_of(now.arrivals, self.order.price.seconds / self.order.runs, state == "running")
        return measured_progress(Progress(done, total, now.seconds, None, state), pace)
