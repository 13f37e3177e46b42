"""Races: two contestants, each in a process of its own, asked in turn; ratios of the same run count."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from benchmarks.races.measures import Measure
from engine.arrays import Floats, Indices, Reals

Answers = Mapping[str, Floats]
Clock = Literal["seconds", "processor_seconds"]


def _as_it_is(made: Any) -> Answers:
    return made


@dataclass(frozen=True)
class TimedTask:
    """What a contestant does, ready to be timed.

    Attributes:
        run: the work; it gets the number of the lap, from 0, and may do another part of the question in each.
        answers: the answers by name, of what ``run`` gave; the clock and the memory are not read after it.
        warm: what is done once before the clock starts; None for lap 0.
        note: what it ran on.
    """

    run: Callable[[int], Any]
    answers: Callable[[Any], Answers] = _as_it_is
    warm: Callable[[], object] | None = None
    note: str = ""


@dataclass(frozen=True)
class Contestant:
    """One that races. Equal contestants of several races are one process.

    Attributes:
        name: for people.
        make: makes its task, in its own process; a function of a module.
        options: that it is called with.
        environment: variables that are set before.
    """

    name: str
    make: Callable[..., TimedTask]
    options: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Lap:
    """What one run took.

    Attributes:
        seconds: on the clock.
        processor_seconds: of all cores, which other programs change less.
        peak_mb: the most memory that the process ever held, at the end of the run.
    """

    seconds: float
    processor_seconds: float
    peak_mb: float


@dataclass(frozen=True, eq=False)
class Finish:
    """What came of a contestant.

    Attributes:
        laps: one for each round.
        answers: of each lap.
        note: what it ran on.
        failure: why it did not arrive, or empty.
    """

    laps: tuple[Lap, ...] = ()
    answers: tuple[Answers, ...] = ()
    note: str = ""
    failure: str = ""

    def times(self, clock: Clock) -> Reals:
        """float64 (rounds,): seconds of each lap."""
        return np.array([getattr(lap, clock) for lap in self.laps], np.float64)

    @property
    def counts(self) -> Indices:
        """(rounds,): how many answers each lap gave."""
        return np.array([len(found) for found in self.answers], np.intp)

    @property
    def peak_mb(self) -> float:
        """Of the whole race."""
        return self.laps[-1].peak_mb

    @property
    def by_name(self) -> Answers:
        """All answers; of those that several laps gave, the last."""
        return {name: values for found in self.answers for name, values in found.items()}


@dataclass(frozen=True)
class Race:
    """One row of a table.

    Attributes:
        name: the question.
        ours: Vitrine.
        theirs: the library that people would use otherwise.
        measure: how far the answers agree.
        promised: how many times faster Vitrine is said to be, or None.
    """

    name: str
    ours: Contestant
    theirs: Contestant
    measure: Measure
    promised: float | None = None


@dataclass(frozen=True, eq=False)
class RaceOutcome:
    """A race that was run."""

    race: Race
    ours: Finish
    theirs: Finish

    @property
    def failure(self) -> str:
        """Why there is nothing to compare, or empty."""
        who = ((self.race.ours, self.ours), (self.race.theirs, self.theirs))
        return "; ".join(
            f"{contestant.name}: {finish.failure}" for contestant, finish in who if finish.failure
        )

    def ratios(self, clock: Clock) -> Reals:
        """float64 (rounds,): how many times longer the other takes for the same number of answers."""
        mine, peer = (finish.times(clock) / finish.counts for finish in (self.ours, self.theirs))
        return peer / mine

    @property
    def agreement(self) -> str:
        """How far the answers that both gave agree, in words; and where chance is in theirs, how far theirs
        agree with each other.
        """
        mine, peer = self.ours.by_name, self.theirs.by_name
        said = self.race.measure.said([(mine[name], peer[name]) for name in peer if name in mine])
        again = [
            (found[name], peer[name])
            for found in self.theirs.answers
            for name in found
            if not np.array_equal(found[name], peer[name])
        ]
        return f"{said}; theirs among themselves: {self.race.measure.said(again)}" if again else said
