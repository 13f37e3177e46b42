"""The pass of a session: one picture, one model, one set of parameters; all its zones and borders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from components import numbers
from components.choice import Choice
from components.i18n import _
from components.resources import desk
from components.session import PASS_SLOT, keep, recall
from engine.params import Params

if TYPE_CHECKING:
    from compute.jobs import PassJob
    from compute.specs import PassSpec, Prediction

PATIENCE_SECONDS = 180
"""A pass that takes longer than this is started by a person, not by itself."""


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
    def seconds(self) -> float:
        """About how long it takes."""
        return self.prediction.seconds_for(self.spec)

    @property
    def cost(self) -> str:
        """Its cost in words."""
        return numbers.cost(self.spec.runs, self.seconds)


@dataclass(frozen=True)
class _Slot:
    key: tuple[object, ...]
    job: PassJob


def order_pass(choice: Choice, prediction: Prediction, method: str, params: Params) -> Order:
    """The pass that a method with these parameters needs."""
    from compute.specs import PassSpec

    return Order(choice, prediction, PassSpec(choice.ref, method, params))  # type: ignore[arg-type]


def running_pass(order: Order) -> PassJob | None:
    """The session's pass, if it is this one; any other is given up."""
    slot: _Slot | None = recall(PASS_SLOT, None)
    if slot is None:
        return None
    if slot.key == order.key:
        return slot.job
    give_up()
    return None


def give_up() -> None:
    """Leave the session's pass, if there is one."""
    slot: _Slot | None = recall(PASS_SLOT, None)
    if slot is not None:
        slot.job.cancel()
        keep(PASS_SLOT, None)


def start(order: Order) -> None:
    """Start the pass, or join it where somebody else has started it."""
    counter = desk()
    if counter is not None and order.choice.picture is not None:
        give_up()
        keep(PASS_SLOT, _Slot(order.key, counter.start_pass(order.spec, order.prediction, order.choice.picture)))


def pass_of(order: Order) -> PassJob | None:
    """The pass; it starts by itself when it is short."""
    job = running_pass(order)
    if job is None and order.seconds <= PATIENCE_SECONDS:
        start(order)
        job = running_pass(order)
    return job


def offer_start(order: Order) -> None:
    """Say what a long pass costs, and let the person start it."""
    text = _(
        "A pass over this picture costs {cost} on this machine. It then answers for every zone and border. "
        "Fewer designs or a coarser grid cost less."
    )
    st.info(text.format(cost=order.cost))
    st.button(_("Start"), type="primary", on_click=start, args=(order,), key="start")
