"""The passes of a session: each of one picture, one model, one set of parameters, for all targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from components.jobs.desks import desk_for
from components.jobs.job_set import JobSet
from components.session.choice import Choice
from components.session.keys import DRAFTS, PASSES
from components.words import numbers
from components.words.i18n import _
from engine.params import Params

if TYPE_CHECKING:
    from compute.scheduling.handles import PassJob
    from compute.work.specs import PassSpec, Prediction

PATIENCE_SECONDS = 300
"""A pass that takes longer than this is started by a person, not by itself: its first map would take longer
than 20 s.
"""

_PASSES, _DRAFTS = JobSet(PASSES), JobSet(DRAFTS)


@dataclass(frozen=True)
class Order:
    """What a pass would be.

    Attributes:
        choice: model and picture.
        prediction: the model's answer on the picture.
        spec: method and parameters.
    """

    choice: Choice
    prediction: Prediction
    spec: PassSpec

    @property
    def key(self) -> tuple[object, ...]:
        """Equal keys are the same pass."""
        return self.prediction.facts.fingerprint, self.prediction.picture_sha256, self.spec

    @property
    def title(self) -> str:
        """The method's name."""
        return _(self.spec.about.title)

    @property
    def seconds(self) -> float:
        """About how long it takes."""
        return self.prediction.seconds_for(self.spec)

    @property
    def cost(self) -> str:
        """Its cost in words."""
        return numbers.cost(self.spec.runs, self.seconds)

    def start(self) -> None:
        """Start the pass, or join it where somebody else has started it."""
        start(self)

    def stop(self) -> None:
        """End the pass where it is; what it has so far stays. Whoever stops it wants the machine quiet:
        drafts end, too.
        """
        job = _PASSES.get(self.key)
        if job is not None:
            job.cancel()
        _DRAFTS.stop()

    def give_up(self) -> None:
        """Leave the pass."""
        give_up(self)


def order_pass(choice: Choice, prediction: Prediction, method: str, params: Params) -> Order:
    """The pass that a method with these parameters needs."""
    from compute.work.specs import PassSpec

    return Order(choice, prediction, PassSpec(choice.ref, method, params))  # type: ignore[arg-type]


def give_up(order: Order) -> None:
    """Leave a pass."""
    _PASSES.let_go(order.key)


def watch_only(orders: Sequence[Order]) -> None:
    """Leave all passes of the session that the page does not show."""
    _PASSES.keep_only([order.key for order in orders])


def start(order: Order) -> None:
    """Start the pass, or join it where somebody else has started it."""
    _start(_PASSES, order)


def draft_only(order: Order | None) -> None:
    """Have a pass run while nothing else is to be done, and leave all others that the session does not watch.

    One that was stopped is not begun again.
    """
    _DRAFTS.keep_only([] if order is None else [order.key])
    if order is not None and _DRAFTS.get(order.key) is None:
        from compute.scheduling.desk import DRAFT

        _start(_DRAFTS, order, DRAFT)


def _start(jobs: JobSet, order: Order, *priority: int) -> None:
    picture = order.choice.picture
    counter = None if picture is None else desk_for(picture)
    if counter is not None and picture is not None:
        jobs.start(order.key, lambda: counter.start_pass(order.spec, order.prediction, picture, *priority))


def pass_of(order: Order) -> PassJob | None:
    """The pass; it starts by itself when it is short."""
    if _PASSES.get(order.key) is None and order.seconds <= PATIENCE_SECONDS:
        start(order)
    return _PASSES.get(order.key)


def offer_start(order: Order) -> None:
    """Say what a long pass costs, and let the person start it."""
    text = _(
        "A pass over this picture costs {cost} on this machine. It then answers for every zone and border. "
        "Fewer designs or a coarser grid cost less."
    )
    st.info(text.format(cost=order.cost))
    st.button(_("Start"), type="primary", on_click=start, args=(order,), key="start")
