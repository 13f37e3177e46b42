"""Work of the true length without arithmetic: each task sleeps, and answers with so many bytes."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from compute.base.keys import digest_of
from compute.work.contract import Cut, Order, Part, Price, Progress, Sheet, State, View
from compute.worker.tasks import guarded
from engine.arrays import Array


@dataclass(frozen=True)
class SleepSpec:
    """What workers are told.

    Attributes:
        tasks: how many.
        seconds: that each takes.
        size: of each answer, bytes.
        number: tells equal runs apart.
    """

    tasks: int
    seconds: float
    size: int
    number: int = 0


class SleepSheet(Sheet):
    """Which tasks have answered; the answers are counted, not kept."""

    def __init__(self, tasks: int) -> None:
        self._done = np.zeros(tasks, bool)

    @property
    def complete(self) -> bool:
        return bool(self._done.all())

    def missing(self, coming: Collection[Part] = (), cut: Cut = Cut.WHOLE) -> Sequence[Part]:
        there = set(coming)
        return [(task,) for task in np.flatnonzero(~self._done).tolist() if (task,) not in there]

    def has(self, part: Part) -> bool:
        return bool(self._done[part[0]])

    def add(self, part: Part, value: Array) -> None:
        self._done[part[0]] = True

    def progress(self, state: State) -> Progress:
        return Progress(int(self._done.sum()), len(self._done), 0.0, None, state)


@dataclass(frozen=True, eq=False)
class SleepOrder(Order[View["SleepOrder", SleepSheet]]):
    """So many tasks that sleep."""

    kind: ClassVar[str] = "sleep"
    chunked: ClassVar[bool] = True

    spec: SleepSpec

    @property
    def key(self) -> str:
        return f"sleep-{digest_of(self.spec)}"

    @property
    def identity(self) -> Hashable:
        return self.spec

    @property
    def price(self) -> Price:
        return Price(self.spec.tasks, seconds=self.spec.tasks * self.spec.seconds)

    @property
    def run(self) -> Callable[..., Array]:
        return sleep_and_answer

    def sheet(self) -> SleepSheet:
        return SleepSheet(self.spec.tasks)

    def view(self, sheet: SleepSheet) -> View[SleepOrder, SleepSheet]:
        return View(self, sheet)


@guarded
def sleep_and_answer(part: Part, asked: SleepSpec) -> Array:
    """Bytes that nobody can compress, uint8 (size,)."""
    time.sleep(asked.seconds)
    return np.random.default_rng(part[0]).integers(0, 256, asked.size, np.uint8)
