"""Places of a patch that slides over the picture: cells that overlap."""

from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats, Indices
from engine.perturbation.designs.cells import GridCells

Window = tuple[slice, slice]


@dataclass(frozen=True)
class PatchCells(GridCells):
    """Patches centred on the cells of a grid, numbered row by row; their native grid has one place per patch.

    Attributes:
        patch: side of a patch in steps, the distances between neighbouring centres; above 1 patches overlap.
            What would lie beyond the border of the picture is cut off.

    Example:
        >>> patches = PatchCells(3, 1, patch=2).windows((6, 4))
        >>> [list(range(6))[rows] for rows, columns in patches]  # around 1, 3 and 5
        [[0, 1, 2], [1, 2, 3, 4], [3, 4, 5]]
    """

    patch: float

    def windows(self, size_hw: tuple[int, int]) -> list[Window]:
        """Rows and columns of pixels that each patch hides."""
        rows = [slice(*ends) for ends in _spans(size_hw[0], self.rows, self.patch)]
        columns = [slice(*ends) for ends in _spans(size_hw[1], self.columns, self.patch)]
        return [(row, column) for row in rows for column in columns]

    def blend(self, masks: Floats, fill: Floats, difference: Floats) -> Floats:
        """A pixel under several patches is kept as far as the one that hides most of it lets it."""
        windows = self.windows((fill.shape[0], fill.shape[1]))
        blended = np.empty((len(masks), *fill.shape), np.float32)
        for mask, picture in zip(masks, blended, strict=True):
            kept = np.ones(fill.shape[:2], np.float32)
            for patch in np.flatnonzero(mask < 1):
                kept[windows[patch]] = np.minimum(kept[windows[patch]], mask[patch])
            np.multiply(kept[..., None], difference, out=picture)
            picture += fill
        return blended


def _spans(size: int, count: int, patch: float) -> Indices:
    """(count, 2): first pixel and the one after the last of each patch along a side of ``size`` pixels; none
    is empty.
    """
    step = size / count
    centres = (np.arange(count) + 0.5) * step
    first, last = (np.ceil(centres + way * patch * step / 2 - 0.5).astype(np.intp) for way in (-1, 1))
    first = np.clip(first, 0, size - 1)
    return np.stack([first, np.clip(last, first + 1, size)], axis=1)
