"""Jobs that were finished before anybody asked: what came with Vitrine is read without queue or worker."""

from typing import Any, Generic, TypeVar

from components.session.guard import attempt
from compute.shipped.shelf import shipped_work
from compute.work.contract import Order, Progress, Sheet, State, View
from engine.errors import VitrineError

V = TypeVar("V", bound=View[Any, Any])


class FinishedJob(Generic[V]):
    """A subscription to which nothing more will come; see ``compute.scheduling.subscription``.

    Attributes:
        order: what was asked.
        view: what can be read off it.
    """

    state: State = "done"
    finished = True
    error = None

    def __init__(self, order: Order[V], sheet: Sheet) -> None:
        self.order = order
        self.view: V = order.view(sheet)

    def progress(self) -> Progress:
        """All of it is there."""
        return self.view.progress(self.state)

    def cancel(self) -> None:
        """There is nothing to leave."""


def finished_job(order: Order[V]) -> FinishedJob[V] | None:
    """The job of an order that came with Vitrine, or None."""
    found = attempt(shipped_work, order)
    return None if found is None or isinstance(found, VitrineError) else FinishedJob(*found)
