"""The summed pass: runs are added up as they come, and only sums are kept."""

from collections.abc import Callable

import numpy as np

from engine.errors import ModelError
from engine.model import LoadedModel
from engine.summed.plan import Runs, Sums


def add_up(first: Sums, second: Sums) -> Sums:
    """Both sums together; an empty one adds nothing.

    Example:
        >>> total = add_up({}, {"gradient": np.array([1.0, 2.0])})
        >>> add_up(total, {"gradient": np.array([10.0, -2.0])})["gradient"].tolist()
        [11.0, 0.0]
    """
    return (
        {name: first.get(name, np.zeros(())) + array for name, array in second.items()} if second else first
    )


def run_summed(
    model: LoadedModel, runs: Runs, span: tuple[int, int], pause: Callable[[], None] = lambda: None
) -> Sums:
    """Sums of some consecutive runs.

    Args:
        model: the model.
        runs: of a method.
        span: the first run, and the one after the last.
        pause: called before each batch; what it raises ends the pass.

    Raises:
        ModelError: a sum is not a number.
    """
    total: Sums = {}
    start, stop = span
    for first in range(start, stop, runs.step):
        pause()
        total = add_up(total, runs.add(model, first, min(first + runs.step, stop)))
    if not all(np.isfinite(array).all() for array in total.values()):
        raise ModelError(
            "The model's output here is not a number: this image cannot be explained with this method."
        )
    return total
