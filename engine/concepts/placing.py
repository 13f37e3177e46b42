"""Where concepts lie: typical places, how many images have them, and how much of them is in a zone."""

from dataclasses import dataclass

import numpy as np

from engine.arrays import AnyFloats, AnyInts, Bools, Floats, LongInts, Reals

TYPICAL = 12
"""Crops of a concept that are shown, each of another image."""
CROP_SHARE, CROP_CELLS = 0.25, 3
"""Side of a crop: this share of the image's, or this many cells where that is more."""
HALF, HIGH = 0.5, 95
"""A concept occurs in an image whose strongest place has half of what its high percentile over images has."""
REGIONS = ("inside", "ring", "elsewhere")
"""Regions of an image about a zone."""
RING_SHARE = 0.05
"""Width of the ring, as a share of the mean side of the image; a cell at least."""

Box = tuple[float, float, float, float]
"""First row, first column, and the row and column after the last, as shares of height and width."""


@dataclass(frozen=True, eq=False)
class ConceptPlaces:
    """Where one concept is found.

    Attributes:
        rows: int64 (at most ``TYPICAL``,), the strongest places, each of another image, strongest first.
        occurrence: share of the images in which it occurs, 0-1.
        share: of the activation that all concepts add up to, 0-1.
        images: int64 (n,), images in which it occurs, strongest first.
    """

    rows: LongInts
    occurrence: float
    share: float
    images: LongInts


def places_of(coefficients: AnyFloats, images: AnyInts) -> tuple[ConceptPlaces, ...]:
    """Where each concept is found.

    Args:
        coefficients: (n, k), of n places; of signed concepts what is positive counts.
        images: (n,), which image each place is of.

    Example:
        >>> found = places_of(np.array([[1.0], [4.0], [3.0], [0.0]]), np.array([0, 0, 1, 2]))
        >>> found[0].rows.tolist(), round(found[0].occurrence, 2), found[0].images.tolist()
        ([1, 2], 0.67, [0, 1])
    """
    strength = np.maximum(np.asarray(coefficients, np.float64), 0)
    total = float(strength.sum()) or 1.0
    names, own = np.unique(images, return_inverse=True)
    return tuple(_places(column, own, names, total) for column in strength.T)


def _places(strength: Reals, own: AnyInts, names: AnyInts, total: float) -> ConceptPlaces:
    order = np.argsort(-strength, kind="stable")
    _, first = np.unique(own[order], return_index=True)
    best = order[np.sort(first)]
    peaks = strength[best]
    high = float(np.percentile(peaks, HIGH))
    occurs = peaks >= HALF * high if high > 0 else np.zeros(len(peaks), np.bool_)
    return ConceptPlaces(
        best[: min(TYPICAL, max(int((peaks > 0).sum()), 1))].astype(np.int64),
        float(occurs.mean()),
        float(strength.sum() / total),
        names[own[best[occurs]]].astype(np.int64),
    )


def crop_box(cell: int, grid_hw: tuple[int, int]) -> Box:
    """The part of an image about a cell of a layer's grid, kept within the image.

    Example:
        >>> crop_box(0, (8, 8))
        (0.0, 0.0, 0.375, 0.375)
    """
    centre = ((cell // grid_hw[1] + 0.5) / grid_hw[0], (cell % grid_hw[1] + 0.5) / grid_hw[1])
    sides = [min(max(CROP_SHARE, CROP_CELLS / count), 1.0) for count in grid_hw]
    top, left = (min(max(at - side / 2, 0.0), 1 - side) for at, side in zip(centre, sides, strict=True))
    return top, left, top + sides[0], left + sides[1]


def zone_regions(zone: Bools, grid_hw: tuple[int, int]) -> LongInts:
    """The region of each cell of a layer about a zone: 0 inside it, 1 in a ring around it, 2 elsewhere.

    Args:
        zone: bool (H, W), at the resolution of the model's output.
        grid_hw: rows and columns of the layer.

    Returns:
        int64 (h, w); a cell is inside where any of it is, so that small zones have one.
    """
    import cv2

    inside = _covered(zone, grid_hw)
    reach = max(round(RING_SHARE * sum(grid_hw) / 2), 1)
    size = 2 * reach + 1
    grown = cv2.dilate(inside.astype(np.uint8), np.ones((size, size), np.uint8)).astype(bool)
    return np.where(inside, 0, np.where(grown, 1, 2)).astype(np.int64)


def _covered(zone: Bools, grid_hw: tuple[int, int]) -> Bools:
    """Cells of a grid (h, w) of which a zone (H, W) has a part; of a coarser zone those that lie in it."""
    import cv2

    size_wh = grid_hw[1], grid_hw[0]
    return np.asarray(cv2.resize(zone.astype(np.float32), size_wh, interpolation=cv2.INTER_AREA) > 0)


def shares_by_region(coefficients: Floats, regions: LongInts) -> Reals:
    """float64 (k, 3): how much of each concept (h, w, k) lies inside a zone, in the ring, and elsewhere; rows
    sum to 1, or are 0 where the image has nothing of it.
    """
    strength = np.maximum(coefficients, 0).reshape(-1, coefficients.shape[-1]).astype(np.float64)
    sums = np.stack([strength[regions.ravel() == one].sum(axis=0) for one in range(len(REGIONS))], axis=1)
    total = sums.sum(axis=1, keepdims=True)
    return np.asarray(sums / np.where(total, total, 1.0))
