"""Images on which models of unknown purpose are tried: the samples, other photographs of installed packages,
and parts of both.
"""

from collections.abc import Iterator
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from samples.library import SAMPLES, package_photo, sample_pixels

MIXED = ("street-1", "cat", "street-2", "coffee", "street-3", "flower", "rocket", "temple")
"""Samples that come first, mixed: nobody knows yet what a model is for."""
MOST = 48
"""Images in all."""

_OTHERS = (
    *("motorcycle_left.png", "camera.png", "hubble_deep_field.jpg", "coins.png", "retina.jpg", "brick.png"),
    *("ihc.png", "grass.png", "moon.png", "gravel.png", "clock_motion.png"),
)
"""Of scikit-image, inside its package."""
_PLACES = ((0.25, 0.5), (0.5, 0.0), (0.5, 1.0), (0.0, 0.5))
"""Where a part lies in its image, top to bottom and left to right, as a share of what is left beside it."""
_PART = 0.6
"""Side of a part, a square, as a share of the shorter side of its image."""
_LONGEST = 640
"""Side in pixels of what is no sample: a model is given less."""

Pixels = NDArray[np.uint8]


def other_images(most: int = MOST - len(MIXED)) -> Iterator[tuple[str, Pixels]]:
    """Name and uint8 (H, W, 3) of images beside the samples of `MIXED`: whole ones first, then parts."""
    return islice(_others(), most)


def _others() -> Iterator[tuple[str, Pixels]]:
    whole = {sample.key: sample_pixels(sample.key) for sample in SAMPLES if sample.kind != "digit"}
    whole |= {name: package_photo("skimage", f"data/{name}") for name in _OTHERS}
    for name, pixels in whole.items():
        if name not in MIXED:
            yield name, _smaller(pixels)
    for number, place in enumerate(_PLACES, 1):
        for name, pixels in whole.items():
            yield f"{name}, part {number}", _smaller(_part(pixels, place))


def _part(pixels: Pixels, place: tuple[float, float]) -> Pixels:
    height, width = pixels.shape[:2]
    side = round(_PART * min(height, width))
    top, left = round(place[0] * (height - side)), round(place[1] * (width - side))
    return pixels[top : top + side, left : left + side]


def _smaller(pixels: Pixels) -> Pixels:
    step = -(-max(pixels.shape[:2]) // _LONGEST)
    return np.ascontiguousarray(pixels[::step, ::step])
