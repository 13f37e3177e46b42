"""The zones of a segmentation as the picker draws and hits them: outlines, run lengths, places to stand."""

from typing import Any

import numpy as np

from engine.arrays import Bools, Ints, LongInts


def run_lengths(labels: Ints) -> list[int]:
    """Value, length, value, length, ... of the labels (h, w) read row by row."""
    flat = labels.ravel()
    starts = np.concatenate([[0], np.flatnonzero(flat[1:] != flat[:-1]) + 1])
    lengths = np.diff(np.append(starts, flat.size))
    return np.stack([flat[starts], lengths], axis=1).ravel().tolist()


def rings_of(mask: Bools, corner_rc: tuple[int, int] = (0, 0)) -> list[list[int]]:
    """Closed outlines of a mask (h, w): islands and holes.

    Args:
        mask: True inside.
        corner_rc: row and column of the mask's first pixel in the whole picture.

    Returns:
        One list x0, y0, dx1, dy1, dx2, dy2, ... for each ring, in half pixels from the top left corner of
        the picture; the ring closes by itself. Pixels that touch only at a corner are joined, as in
        ``list_zones``.
    """
    from skimage import measure

    contours = measure.find_contours(np.pad(mask, 1).astype(np.float32), 0.5, fully_connected="high")
    offset = (
        np.array(corner_rc) * 2 - 1
    )  # less the padding, plus half a pixel: a pixel's centre lies half a pixel inside it
    return [_steps(np.rint(contour * 2).astype(np.int64) + offset) for contour in contours]


def _steps(points_rc: LongInts) -> list[int]:
    """First point and steps (x, y) of a closed ring, straight runs joined into one step."""
    ring = points_rc[:-1, ::-1]
    before, after = ring - np.roll(ring, 1, axis=0), np.roll(ring, -1, axis=0) - ring
    turns = before[:, 0] * after[:, 1] != before[:, 1] * after[:, 0]
    corners = ring[turns]
    steps = np.diff(corners, axis=0)
    return np.concatenate([corners[:1], steps]).ravel().tolist()


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
