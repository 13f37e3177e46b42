"""Maps and segmentations as pictures: one normaliser, one set of colours, for every method and place.

Unsigned maps use "viridis", signed ones "PuOr" turned around zero: both are told apart by people with any of
the common colour vision deficiencies, and viridis is perceptually uniform (Nuñez et al. 2018,
https://doi.org/10.1371/journal.pone.0199239).
"""

import io
from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image

from engine.arrays import AnyInts, Floats, Pixels

SEQUENTIAL, DIVERGING = "viridis", "PuOr_r"
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

    Example:
        >>> Scale(-2, 2, signed=True).share(np.array([-2, 0, 1, 9])).tolist()
        [0.0, 0.5, 0.75, 1.0]
    """

    low: float
    high: float
    signed: bool
    clipped: bool = False

    @property
    def colours(self) -> str:
        """Name of the colour map."""
        return DIVERGING if self.signed else SEQUENTIAL

    def share(self, values: Floats) -> Floats:
        """Place of raw values on the scale, float32 0-1; a constant map lies at 0 (or in the middle if
        signed).
        """
        known = np.nan_to_num(np.asarray(values, np.float32), nan=self.low)
        width = self.high - self.low
        if width <= 0:
            return np.full(known.shape, 0.5 if self.signed else 0.0, np.float32)
        return np.clip((known - self.low) / width, 0.0, 1.0).astype(np.float32)


def scale_of(values: Floats, signed: bool) -> Scale:
    """The scale that shows all values: symmetric around zero if signed, else from zero (or a negative least
    value) to the greatest.

    Example:
        >>> scale_of(np.array([-1, 3], np.float32), signed=True)
        Scale(low=-3.0, high=3.0, signed=True, clipped=False)
        >>> scale_of(np.array([1, 3], np.float32), signed=False)
        Scale(low=0.0, high=3.0, signed=False, clipped=False)
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
    steps = np.round(scale.share(values) * 255).astype(np.intp)
    return colour_table(scale.colours)[steps]


@cache
def colour_table(name: str) -> Pixels:
    """uint8 (256, 3): the colours of a map, from its lowest to its highest value."""
    from matplotlib import colormaps

    return np.round(colormaps[name](np.linspace(0, 1, 256))[:, :3] * 255).astype(np.uint8)


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


def overlay(pixels: Pixels, values: Floats, scale: Scale, opacity: float, smooth: bool = True) -> Pixels:
    """uint8 (H, W, 3): the picture in grey with the map over it.

    Args:
        pixels: uint8 (H, W, 3).
        values: float32 (rows, columns), raw.
        scale: colours of raw values.
        opacity: of the map, 0-1.
        smooth: bilinear between cell centres; False shows the native grid.
    """
    grey = pixels.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    colours = colourise(spread(values, (pixels.shape[0], pixels.shape[1]), smooth), scale)
    return _mix(np.repeat(grey[..., None], 3, axis=2), colours, opacity)


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
    return _mix(pixels.astype(np.float32), np.asarray(colours, np.uint8)[classes], opacity)


def _mix(under: Floats, over: Pixels, opacity: float) -> Pixels:
    return np.clip(np.round(under * (1 - opacity) + over.astype(np.float32) * opacity), 0, 255).astype(
        np.uint8
    )


def png_bytes(pixels: Pixels) -> bytes:
    """The file content of a PNG of pixels uint8 (H, W, 3)."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()
