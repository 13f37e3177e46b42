"""Map of a zone, aligned to the zone's box, so that zones of different sizes and places can be compared."""

import cv2
import numpy as np

from engine.arrays import Floats
from engine.strategies.preparing import GRID

RING = 0.25
"""Share of the sides of the box that is added around it: surroundings are a strategy, too."""
FINE = 4
"""Points a side in each cell of the aligned map, whose mean it is."""

Box = tuple[float, float, float, float]
"""First row, first column, and the row and column after the last, as shares of height and width."""


def with_ring(box: Box) -> Box:
    """A box with the ring around it; it may reach beyond the image.

    Example:
        >>> with_ring((0.0, 0.25, 0.5, 0.75))
        (-0.125, 0.125, 0.625, 0.875)
    """
    top, left, bottom, right = box
    down, along = RING * (bottom - top), RING * (right - left)
    return top - down, left - along, bottom + down, right + along


def align_map(values: Floats, box: Box, side: int = GRID) -> Floats:
    """float32 (side, side): a map (h, w) of a whole image within a box and its ring, bilinearly between the
    centres of its cells; 0 beyond the image.

    Example:
        >>> whole = np.array([[0, 0, 8, 8]], np.float32)
        >>> align_map(whole, (0.0, 0.5, 1.0, 1.0), side=3).round(1).tolist()  # above, inside and below
        [[2.0, 4.0, 2.0], [4.0, 8.0, 4.0], [2.0, 4.0, 2.0]]
    """
    top, left, bottom, right = with_ring(box)
    steps = (np.arange(side * FINE) + 0.5) / (side * FINE)
    rows, columns = top + steps * (bottom - top), left + steps * (right - left)
    height, width = values.shape
    across, down = np.meshgrid(columns * width - 0.5, rows * height - 0.5)
    found = cv2.remap(
        np.ascontiguousarray(values, np.float32),
        across.astype(np.float32),
        down.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    inside = np.outer((rows >= 0) & (rows < 1), (columns >= 0) & (columns < 1))
    cells = np.where(inside, found, 0.0).reshape(side, FINE, side, FINE)
    return np.asarray(cells.mean(axis=(1, 3)), np.float32)
