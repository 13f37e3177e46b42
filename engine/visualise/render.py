"""Scales of maps, and maps and segmentations as pictures: one normaliser for every method and place."""

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

from engine.arrays import AnyInts, Floats, Indices, Pixels
from engine.visualise.colours import DIVERGING, SEQUENTIAL, STEPS, colour_table

FINE_CELLS = 96 * 96
"""A map of more cells is about single pixels: a few of them are far beyond all others, and would leave the
rest in the dark.
"""

SHOWN_PERCENT = 99.5


@dataclass(frozen=True)
class Scale:
    """Range of raw values that is mapped to colours.

    Attributes:
        low, high: raw values at the ends of the colour bar.
        signed: diverging around zero, low = -high; else sequential.
        clipped: values beyond the ends exist, and have the colours of the ends.
        lowest_first: the lowest values are the strong ones, as of a score that is left.

    Example:
        >>> Scale(-2, 2, signed=True).share(np.array([-2, 0, 1, 9])).tolist()
        [0.0, 0.5, 0.75, 1.0]
    """

    low: float
    high: float
    signed: bool
    clipped: bool = False
    lowest_first: bool = False

    @property
    def colours(self) -> str:
        """Name of the table of colours."""
        return DIVERGING if self.signed else SEQUENTIAL

    @property
    def nothing(self) -> float:
        """Place on the scale, 0-1, of the value that says nothing: of zero, or of the highest where the
        lowest are the strong ones.
        """
        if self.lowest_first and self.high > self.low:
            return 1.0
        return float(self.share(np.zeros((), np.float32)))

    def share(self, values: Floats) -> Floats:
        """Place of raw values on the scale, float32 0-1; a constant map lies at 0 (or in the middle if
        signed).
        """
        known = np.nan_to_num(np.asarray(values, np.float32), nan=self.low)
        width = self.high - self.low
        if width <= 0:
            return np.full(known.shape, 0.5 if self.signed else 0.0, np.float32)
        return np.clip((known - self.low) / width, 0.0, 1.0).astype(np.float32)

    def steps(self, values: Floats) -> Indices:
        """Place of raw values in a table of 256 colours, integers 0-255."""
        return np.round(self.share(values) * (STEPS - 1)).astype(np.intp)


def scale_of(values: Floats, signed: bool) -> Scale:
    """The scale that shows all values: symmetric around zero if signed, else from zero (or a negative least
    value) to the greatest.

    Example:
        >>> scale_of(np.array([-1, 3], np.float32), signed=True)
        Scale(low=-3.0, high=3.0, signed=True, clipped=False, lowest_first=False)
        >>> scale_of(np.array([1, 3], np.float32), signed=False)
        Scale(low=0.0, high=3.0, signed=False, clipped=False, lowest_first=False)
    """
    finite = np.asarray(values)[np.isfinite(values)]
    if finite.size == 0:
        return Scale(0.0, 0.0, signed)
    if signed:
        reach = float(np.abs(finite).max())
        return Scale(-reach, reach, True)
    return Scale(min(0.0, float(finite.min())), float(finite.max()), False)


def own_scale(values: Floats, signed: bool) -> Scale:
    """The scale of one map by itself: all values, but of a map of pixels only those within the middle 99.5 %,
    which says so.
    """
    whole = scale_of(values, signed)
    if np.size(values) <= FINE_CELLS:
        return whole
    reach = (
        float(np.percentile(np.abs(values[np.isfinite(values)]), SHOWN_PERCENT))
        if np.isfinite(values).any()
        else 0.0
    )
    if not 0 < reach < whole.high:
        return whole
    return Scale(-reach if signed else whole.low, reach, signed, clipped=True)


def colourise(values: Floats, scale: Scale) -> Pixels:
    """uint8 (..., 3): raw values in the colours of a scale."""
    return colour_table(scale.colours)[scale.steps(values)]


def spread(values: Floats, size_hw: tuple[int, int], smooth: bool) -> Floats:
    """float32 (H, W): a map (rows, columns) on every pixel, nearest cell or bilinear (never beyond the raw
    values).

    Example:
        >>> spread(np.array([[0, 8]], np.float32), (1, 4), smooth=False).tolist()
        [[0.0, 0.0, 8.0, 8.0]]
        >>> spread(np.array([[0, 8]], np.float32), (1, 4), smooth=True).tolist()
        [[0.0, 2.0, 6.0, 8.0]]
    """
    method = Image.Resampling.BILINEAR if smooth else Image.Resampling.NEAREST
    return np.asarray(
        Image.fromarray(np.asarray(values, np.float32)).resize((size_hw[1], size_hw[0]), method), np.float32
    )


def colour_classes(
    pixels: Pixels,
    class_map: AnyInts,
    colours: tuple[tuple[int, int, int], ...],
    opacity: float,
) -> Pixels:
    """uint8 (H, W, 3): the picture with each class in its colour.

    Args:
        pixels: uint8 (H, W, 3).
        class_map: integers (h, w), at any resolution.
        colours: RGB 0-255 of each class.
        opacity: of the colours, 0-1.
    """
    small = Image.fromarray(class_map.astype(np.uint8))
    classes = np.asarray(small.resize((pixels.shape[1], pixels.shape[0]), Image.Resampling.NEAREST))
    over = np.asarray(colours, np.float32)[classes]
    return np.round(pixels * (1 - opacity) + over * opacity).astype(np.uint8)


def png_bytes(pixels: Pixels) -> bytes:
    """The file content of a PNG of pixels uint8 (H, W, 3)."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()
