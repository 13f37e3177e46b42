"""Runner that runs equal orders once: several methods read the same gradients, several maps the same runs."""

from collections.abc import Callable
from typing import Any, TypeVar

from compute.run.runners import OnProgress, Runner, ignore, never
from compute.work.contract import Order, Sheet, View

V = TypeVar("V", bound=View[Any, Any])


class OnceRunner:
    """Asks another runner, and remembers what it has found; meant for the orders of one image.

    Args:
        runner: who computes.
    """

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._sheets: dict[str, Sheet] = {}

    def run(
        self, order: Order[V], on_progress: OnProgress = ignore, enough: Callable[[V], bool] = never
    ) -> V:
        """What can be read off an order; see ``Runner.run``."""
        if order.key not in self._sheets:
            self._sheets[order.key] = self._runner.run(order, on_progress, enough).sheet
        return order.view(self._sheets[order.key])

    def known(self, order: Order[V]) -> V | None:
        """What can be read off an order that was run before; None if it was not."""
        sheet = self._sheets.get(order.key)
        return None if sheet is None else order.view(sheet)
