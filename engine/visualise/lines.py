"""Lines on pictures, light over a dark casing, so that they are seen on whatever is below."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from engine.arrays import AnyFloats, Bools, Floats, Pixels

CASING = (6, 18, 24)
FINER = 3
"""Lines are drawn so many times larger, and made smaller: their edges are smooth then."""

WIDE, LEAST_SHARE = 1200, 0.4
"""Lines are as wide as they are said to be on a picture of so many pixels, and never less than this share of
it.
"""

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Pen:
    """A line and its casing.

    Attributes:
        colour: RGB 0-255.
        width, casing: in pixels of a picture that is 1200 wide.
    """

    colour: Colour
    width: float
    casing: float


WHITE = (255, 255, 255)
CONTOUR, SURE = Pen((255, 208, 222), 2.5, 5.5), Pen(WHITE, 4.0, 8.0)
"""Of the strongest tenth, and of cells that surely lie above the average one."""


def draw_lines(pixels: Pixels, lines: Sequence[AnyFloats], pen: Pen, closed: bool = True) -> Pixels:
    """uint8 (H, W, 3): a picture with lines on it.

    Args:
        pixels: uint8 (H, W, 3).
        lines: each (n, 2), x and y as shares of width and height.
        pen: how they are drawn.
        closed: the last point of a line is joined to its first.
    """
    drawn = pixels.astype(np.float32)
    for width, colour in ((pen.casing, CASING), (pen.width, pen.colour)):
        alpha = _mask(lines, (pixels.shape[0], pixels.shape[1]), width, closed)[..., None]
        drawn = drawn * (1 - alpha) + np.array(colour, np.float32) * alpha
    return np.round(drawn).astype(np.uint8)


def _mask(lines: Iterable[AnyFloats], size_hw: tuple[int, int], width: float, closed: bool) -> Floats:
    """float32 (H, W), 0-1: how much of each pixel lines cover."""
    height, across = (side * FINER for side in size_hw)
    image = Image.new("L", (across, height))
    draw, thick = ImageDraw.Draw(image), round(width * max(across / WIDE, LEAST_SHARE * FINER))
    for line in lines:
        points = np.concatenate([line, line[:2]]) if closed else line
        draw.line([(x * across, y * height) for x, y in points.tolist()], 255, thick, joint="curve")
    return np.asarray(image.reduce(FINER), np.float32) / np.float32(255)


def cell_edges(inside: Bools) -> list[AnyFloats]:
    """The edges between cells (rows, columns) inside and outside, each (2, 2), x and y as shares of
    width and height.

    Example:
        >>> len(cell_edges(np.array([[True, True], [False, False]]))), len(cell_edges(np.eye(2, dtype=bool)))
        (6, 8)
    """
    grid, (rows, columns) = np.pad(inside, 1), inside.shape
    flat = [((x, y), (x + 1, y)) for y, x in np.argwhere(grid[1:, 1:-1] != grid[:-1, 1:-1])]
    steep = [((x, y), (x, y + 1)) for y, x in np.argwhere(grid[1:-1, 1:] != grid[1:-1, :-1])]
    return [np.array(edge) / (columns, rows) for edge in (*flat, *steep)]
