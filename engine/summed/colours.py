"""From three values for a pixel to one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.model import Floats
from engine.phrase import later
from engine.summed.plan import Reading

_ONE_OF: Mapping[str, Callable[..., npt.NDArray[Any]]] = {"max": np.max, "mean": np.mean}
FLAT = later("The score does not change with any pixel, so the map is zero everywhere. Try another target.")


def read_colours(values: npt.NDArray[Any], colours: str) -> Reading:
    """A map of what is not negative.

    Args:
        values: (H, W, 3), from 0.
        colours: "max" or "mean".
    """
    return Reading(*_with_maximum(_ONE_OF[colours](values, axis=-1)))


def read_signed(values: npt.NDArray[Any]) -> Reading:
    """A map of what is for and against the target: the sum (H, W) over the colours of values (H, W, 3)."""
    return Reading(*_with_maximum(values.sum(axis=-1)))


def _with_maximum(values: npt.NDArray[Any]) -> tuple[Floats, dict[str, float], tuple[str, ...]]:
    greatest = float(np.abs(values).max())
    return values.astype(np.float32), {"raw maximum": greatest}, () if greatest > 0 else (FLAT,)
