"""The double canvas: colours and labels painted with the same strokes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from samples.scenes.drawing.noise import FloatArray

Rgb = Sequence[float] | FloatArray
"""A colour, 0 to 255 per channel."""
OVERSAMPLING = 2
"""Canvas pixels per picture pixel, along each axis."""


@dataclass(frozen=True)
class Cutout:
    """A rectangle of painted pixels that is put on the canvas.

    Attributes:
        rgb: uint8 (h, w, 3).
        labels: uint8 (h, w).
        mask: bool (h, w), true where the patch covers the canvas.
    """

    rgb: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    mask: NDArray[np.bool_]


def as_ink(rgb: Rgb) -> tuple[int, int, int]:
    """Rounds and clips a colour, 0 to 255 per channel."""
    red, green, blue = (min(255, max(0, round(float(value)))) for value in rgb)
    return red, green, blue


class Canvas:
    """Colours and labels at the oversampled size; whatever is painted last is in front."""

    def __init__(self, size_hw: tuple[int, int]) -> None:
        """Starts an empty canvas of size_hw oversampled pixels."""
        self.size_hw = size_hw
        self._image = Image.new("RGB", (size_hw[1], size_hw[0]))
        self._labels = Image.new("L", (size_hw[1], size_hw[0]))
        self._draw = ImageDraw.Draw(self._image)
        self._draw_labels = ImageDraw.Draw(self._labels)

    def polygon(self, points: FloatArray, rgb: Rgb, label: int) -> None:
        """Fills a polygon given as (n, 2) columns and rows."""
        outline = [(float(u), float(v)) for u, v in np.clip(points, -30000, 30000)]
        self._draw.polygon(outline, fill=as_ink(rgb))
        self._draw_labels.polygon(outline, fill=label)

    def put(self, patch: Cutout, left: int, top: int) -> None:
        """Pastes a patch with its upper left corner at (left, top); parts outside are dropped."""
        mask = Image.fromarray(patch.mask.astype(np.uint8) * 255)
        self._image.paste(Image.fromarray(patch.rgb), (left, top), mask)
        self._labels.paste(Image.fromarray(patch.labels), (left, top), mask)

    def resolve(self) -> tuple[FloatArray, NDArray[np.uint8]]:
        """Averages the colours and picks the labels at the picture's own size.

        Returns:
            float32 (H, W, 3), 0 to 255, and uint8 (H, W).
        """
        small = self._image.reduce(OVERSAMPLING)
        labels = np.asarray(self._labels)[1::OVERSAMPLING, 1::OVERSAMPLING]
        return np.asarray(small, dtype=np.float32), np.ascontiguousarray(labels)
