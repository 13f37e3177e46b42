"""Contract of long work: an order says what is to be computed, a view what is there of it so far.

A kind of work is one module beside this one and one row in ``compute.work.kinds``. Whoever starts work
(``compute.scheduling.queue.JobQueue.start``) and whoever waits for it (``compute.run.runners.Runner.run``)
knows nothing but this contract:

    order.key            equal keys give equal results, so equal orders are computed once
    order.price          what it costs, before it starts
    order.sheet()        takes the results part by part, and says which parts are missing
    order.run            the task that a worker runs for one part
    order.view(sheet)    what can be read off the sheet: at any moment as much as is true by then
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, ClassVar, Generic, Literal, TypeVar, cast

from compute.base.pace import Pace
from compute.base.store import ResultStore
from engine.images.picture import Picture

State = Literal["waiting", "running", "done", "failed", "cancelled"]
Part = tuple[Any, ...]
"""Names a part of an order: plain numbers and texts, so that it can be in the key of a task."""

WHOLE: Part = ("whole",)
"""The only part of an order that is one task."""

URGENT, BRIEF, FOREGROUND, BACKGROUND, DRAFT = 10, 5, 0, -10, -20
"""Priorities: predictions; what takes a second; what is waited for; what can wait; what nobody asked for."""


class Cut(Enum):
    """How small the parts are that an order is cut into."""

    WHOLE = "about a second each"
    EARLY = "the first ones shorter, since nobody sees anything before there are some"
    SHORT = "all of them shorter, so that what is more urgent waits less"


@dataclass(frozen=True)
class Price:
    """What an order costs.

    Attributes:
        runs: images that are run through the model.
        gradients: gradients among them.
        seconds: about how long it takes on one worker.
        layers: of the network that it answers for, where it does for several at once.
    """

    runs: int = 1
    gradients: int = 0
    seconds: float = 0.0
    layers: int = 0

    def __add__(self, other: Price) -> Price:
        """The price of both; they answer for the same layers."""
        runs, gradients = self.runs + other.runs, self.gradients + other.gradients
        return Price(runs, gradients, self.seconds + other.seconds, max(self.layers, other.layers))


@dataclass(frozen=True)
class Progress:
    """How far an order is.

    Attributes:
        done_runs, total_runs: finished and all runs; an order that is one task has one.
        seconds_spent: in workers, over all finished runs.
        seconds_left: until the last run, at the present pace; None unless it runs or is done.
        state: of the order.
        slowdown: how many times as long as its price said a run takes at the present pace, on all workers
            together; None before that is measured.
    """

    done_runs: int
    total_runs: int
    seconds_spent: float
    seconds_left: float | None
    state: State
    slowdown: float | None = None

    @property
    def share(self) -> float:
        """Finished part, 0-1."""
        return self.done_runs / max(self.total_runs, 1)


def measured_progress(progress: Progress, pace: Pace) -> Progress:
    """How far something is, with the time that is left at a pace; only while it runs, or at its end."""
    if progress.state not in ("running", "done"):
        return progress
    left = pace.seconds_left(max(progress.total_runs - progress.done_runs, 0))
    return replace(progress, seconds_left=left, slowdown=pace.slowdown)


class Sheet(ABC):
    """Results of an order as they come in, part by part; read and written by several threads."""

    @property
    @abstractmethod
    def complete(self) -> bool:
        """True when no part is missing."""

    @abstractmethod
    def missing(self, coming: Collection[Part] = (), cut: Cut = Cut.WHOLE) -> Sequence[Part]:
        """Parts that are still to be run, in the order of their worth, without those on their way."""

    @abstractmethod
    def has(self, part: Part) -> bool:
        """True when a part is there."""

    @abstractmethod
    def add(self, part: Part, value: Any) -> None:
        """Enter what a task answered; what is there already, or does not belong here, is left out."""

    @abstractmethod
    def progress(self, state: State) -> Progress:
        """How far it is."""

    def copy(self) -> Sheet:
        """The sheet as it is now; it does not change with this one. A sheet that never changes is its own."""
        return self

    def adopt(self, other: Sheet) -> None:  # noqa: B027 (most kinds have no series)
        """Enter what another order of the series knows."""

    def turn(self, part: Part) -> int:
        """Turn in which a part stands: who has had fewer parts comes first."""
        return 0


class AnswerSheet(Sheet):
    """The answer of an order that is one task."""

    def __init__(self) -> None:
        self.answer: Any = None

    @property
    def complete(self) -> bool:
        return self.answer is not None

    def missing(self, coming: Collection[Part] = (), cut: Cut = Cut.WHOLE) -> Sequence[Part]:
        return [] if self.complete or WHOLE in coming else [WHOLE]

    def has(self, part: Part) -> bool:
        return self.complete

    def add(self, part: Part, value: Any) -> None:
        self.answer = value

    def progress(self, state: State) -> Progress:
        return Progress(int(self.complete), 1, 0.0, None, state)


A = TypeVar("A")
S = TypeVar("S", bound=Sheet)
O = TypeVar("O", bound="Order[Any]")  # noqa: E741


class View(Generic[O, S]):
    """What can be read off an order at any moment; it reads memory only.

    Attributes:
        order: what was ordered, in the words of whoever looks.
        sheet: the results so far, shared with all who ordered the same.
    """

    def __init__(self, order: O, sheet: S) -> None:
        self.order = order
        self.sheet = sheet

    @property
    def complete(self) -> bool:
        """Whether all of it is there."""
        return self.sheet.complete

    def progress(self, state: State | None = None) -> Progress:
        """How far it is.

        Args:
            state: of the order; where None, "done" or "running", as the sheet says.
        """
        return self.sheet.progress(state or ("done" if self.complete else "running"))


class AnswerView(View[O, AnswerSheet], Generic[O, A]):
    """The answer of an order that is one task."""

    def result(self) -> A | None:
        """The answer, or None until it is there."""
        return cast("A | None", self.sheet.answer)


V = TypeVar("V", bound=View[Any, Any])


class Order(ABC, Generic[V]):
    """What is to be computed. Subclasses are frozen dataclasses with a ``spec``: what workers are told.

    Attributes:
        kind: name of the kind of work, as in ``compute.work.kinds``.
        priority: with which it is started unless somebody says otherwise.
        retries: how often a task is begun again whose worker has died.
        chunked: its parts are many and small: they take turns with those of other orders, and are submitted
            anew when somebody more eager, or less, watches.
        grows: which parts are missing depends on what others answered.
    """

    kind: ClassVar[str]
    priority: ClassVar[int] = FOREGROUND
    retries: ClassVar[int] = 1
    chunked: ClassVar[bool] = False
    grows: ClassVar[bool] = False
    spec: Any

    @property
    @abstractmethod
    def key(self) -> str:
        """Name of the kind and a hex digest: equal keys give equal results.

        Raises:
            VitrineError: the model is not there.
        """

    @property
    def series(self) -> str:
        """Equal where orders share parts, as far as the shorter goes: what one runs, others need not."""
        return self.key

    @property
    @abstractmethod
    def identity(self) -> Hashable:
        """Equal ones are the same order, read in the same way; cheap: pages compare it at each look."""

    @property
    def price(self) -> Price:
        """What it costs, before it starts."""
        return Price()

    @property
    @abstractmethod
    def run(self) -> Callable[..., Any]:
        """The task of a part, a function of a module: ``run(part, asked, **shared)``."""

    @property
    def snapshot(self) -> Callable[[Any], Any] | None:
        """For parts that go on from what the one before left in the worker: the task that says what of it
        comes home. Then ``run`` is called with what was left as ``before``, None at the start.
        """
        return None

    @property
    def asked(self) -> Any:
        """The spec as workers take it."""
        return self.spec

    @property
    def shared(self) -> Mapping[str, Any]:
        """Images and targets that tasks take by name; they travel once for all orders that need them."""
        return {}

    @property
    def image(self) -> Picture | None:
        """The image that it is about, if it is about one: whoever keeps nothing of it keeps no result."""
        return self.shared.get("picture")

    def sheet(self) -> Sheet:
        """An empty sheet."""
        return AnswerSheet()

    @abstractmethod
    def view(self, sheet: Any) -> V:
        """What can be read off a sheet of this order, or of one with the same key."""

    def find(self, store: ResultStore | None) -> Sheet:
        """A sheet with what the store knows."""
        return self.sheet()

    def keep(self, store: ResultStore | None, sheet: Any) -> None:
        """Put into the store what is worth it; called after each part, and by who has run the last."""

    def prepare(self) -> None:
        """Do while the first part runs what reading it will need."""
