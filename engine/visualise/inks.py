"""How a map lies on its picture: the one rule of opacity, for pages, files, reports and the command line.

A table says for each of the 256 steps of a scale which colour it has and how opaque it is. The browser gets
the same table, so both draw the same.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from engine.arrays import AnyFloats, Floats, Pixels
from engine.visualise.colours import STEPS, colour_table
from engine.visualise.render import Scale

FULL, POWER = 0.75, 1.25
"""A value is fully opaque from this share of the greatest one on; below it opacity is a power of the share,
so that little stays nearly nothing.
"""

BY_VALUE, FLAT = 0.85, 0.6
"""Usual opacity of the strongest values, and of a map that is equally opaque everywhere."""

FADED = 0.35
"""Share of its opacity that a map keeps whose cells nobody can put in order."""

CHECKS, CHECK_PX = (235, 206), 6
"""Greys below the colours of a bar, where the picture is below the map, and the side of their squares."""

GREY = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True)
class Look:
    """How a map lies on its picture.

    Attributes:
        opacity: of the strongest values, 0-1.
        smooth: bilinear between the centres of cells; False shows the native grid.
        flat: equally opaque everywhere, over the picture in grey; False: nothing where there is nothing, over
            the picture in colour, with a line around the strongest tenth.
    """

    opacity: float = BY_VALUE
    smooth: bool = True
    flat: bool = False


def opacities(scale: Scale) -> Floats:
    """float32 (256,), 0-1: opacity of each step of a scale. It follows the distance from the value that says
    nothing: from zero, or from the highest one where the lowest are the strong ones.

    Example:
        >>> (opacities(Scale(0, 1, signed=False))[[0, 64, 128, 255]] * 100).round().tolist()
        [0.0, 25.0, 61.0, 100.0]
        >>> (opacities(Scale(-1, 1, signed=True))[[0, 128, 255]] * 100).round().tolist()
        [100.0, 0.0, 100.0]
    """
    share = np.abs(np.linspace(0, 1, STEPS) - scale.nothing)
    share /= max(scale.nothing, 1 - scale.nothing)
    return (np.clip(share / FULL, 0, 1) ** POWER).astype(np.float32)


def ink_table(scale: Scale, flat: bool = False) -> Pixels:
    """uint8 (256, 4): colour and opacity of each step of a scale."""
    alpha = np.ones(STEPS, np.float32) if flat else opacities(scale)
    return np.dstack([colour_table(scale.colours)[None], np.round(alpha * 255).astype(np.uint8)[None]])[0]


def ink(values: Floats, scale: Scale, flat: bool = False) -> Pixels:
    """uint8 (..., 4): raw values in the colours and opacities of a scale."""
    return ink_table(scale, flat)[scale.steps(values)]


def lay(pixels: Pixels, inks: Pixels, look: Look) -> Pixels:
    """uint8 (H, W, 3): a picture with a map over it.

    Args:
        pixels: uint8 (H, W, 3).
        inks: uint8 (H, W, 4).
        look: how it lies there.
    """
    under = pixels.astype(np.float32)
    if look.flat:
        under = np.repeat((under @ GREY)[..., None], 3, axis=2)
    return _over(under, inks, look.opacity)


def bar_pixels(scale: Scale, look: Look, size_hw: tuple[int, int]) -> Pixels:
    """uint8 (H, W, 3): the colour bar of a map, on checks that show how opaque it is."""
    height, width = size_hw
    places = np.linspace(0, STEPS - 1, width).round().astype(np.intp)
    inks = np.repeat(ink_table(scale, look.flat)[places][None], height, axis=0)
    squares = np.add.outer(np.arange(height) // CHECK_PX, np.arange(width) // CHECK_PX) % 2
    return _over(np.repeat(np.take(CHECKS, squares)[..., None], 3, axis=2), inks, look.opacity)


def _over(under: AnyFloats, inks: Pixels, opacity: float) -> Pixels:
    alpha = inks[..., 3:].astype(np.float32) / 255 * opacity
    return np.round(under * (1 - alpha) + inks[..., :3] * alpha).astype(np.uint8)


def enlarge(inks: Pixels, size_hw: tuple[int, int]) -> Pixels:
    """uint8 (H, W, 4): inks (h, w, 4) at another size, as a browser enlarges them."""
    return np.asarray(Image.fromarray(inks).resize((size_hw[1], size_hw[0]), Image.Resampling.BILINEAR))
