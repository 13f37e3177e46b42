"""A part of an image as a concept: cells of a grid are kept, all else is hidden."""

from collections.abc import Sequence

import numpy as np

from engine.arrays import Bools
from engine.errors import ParamsError
from engine.images.picture import Picture

GRID_SIDE = 8
"""Cells of an image on a side, of which some are a concept."""


def kept_cells(picture: Picture, cells: Sequence[int]) -> Picture:
    """An image of which only some cells are left, at their place; all else has its mean colour.

    Args:
        picture: the image.
        cells: numbers of cells of ``GRID_SIDE`` x ``GRID_SIDE``, row by row, from 0.

    Raises:
        ParamsError: there is no such cell, or none is kept.
    """
    shown = cell_mask(cells, picture.size_hw)
    pixels = picture.pixels.copy()
    hidden = pixels[~shown]
    if len(hidden):
        pixels[~shown] = np.rint(hidden.mean(axis=0)).astype(np.uint8)
    return Picture(pixels, picture.name)


def cell_mask(cells: Sequence[int], size_hw: tuple[int, int]) -> Bools:
    """Bool (H, W): where some cells are.

    Raises:
        ParamsError: there is no such cell, or none.
    """
    if not cells or not all(0 <= cell < GRID_SIDE**2 for cell in cells):
        raise ParamsError(
            "Cells have numbers from 0 to {last}; received {cells}.",
            last=GRID_SIDE**2 - 1,
            cells=", ".join(map(str, cells)) or "none",
        )
    grid = np.zeros(GRID_SIDE**2, np.bool_)
    grid[list(cells)] = True
    rows, columns = (np.arange(size) * GRID_SIDE // size for size in size_hw)
    return grid.reshape(GRID_SIDE, GRID_SIDE)[rows][:, columns]
