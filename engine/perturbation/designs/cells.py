"""Cells that a perturbation pass hides: partitions of the pixels, and masks over them made pictures."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Protocol

import numpy as np

from engine.arrays import Floats, Indices, Ints


class Cells(Protocol):
    """A partition of the pixels.

    Attributes:
        count: how many cells there are; they are numbered from 0.
    """

    @property
    def count(self) -> int: ...

    def labels(self, size_hw: tuple[int, int]) -> Ints:
        """int32 (H, W): the cell of each pixel."""
        ...

    def blend(self, masks: Floats, fill: Floats, difference: Floats) -> Floats:
        """float32 (N, H, W, 3): fill + mask * difference, for masks (N, count) and pictures float32 (H, W,
        3).
        """
        ...

    def paint(self, values: Floats) -> Floats:
        """float32 (rows, columns): one value per cell (count,) as a map on the native grid of the cells."""
        ...


def cell_of_pixel(size: int, cells: int) -> Indices:
    """(size,): the cell that each of ``size`` pixels in a row belongs to, as nearest-neighbour resizing has
    it.

    Example:
        >>> cell_of_pixel(5, 2).tolist()
        [0, 0, 1, 1, 1]
    """
    return ((np.arange(size) + 0.5) * cells / size).astype(np.intp)


@dataclass(frozen=True)
class GridCells:
    """Rows and columns of cells, numbered row by row; their native grid has one place per cell.

    Example:
        >>> cells = GridCells(1, 2)
        >>> cells.labels((2, 4)).tolist()
        [[0, 0, 1, 1], [0, 0, 1, 1]]
        >>> fill, picture = np.zeros((1, 4, 1), np.float32), np.full((1, 4, 1), 8, np.float32)
        >>> masks = np.array([[1, 0.25]], np.float32)
        >>> cells.blend(masks, fill, picture - fill)[0, 0, :, 0].tolist()  # the second cell is faded
        [8.0, 8.0, 2.0, 2.0]
    """

    rows: int
    columns: int

    @property
    def count(self) -> int:
        return self.rows * self.columns

    def labels(self, size_hw: tuple[int, int]) -> Ints:
        row, column = cell_of_pixel(size_hw[0], self.rows), cell_of_pixel(size_hw[1], self.columns)
        return (row[:, None] * self.columns + column).astype(np.int32)

    def blend(self, masks: Floats, fill: Floats, difference: Floats) -> Floats:
        """Picture by picture and row by row of cells: contiguous memory that stays in the cache of the
        processor.
        """
        height, width, channels = fill.shape
        flat_fill, flat_difference = (part.reshape(height, width * channels) for part in (fill, difference))
        cell = np.repeat(cell_of_pixel(width, self.columns), channels)
        rows = list(pairwise(np.searchsorted(cell_of_pixel(height, self.rows), np.arange(self.rows + 1))))
        blended = np.empty((len(masks), height, width * channels), np.float32)
        for mask, picture in zip(masks.reshape(-1, self.rows, self.columns), blended, strict=True):
            for kept, (top, bottom) in zip(mask[:, cell], rows, strict=True):
                np.multiply(kept, flat_difference[top:bottom], out=picture[top:bottom])
                picture[top:bottom] += flat_fill[top:bottom]
        return blended.reshape(-1, height, width, channels)

    def paint(self, values: Floats) -> Floats:
        return np.asarray(values, np.float32).reshape(self.rows, self.columns)


@dataclass(frozen=True, eq=False)
class Superpixels:
    """Cells of any shape; their native grid is the pixels.

    Attributes:
        map: int32 (H, W), the cell of each pixel, 0 to count - 1, each of them somewhere.

    Example:
        >>> pieces = Superpixels(np.array([[0, 0, 1], [2, 2, 1]], np.int32))
        >>> pieces.count, pieces.paint(np.array([1, 2, -3])).tolist()
        (3, [[1.0, 1.0, 2.0], [-3.0, -3.0, 2.0]])
    """

    map: Ints

    @cached_property
    def count(self) -> int:
        return int(self.map.max()) + 1

    @cached_property
    def _of_value(self) -> Indices:
        """(H * W * 3,): the cell of each value of a picture."""
        return np.repeat(self.map.ravel(), 3).astype(np.intp)

    def labels(self, size_hw: tuple[int, int]) -> Ints:
        if size_hw != self.map.shape:
            raise ValueError(f"these superpixels were made on {self.map.shape} pixels, not on {size_hw}")
        return self.map

    def blend(self, masks: Floats, fill: Floats, difference: Floats) -> Floats:
        """Picture by picture, so that each stays in the cache of the processor while it is made."""
        blended = np.empty((len(masks), *fill.shape), np.float32)
        for mask, picture in zip(masks, blended.reshape(len(masks), -1), strict=True):
            np.take(mask, self._of_value, out=picture, mode="clip")
            picture *= difference.ravel()
            picture += fill.ravel()
        return blended

    def paint(self, values: Floats) -> Floats:
        return np.asarray(values, np.float32)[self.map]
