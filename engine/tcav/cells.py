"""What a layer makes of an image, by cells of a coarse grid: one for all of it, or some beside each other."""

import numpy as np

from engine.arrays import Floats, LongInts

POOLED, SPATIAL = 1, 4
"""Cells on a side: a concept is anywhere in the image, or at its place."""


def cell_sums(maps: Floats, side: int) -> Floats:
    """float32 (N, F): sums over the cells of a grid, F = cells x K; of a coarser layer there are fewer.

    Args:
        maps: (N, h, w, K).
        side: cells on a side.

    Example:
        >>> cell_sums(np.arange(4, dtype=np.float32).reshape(1, 2, 2, 1), 1).tolist()
        [[6.0]]
    """
    rows, columns = (_starts(size, side) for size in maps.shape[1:3])
    sums = np.add.reduceat(np.add.reduceat(maps.astype(np.float32), rows, axis=1), columns, axis=2)
    return np.asarray(sums.reshape(len(maps), -1), np.float32)


def cell_means(maps: Floats, side: int) -> Floats:
    """float32 (N, F): as ``cell_sums``, divided by the number of places in each cell."""
    counts = cell_sums(np.ones((1, *maps.shape[1:]), np.float32), side)
    return np.asarray(cell_sums(maps, side) / counts, np.float32)


def _starts(size: int, side: int) -> LongInts:
    count = min(size, side)
    return np.arange(count, dtype=np.int64) * size // count
