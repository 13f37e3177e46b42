"""The summed passes of a session: each of one method, one picture, one model, for one target or a few."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.jobs.desks import desk_for
from components.jobs.job_set import JobSet
from components.jobs.passes import PATIENCE_SECONDS
from components.session.choice import Choice
from components.session.keys import SUMMED_JOBS
from components.words import numbers
from components.words.i18n import _
from engine.params import Params

if TYPE_CHECKING:
    from compute.scheduling.handles import SummedJob
    from compute.work.specs import Prediction
    from compute.work.summed import SummedOrder
    from engine.target_sets import Wanted

_JOBS = JobSet(SUMMED_JOBS)


@dataclass(frozen=True, eq=False)
class SumsOrder:
    """What a summed pass would be.

    Attributes:
        choice: model and picture.
        asked: what is computed.
    """

    choice: Choice
    asked: SummedOrder

    @property
    def key(self) -> tuple[object, ...]:
        """Equal keys are the same pass, read in the same way."""
        return self.asked.key, self.asked.spec

    @property
    def title(self) -> str:
        """The method's name."""
        return _(self.asked.spec.about.title)

    @property
    def seconds(self) -> float:
        """About how long it takes."""
        return self.asked.seconds

    @property
    def cost(self) -> str:
        """Its cost in words."""
        return numbers.cost(self.asked.runs, self.asked.seconds)

    def start(self) -> None:
        """Start the pass, or join it where somebody else has started it."""
        counter = desk_for(self.asked.picture)
        if counter is not None:
            _JOBS.start(
                self.key,
                lambda: counter.start_summed(self.asked.spec, self.asked.prediction, self.asked.picture),
            )

    def stop(self) -> None:
        """End the pass where it is; what it has so far stays."""
        job = _JOBS.get(self.key)
        if job is not None:
            job.cancel()

    def give_up(self) -> None:
        """Leave the pass."""
        _JOBS.let_go(self.key)


def order_sums(
    choice: Choice, prediction: Prediction, method: str, params: Params, wanted: Sequence[Wanted]
) -> SumsOrder:
    """The pass that a method with these parameters needs to explain some targets.

    Raises:
        VitrineError: the method, its layer or a target does not fit.
    """
    from compute.work.summed import SummedOrder, SummedSpec

    assert choice.picture is not None
    return SumsOrder(
        choice, SummedOrder(SummedSpec(choice.ref, method, params, tuple(wanted)), prediction, choice.picture)
    )


def watch_sums_only(orders: Sequence[SumsOrder]) -> None:
    """Leave all summed passes of the session that the page does not show."""
    _JOBS.keep_only([order.key for order in orders])


def sums_of(order: SumsOrder) -> SummedJob | None:
    """The pass; it starts by itself when it is short."""
    if _JOBS.get(order.key) is None and order.asked.seconds <= PATIENCE_SECONDS:
        order.start()
    return _JOBS.get(order.key)
