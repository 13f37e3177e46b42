"""The zones of a segmentation as the picker draws and hits them: outlines, run lengths, places to stand."""

from typing import Any

import numpy as np

from engine.arrays import Bools, Ints
from engine.visualise.annotations import rings_of


def run_lengths(labels: Ints) -> list[int]:
    """Value, length, value, length, ... of the labels (h, w) read row by row."""
    flat = labels.ravel()
    starts = np.concatenate([[0], np.flatnonzero(flat[1:] != flat[:-1]) + 1])
    lengths = np.diff(np.append(starts, flat.size))
    return np.stack([flat[starts], lengths], axis=1).ravel().tolist()


def inner_point(mask: Bools) -> tuple[float, float]:
    """Row and column of the pixel centre that lies deepest inside a mask, in pixels."""
    from scipy import ndimage

    depth = ndimage.distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1]
    row, column = np.unravel_index(int(np.argmax(depth)), depth.shape)
    return float(row) + 0.5, float(column) + 0.5


def zone_shapes(labels: Ints) -> list[dict[str, Any]]:
    """Rings and standing point of each zone, in the order of their index.

    Args:
        labels: int32 (h, w), each index from 0 on occurs.
    """
    from scipy import ndimage

    shapes = []
    for index, box in enumerate(ndimage.find_objects(labels + 1)):
        mask = labels[box] == index
        corner = (box[0].start, box[1].start)
        row, column = inner_point(mask)
        shapes.append({"rings": rings_of(mask, corner), "row": row + corner[0], "column": column + corner[1]})
    return shapes
