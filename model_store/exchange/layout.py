"""Layouts of images and answers: which axis of an array holds the channels, or the classes."""

from collections.abc import Sequence

import numpy as np

from engine.arrays import Floats
from engine.errors import ModelError
from model_store.own.model import Kind

FIRST, LAST = 1, 3
"""Axes of the channels in (N, C, H, W) and in (N, H, W, C)."""
_ORDER: dict[Kind, tuple[int, int]] = {"tflite": (LAST, FIRST)}
_COLOURS = (1, 3)
_SAME_ASPECT = 0.1

Shape = Sequence[int | None]


def image_axis(shape: Shape, kind: Kind) -> int:
    """The axis of the channels of an image (N, ?, ?, ?); where both fit, the usual one of the format.

    Raises:
        ModelError: it is no image.
    """
    axes = _ORDER.get(kind, (FIRST, LAST))
    fitting = [axis for axis in axes if len(shape) == 4 and shape[axis] in _COLOURS]
    if not fitting:
        raise ModelError(
            "The model takes an input {shape}; an image (number, height, width, 3 or 1) was expected.",
            shape=tuple(shape),
        )
    return fitting[0]


def places(axis: int) -> tuple[int, int]:
    """The axes of height and width, where the channels are on ``axis``."""
    return (2, 3) if axis == FIRST else (1, 2)


def classes_last(outputs: Floats, size_hw: tuple[int, int], axis: int) -> Floats:
    """Outputs (N, C), or a map (N, h, w, C) wherever its classes were before.

    A map of a single place is a value for each class. Of the two axes that classes can be on, it is the one
    that leaves a map with the aspect of the image; where both do, that on which the image has its channels.

    Args:
        outputs: (N, C), or a map.
        size_hw: height and width of the images.
        axis: of the channels of the image.
    """
    if outputs.ndim != 4:
        return outputs
    if 1 in (outputs.shape[1] * outputs.shape[2], outputs.shape[2] * outputs.shape[3]):
        return outputs.reshape(len(outputs), -1)
    other = FIRST if axis == LAST else LAST
    fitting = [one for one in (axis, other) if _keeps_aspect(outputs.shape, one, size_hw)]
    return np.moveaxis(outputs, (fitting or [axis])[0], -1)


def _keeps_aspect(shape: Sequence[int], axis: int, size_hw: tuple[int, int]) -> bool:
    height, width = (shape[place] / side for place, side in zip(places(axis), size_hw, strict=True))
    return abs(height / width - 1) < _SAME_ASPECT
