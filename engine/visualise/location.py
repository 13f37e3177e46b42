"""Location of what a map says: how few cells carry half of it, and where they lie as seen from a zone."""

from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import numpy as np

from engine.arrays import Bools, Floats

Vertical = Literal["upper", "middle", "lower"]
Horizontal = Literal["left", "middle", "right"]
Name = TypeVar("Name")
HALF = 0.5


@dataclass(frozen=True)
class Location:
    """Where half of a map lies.

    Attributes:
        cells: the fewest cells that carry half of the map's sum, from 1.
        of_cells: cells of the map.
        inside: share of these cells' sum that lies in the zone, 0-1; a cell counts as far as the zone
            covers it.
        vertical, horizontal: third of the zone's box in which their centre of mass lies; beyond the box, its
            nearest third.
        beyond: whether the centre lies outside of the box.
    """

    cells: int
    of_cells: int
    inside: float
    vertical: Vertical
    horizontal: Horizontal
    beyond: bool


def locate(strength: Floats, zone: Bools) -> Location | None:
    """Where half of a map lies, as seen from a zone; None where the map or the zone is empty.

    Args:
        strength: float32 (rows, columns) from 0.
        zone: bool (h, w), the same picture at another resolution.

    Example:
        >>> zone = np.zeros((8, 8), bool)
        >>> zone[4:, :4] = True
        >>> strength = np.array([[0.1, 0.0], [0.8, 0.1]], np.float32)
        >>> locate(strength, zone)
        Location(cells=1, of_cells=4, inside=1.0, vertical='middle', horizontal='middle', beyond=False)
    """
    total = float(strength.sum())
    if total <= 0 or not zone.any():
        return None
    order = np.argsort(-strength.ravel(), kind="stable")
    cells = int(np.searchsorted(np.cumsum(strength.ravel()[order]), HALF * total)) + 1
    kept = np.zeros_like(strength)
    kept.flat[order[:cells]] = strength.ravel()[order[:cells]]
    cover = coverage(zone, strength.shape)
    centre_rc = [
        float((kept.sum(axis=1 - axis) * (np.arange(length) + 0.5)).sum() / kept.sum() / length)
        for axis, length in enumerate(strength.shape)
    ]
    (top, bottom), (left, right) = (_span(np.any(zone, axis=1 - axis)) for axis in (0, 1))
    beyond = not (top <= centre_rc[0] <= bottom and left <= centre_rc[1] <= right)
    return Location(
        cells,
        strength.size,
        float((kept * cover).sum() / kept.sum()),
        _third(centre_rc[0], top, bottom, ("upper", "middle", "lower")),
        _third(centre_rc[1], left, right, ("left", "middle", "right")),
        beyond,
    )


def coverage(zone: Bools, shape: tuple[int, ...]) -> Floats:
    """float32 (rows, columns): the share of each cell that a zone bool (h, w) covers, 0-1."""
    rows, columns = shape
    down = _edges(zone.shape[0], rows)
    across = _edges(zone.shape[1], columns)
    return (down @ zone.astype(np.float64) @ across.T).astype(np.float32)


def _edges(pixels: int, cells: int) -> Floats:
    """(cells, pixels): the share of each cell's length that lies in each pixel."""
    cell, pixel = np.arange(cells)[:, None] / cells, np.arange(pixels)[None] / pixels
    common = np.minimum(cell + 1 / cells, pixel + 1 / pixels) - np.maximum(cell, pixel)
    return np.clip(common, 0, None) * cells


def _span(occupied: Any) -> tuple[float, float]:
    """First and last place that is occupied, as shares 0-1 of the length."""
    places = np.flatnonzero(occupied)
    return places[0] / len(occupied), (places[-1] + 1) / len(occupied)


def _third(value: float, low: float, high: float, names: tuple[Name, Name, Name]) -> Name:
    return names[int(np.clip((value - low) / (high - low) * 3, 0, 2))]
