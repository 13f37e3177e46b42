"""Subscription to an order: what pages hold of long work.

Everything on it reads memory only. One that is cancelled, or forgotten by its page, leaves the work to those
who still subscribe; work that nobody subscribes to ends after the running part.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from compute.work.contract import Order, Progress, State, View
from engine.errors import VitrineError

if TYPE_CHECKING:
    from compute.scheduling.collector import Collector
    from compute.scheduling.execution import Execution

V = TypeVar("V", bound=View[Any, Any])


class Subscription(Generic[V]):
    """One subscriber of an order.

    Attributes:
        order: in the words of the subscriber: others may call the same image by another name.
        view: what can be read off it now.

    Args:
        execution: the work, which counts this subscriber already.
        priority: with which it was counted.
        collector: does what leaving takes.
    """

    def __init__(self, order: Order[V], execution: Execution, priority: int, collector: Collector) -> None:
        self.order = order
        self.view: V = order.view(execution.sheet)
        self._execution = execution
        self._cancelled = False
        self._leave = weakref.finalize(self, collector.post, execution.leave, priority)
        self._leave.atexit = False

    @property
    def state(self) -> State:
        """Where it stands."""
        return "cancelled" if self._cancelled else self._execution.state

    @property
    def finished(self) -> bool:
        """True when nothing more will come."""
        return self.state not in ("waiting", "running")

    @property
    def error(self) -> VitrineError | None:
        """Why it failed, in a sentence for the user."""
        return self._execution.error

    def progress(self) -> Progress:
        """How far it is."""
        return self.view.progress(self.state)

    def cancel(self) -> None:
        """Leave with what there is; others who subscribe to the same order keep it."""
        if not self.finished:
            self.view = self.order.view(self._execution.sheet.copy())
            self._cancelled = True
            self._leave()
