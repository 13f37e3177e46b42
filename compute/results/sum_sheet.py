"""The sums of a pass as they come in, how far it is, and the explanations that are read off it."""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import dataclass
from time import monotonic

import numpy as np

from compute.base.pace import RECENT, Arrival, seconds_left
from compute.work.schedule import schedule_of
from compute.work.specs import Progress, Span, State, chunk_runs
from compute.work.summed import ChunkSums, SummedOrder, SummedSpec
from engine.arrays import Bools
from engine.errors import ParamsError
from engine.explanation import Cost, Explanation
from engine.methods import get_method
from engine.perturbation.run import fit_picture
from engine.summed.plan import Attribution, SummedMethod, Sums, TargetSums
from engine.summed.run import add_up
from engine.target_sets import Wanted, column


@dataclass(frozen=True, eq=False)
class SumSheet:
    """Sums that grow chunk by chunk; it never changes, so that it may be read while others add to it.

    Attributes:
        done: bool (runs,), which runs are in.
        sums: float64 arrays by name.
        seconds: time that they took.
        arrivals: when the last chunks came, and how many runs each had.
    """

    done: Bools
    sums: Sums
    seconds: float = 0.0
    arrivals: tuple[Arrival, ...] = ()

    @classmethod
    def empty(cls, runs: int) -> SumSheet:
        """Of a pass of so many runs."""
        return cls(np.zeros(runs, bool), {})

    @property
    def complete(self) -> bool:
        """True when no run is missing."""
        return bool(self.done.all())

    def has(self, start: int, stop: int) -> bool:
        """True when these runs are in."""
        return bool(self.done[start:stop].all())

    def plus(self, chunk: ChunkSums) -> SumSheet:
        """With one more chunk; runs that are in already are not added again."""
        if self.done[chunk.start : chunk.stop].any():
            return self
        done = self.done.copy()
        done[chunk.start : chunk.stop] = True
        sums = add_up(self.sums, chunk.sums)
        arrivals = (*self.arrivals, (monotonic(), chunk.stop - chunk.start))[-RECENT:]
        return SumSheet(done, sums, self.seconds + chunk.seconds, arrivals)

    def progress(self, state: State, seconds_per_run: float) -> Progress:
        """How far it is, with the time left at the present pace.

        Args:
            state: of the job.
            seconds_per_run: the pace while there is none yet.
        """
        done, total = int(self.done.sum()), len(self.done)
        left = (
            seconds_left(self.arrivals, total - done, seconds_per_run)
            if state in ("running", "done")
            else None
        )
        return Progress(done, total, self.seconds, left, state)


class GrowingSums:
    """Where several threads find and replace the sheet of a pass.

    Attributes:
        sheet: the sums so far.
        step: runs of a chunk.
        chunks: start and stop of each chunk; they stay the same when the pass is left and taken up again.

    Args:
        order: what is asked.
        step: runs of a chunk; as many as take about a second if None.
    """

    def __init__(self, order: SummedOrder, step: int | None = None) -> None:
        self.sheet = SumSheet.empty(order.runs)
        self.step = step or chunk_runs(order.seconds_per_run)
        self.chunks = order.chunks(self.step)
        self._lock = threading.Lock()

    def missing(self, coming: Collection[Span] = ()) -> list[Span]:
        """The chunks that are missing and not on their way."""
        return [span for span in self.chunks if span not in coming and not self.sheet.has(*span)]

    def add(self, chunk: ChunkSums) -> None:
        """Add a chunk."""
        with self._lock:
            self.sheet = self.sheet.plus(chunk)


class SummedView:
    """What can be read off a summed pass at any moment.

    Args:
        order: what was asked.
        growing: its sums so far.
    """

    def __init__(self, order: SummedOrder, growing: GrowingSums) -> None:
        self.order = order
        self._growing = growing

    @property
    def spec(self) -> SummedSpec:
        """What was asked."""
        return self.order.spec

    @property
    def state(self) -> State:
        """Where it stands."""
        return "done" if self.sheet.complete else "running"

    @property
    def sheet(self) -> SumSheet:
        """The sums so far."""
        return self._growing.sheet

    def progress(self) -> Progress:
        """How far it is."""
        return self.sheet.progress(self.state, self.order.seconds_per_run)

    def explain(self, wanted: Wanted) -> Explanation | None:
        """The map of a target as far as it is known, or None if it is too early.

        Args:
            wanted: one of those ordered.

        Raises:
            ParamsError: the target was not ordered.
        """
        if wanted not in self.spec.wanted:
            raise ParamsError(
                "The target {wanted} was not asked for. Please start again with it.", wanted=wanted
            )
        sheet, needed = self.sheet, self.spec.source.readable_after
        if not sheet.has(0, len(sheet.done) if needed is None else needed):
            return None
        place = self.spec.wanted.index(wanted)
        image = fit_picture(self.order.picture, self.order.prediction.input_hw)
        sums = {name: array[place] for name, array in sheet.sums.items()}
        seen = TargetSums(sums, int(sheet.done.sum()), image, self._score(wanted))
        reading = get_method(self.spec.method, SummedMethod).read(seen, self.order.resolved.params)
        return self._assemble(place, seen, reading, sheet.seconds)

    def _score(self, wanted: Wanted) -> float:
        return float(column(self.order.prediction.base[self.spec.source.space], wanted))

    def _assemble(self, place: int, seen: TargetSums, reading: Attribution, seconds: float) -> Explanation:
        prediction, spec = self.order.prediction, self.order.resolved
        return Explanation(
            values=reading.values,
            signed=spec.about.signed,
            target=self.order.targets[place],
            method=spec.method,
            params=spec.params.as_dict(),
            score=seen.score,
            cost=Cost(seen.runs, spec.source.gradients(seen.runs), seconds / len(spec.wanted)),
            provenance=prediction.provenance(
                self.order.picture, schedule_of(spec.wanted, place) | {"chunk": self._growing.step}
            ),
            warnings=reading.warnings,
            figures=reading.figures,
        )
