"""Crops of images that show a concept."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from engine.arrays import Pixels
from engine.concepts.placing import Box

SIDE_PX, GAP_PX = 96, 4


def crop_of(pixels: Pixels, box: Box, side: int = SIDE_PX) -> Pixels:
    """uint8 (h, w, 3): a part of an image, whose longer side has so many pixels.

    Example:
        >>> crop_of(np.zeros((40, 80, 3), np.uint8), (0.0, 0.0, 0.5, 0.5), side=16).shape
        (8, 16, 3)
    """
    height, width, _ = pixels.shape
    top, left, bottom, right = (round(at * size) for at, size in zip(box, (height, width) * 2, strict=True))
    part = Image.fromarray(pixels[top : max(bottom, top + 1), left : max(right, left + 1)])
    scale = side / max(part.size)
    size = max(1, round(part.width * scale)), max(1, round(part.height * scale))
    return np.asarray(part.resize(size, Image.Resampling.BICUBIC))


def crop_row(crops: Sequence[Pixels]) -> Pixels:
    """uint8 (h, w, 3): crops side by side on white, their middles in a line."""
    height = max(len(one) for one in crops)
    width = sum(one.shape[1] + GAP_PX for one in crops) - GAP_PX
    row = np.full((height, width, 3), 255, np.uint8)
    left = 0
    for one in crops:
        top = (height - len(one)) // 2
        row[top : top + len(one), left : left + one.shape[1]] = one
        left += one.shape[1] + GAP_PX
    return row
