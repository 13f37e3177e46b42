"""Maps of one value per pixel from values of red, green and blue."""

from collections.abc import Callable, Mapping

import numpy as np

from engine.arrays import Array, Floats
from engine.phrase import later
from engine.summed.plan import Attribution

_ONE_OF: Mapping[str, Callable[..., Array]] = {"max": np.max, "mean": np.mean}
FLAT = later("The score does not change with any pixel: the map is zero everywhere. Try another target.")


def read_colours(values: Array, colours: str) -> Attribution:
    """A map of what is not negative.

    Args:
        values: (H, W, 3), from 0.
        colours: "max" or "mean".

    Example:
        >>> values = np.array([[[0.0, 3.0, 6.0], [1.0, 1.0, 1.0]]])
        >>> read_colours(values, "max").values.tolist(), read_colours(values, "mean").values.tolist()
        ([[6.0, 1.0]], [[3.0, 1.0]])
    """
    return Attribution(*_with_maximum(_ONE_OF[colours](values, axis=-1)))


def read_signed(values: Array) -> Attribution:
    """A map of what is for and against the target: the sum (H, W) over the colours of values (H, W, 3)."""
    return Attribution(*_with_maximum(values.sum(axis=-1)))


def _with_maximum(values: Array) -> tuple[Floats, dict[str, float], tuple[str, ...]]:
    greatest = float(np.abs(values).max())
    return values.astype(np.float32), {"raw maximum": greatest}, () if greatest > 0 else (FLAT,)
