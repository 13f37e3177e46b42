"""A map of any size on the cells that a pass hides."""

import numpy as np

from engine.arrays import AnyFloats, Floats, Ints, Reals
from engine.perturbation.designs.cells import Cells, GridCells, cell_of_pixel

COARSE = 16
"""Rows and columns at most of a map whose smoothness is looked at."""


def areas_of(cells: Cells, size_hw: tuple[int, int]) -> Reals:
    """float64 (cells,): share of the pixels that each cell has, 0-1."""
    counts = np.bincount(cells.labels(size_hw).ravel(), minlength=cells.count)
    return np.asarray(counts / counts.sum())


def means_on(values: AnyFloats, cells: Cells, size_hw: tuple[int, int]) -> Reals:
    """float64 (cells,): mean of a map over the pixels of each cell; 0 where a cell has no pixel.

    Args:
        values: (rows, columns), the map on any grid over the image; nearest-neighbour on the pixels.
        cells: what is hidden.
        size_hw: height and width in pixels at which the model looks.

    Example:
        >>> means_on(np.array([[1.0, 3.0], [5.0, 7.0]]), GridCells(1, 2), (2, 2)).tolist()
        [3.0, 5.0]
    """
    rows, columns = (cell_of_pixel(*pair) for pair in zip(size_hw, values.shape, strict=True))
    pixels = np.asarray(values, np.float64)[rows][:, columns]
    return _means(cells.labels(size_hw), pixels, cells.count)


def _means(labels: Ints, pixels: Reals, count: int) -> Reals:
    sums = np.bincount(labels.ravel(), pixels.ravel(), count)
    return np.asarray(sums / np.maximum(np.bincount(labels.ravel(), minlength=count), 1))


def coarse(values: AnyFloats) -> Reals:
    """float64, at most 16 rows and columns: the map averaged where it is finer.

    Example:
        >>> coarse(np.ones((3, 40))).shape
        (3, 16)
    """
    rows, columns = (min(side, COARSE) for side in values.shape)
    grid = GridCells(rows, columns)
    height, width = values.shape
    return _means(grid.labels((height, width)), np.asarray(values, np.float64), grid.count).reshape(
        rows, columns
    )


def overlaps(grid: GridCells, cells: Cells, size_hw: tuple[int, int]) -> Floats:
    """float32 (places, cells): which share of each cell lies at each place of a grid, so that ``map @
    overlaps`` is the mean of a map (..., places) over each cell.

    Example:
        >>> overlaps(GridCells(1, 4), GridCells(1, 2), (1, 4)).tolist()
        [[0.5, 0.0], [0.5, 0.0], [0.0, 0.5], [0.0, 0.5]]
    """
    both = grid.labels(size_hw).astype(np.int64) * cells.count + cells.labels(size_hw)
    counts = np.bincount(both.ravel(), minlength=grid.count * cells.count).reshape(grid.count, cells.count)
    return (counts / np.maximum(counts.sum(axis=0), 1)).astype(np.float32)
