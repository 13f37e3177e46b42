"""Ways to make an image fit a network that looks at one shape only."""

from typing import Literal, get_args

import numpy as np

from engine.arrays import Pixels
from engine.images.picture import Picture

Fit = Literal["squeeze", "crop", "pad"]
FITS: tuple[Fit, ...] = get_args(Fit)
GREY = 127
"""Value of the margins of ``pad``, in 0-255."""
_SAME = 0.01
"""Ratios of sides that differ by less than this share are the same."""


def fit_shape(picture: Picture, size_hw: tuple[int, int], fit: Fit) -> Picture:
    """The image that a network sees, in the ratio of sides that it takes.

    Maps are drawn over what comes out, so they lie where the pixels were.

    Args:
        picture: any.
        size_hw: height and width that the network looks at, in pixels.
        fit: ``squeeze``: the whole image, which is squeezed later; ``crop``: its centre; ``pad``: the whole
            image between grey margins.
    """
    height, width = picture.size_hw
    ratio = size_hw[1] / size_hw[0]
    if fit == "squeeze" or abs(width / height / ratio - 1) < _SAME:
        return picture
    wide = width / height > ratio
    if (fit == "crop") == wide:
        target = (height, max(1, round(height * ratio)))
    else:
        target = (max(1, round(width / ratio)), width)
    pixels = _middle(picture, target) if fit == "crop" else _framed(picture, target)
    return Picture(pixels, picture.name)


def _middle(picture: Picture, size_hw: tuple[int, int]) -> Pixels:
    top, left = ((whole - part) // 2 for whole, part in zip(picture.size_hw, size_hw, strict=True))
    return picture.pixels[top : top + size_hw[0], left : left + size_hw[1]]


def _framed(picture: Picture, size_hw: tuple[int, int]) -> Pixels:
    canvas = np.full((*size_hw, 3), GREY, np.uint8)
    top, left = ((whole - part) // 2 for whole, part in zip(size_hw, picture.size_hw, strict=True))
    canvas[top : top + picture.size_hw[0], left : left + picture.size_hw[1]] = picture.pixels
    return canvas
