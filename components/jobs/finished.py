"""Jobs that were finished before anybody asked: what came with Vitrine is read without queue or worker."""

from __future__ import annotations

from typing import Any, TypeVar

from components.session.guard import attempt
from compute.scheduling.subscription import Subscription
from compute.shipped.drawings import LayerDrawings, ModelOutline
from compute.shipped.shelf import shipped_drawings, shipped_layer, shipped_work
from compute.work.contract import Order, Sheet, State, View
from compute.work.filters import FilterOrder
from engine.errors import VitrineError
from model_store.catalogue import ModelRef

V = TypeVar("V", bound=View[Any, Any])


class FinishedJob(Subscription[V]):
    """A subscription to which nothing more will come, and that nobody works for."""

    def __init__(self, order: Order[V], sheet: Sheet) -> None:
        self.order = order
        self.view = order.view(sheet)

    @property
    def state(self) -> State:
        return "done"

    @property
    def error(self) -> None:
        return None

    def cancel(self) -> None:
        """There is nothing to leave."""


def finished_job(order: Order[V]) -> FinishedJob[V] | None:
    """The job of an order that came with Vitrine, or None."""
    found = attempt(shipped_work, order)
    return None if found is None or isinstance(found, VitrineError) else FinishedJob(*found)


def known_outline(ref: ModelRef) -> ModelOutline | None:
    """What is known of a model that came with Vitrine before any worker is up, or None."""
    found = attempt(shipped_drawings, ref)
    return None if found is None or isinstance(found, VitrineError) else found.outline


def finished_layer(order: FilterOrder) -> LayerDrawings | None:
    """The layer that came with Vitrine if it answers an order, with its patches; or None."""
    found = attempt(shipped_layer, order)
    return None if isinstance(found, VitrineError) else found
