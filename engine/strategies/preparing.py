"""Maps on one grid, and what is done with them before they are compared."""

from dataclasses import dataclass

import cv2
import numpy as np

from engine.arrays import AnyFloats, Bools, Floats
from engine.errors import MapsError

GRID = 16
"""Side of the grid on which maps are compared: finer than most layers, and small enough to forget details."""
FLAT = 1e-6
"""A map whose values differ by less than this share of the greatest one says nothing about places."""


@dataclass(frozen=True, eq=False)
class PreparedMaps:
    """Maps as they are compared.

    Attributes:
        rows: float32 (M, G * G), each with mean 0 and length 1, so that squared distances are 2 - 2 r with
            the correlation r of two maps: where they are strong counts, how strong they are does not.
        usable: bool (N,), which of the maps given these are.
        broken: maps with a value that is not a number.
        flat: maps that are equally strong everywhere, such as those without any evidence.
    """

    rows: Floats
    usable: Bools
    broken: int
    flat: int


def prepare_maps(maps: AnyFloats) -> PreparedMaps:
    """Leave out maps that say nothing about places, and bring the others to mean 0 and length 1.

    Args:
        maps: (N, G, G), raw; left as found.

    Raises:
        MapsError: these are no maps of one size.

    Example:
        >>> found = prepare_maps(np.array([[[0, 0], [0, 8]], [[1, 1], [1, 1]], [[0, 0], [0, np.nan]]]))
        >>> found.usable.tolist(), found.broken, found.flat, (found.rows[0] * 12**0.5).round(3).tolist()
        ([True, False, False], 1, 1, [-1.0, -1.0, -1.0, 3.0])
    """
    if maps.ndim != 3 or not maps.shape[1] * maps.shape[2]:
        raise MapsError(
            "Expected maps of one size, images by rows by columns; received the shape {shape}.",
            shape=maps.shape,
        )
    flattened = maps.reshape(len(maps), maps.shape[1] * maps.shape[2]).astype(np.float64)
    finite = np.asarray(np.isfinite(flattened).all(axis=1), np.bool_)
    rows = np.where(finite[:, None], flattened, 0.0)
    reach = np.abs(rows).max(axis=1, initial=0.0)
    uneven = np.asarray(np.ptp(rows, axis=1) > FLAT * reach, np.bool_)
    usable = finite & uneven
    scaled = rows[usable] / reach[usable][:, None]  # squares neither overflow nor vanish
    return PreparedMaps(unit_rows(scaled), usable, int((~finite).sum()), int((finite & ~uneven).sum()))


def unit_rows(rows: AnyFloats) -> Floats:
    """float32 (M, F): rows less their means, of length 1; rows that do not vary stay 0."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(centred / np.where(length, length, 1.0), np.float32)


def on_grid(values: Floats, side: int = GRID) -> Floats:
    """float32 (side, side): a map (h, w) on the common grid, by the means of areas where it is finer than
    that, else bilinearly between the centres of cells.

    Example:
        >>> on_grid(np.array([[0, 2], [4, 6]], np.float32), side=1).tolist()
        [[3.0]]
    """
    found = np.ascontiguousarray(values, np.float32)
    for axis in (0, 1):
        size_wh = (side, found.shape[0]) if axis else (found.shape[1], side)
        way = cv2.INTER_AREA if found.shape[axis] > side else cv2.INTER_LINEAR
        found = np.asarray(cv2.resize(found, size_wh, interpolation=way), np.float32).reshape(size_wh[::-1])
    return found
