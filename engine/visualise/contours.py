"""Where a map is strongest: the line around its strongest tenth."""

from dataclasses import dataclass

import numpy as np

from engine.arrays import Bools, Floats, Reals
from engine.visualise.channels import reduced

AREA = 0.1
"""Share of the picture that a contour encloses at most."""

LEAST = 0.25
"""Of the greatest value: a contour never goes around less, where one can hardly see the map."""

FINE = 16
"""Cells a side: the contour of a map of more goes around means over blocks of them, not around specks."""

SPECK = 0.003
"""Share of the picture: a line around less is left out."""

POINTS = 96
"""About so many points of the smooth map lie along a side; 3 to 8 of them within a cell."""


@dataclass(frozen=True, eq=False)
class Contour:
    """The line around the strongest tenth of a map.

    Attributes:
        rings: of the smooth map: closed lines, each float32 (n, 2), x and y as shares of width and height.
        cells: of the native grid, bool (rows, columns): the cells inside.
    """

    rings: tuple[Floats, ...]
    cells: Bools


def contour_of(strong: Floats) -> Contour | None:
    """The contour of a map; None where all of it is alike, or nothing.

    Args:
        strong: float32 (rows, columns) from 0: how strong each cell is.

    Example:
        >>> contour_of(np.array([[0, 1, 2, 9]], np.float32)).cells.tolist()
        [[False, False, False, True]]
    """
    cells = reduced(strong, FINE)
    if not np.isfinite(cells).all() or cells.max() <= max(0.0, float(cells.min())):
        return None
    surface = _surface(cells)
    return Contour(tuple(_rings(surface, _level(surface))), cells > _level(cells))


def _level(values: Floats | Reals) -> float:
    """What the strongest tenth exceeds; a little less than the greatest value, where many have it."""
    greatest = float(values.max())
    return min(max(float(np.quantile(values, 1 - AREA)), LEAST * greatest), 0.999 * greatest)


def _surface(cells: Floats) -> Reals:
    """float64 (rows * n + 1, columns * n + 1): bilinear between the centres of cells, level beyond the outer
    ones, from one edge of the picture to the other.
    """
    down, across = (_weights(length) for length in cells.shape)
    return np.asarray(down @ cells @ across.T)


def _weights(cells: int) -> Reals:
    """float64 (cells * n + 1, cells): what each cell adds to each place of a line."""
    places = np.linspace(0, cells, cells * int(np.clip(POINTS // cells, 3, 8)) + 1) - 0.5
    return np.stack([np.interp(places, np.arange(cells), row) for row in np.eye(cells)], axis=1)


def _rings(surface: Reals, level: float) -> list[Floats]:
    """Closed lines at a level, along the edge of the picture where they meet it."""
    from skimage import measure

    low = level - 1e6 * (float(surface.max()) - level + 1e-12)
    lines = measure.find_contours(np.pad(surface, 1, constant_values=low), level)
    size = np.array(surface.shape) - 1
    rings = [np.clip((line[:, ::-1] - 1) / size[::-1], 0, 1).astype(np.float32) for line in lines]
    return [ring for ring in rings if _area(ring) >= SPECK]


def _area(ring: Floats) -> float:
    """Share of the picture inside a closed line, by the shoelace formula."""
    x, y = ring.astype(np.float64).T
    return abs(float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1]))) / 2
