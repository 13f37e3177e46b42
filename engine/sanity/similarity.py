"""How alike two maps of the same image are: three readings, each defined for every map.

They are those of the model parameter randomisation test (Adebayo et al. 2018: Sanity Checks for Saliency
Maps, https://arxiv.org/abs/1810.03292): rank correlation of the values, rank correlation of their absolute
values, since random weights turn signs, and SSIM.
"""

from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats, Reals

WINDOW = 7
"""Side in cells of the window of SSIM; the greatest odd number that fits on a smaller map."""
LEAST_SIDE = 3
"""A map with fewer rows or columns has no SSIM."""


@dataclass(frozen=True)
class Similarity:
    """How alike two maps are.

    Attributes:
        ranks: rank correlation of the values (Spearman), -1 to 1.
        sizes: rank correlation of the absolute values, -1 to 1.
        ssim: structural similarity of the absolute values, each map scaled to 0-1, -1 to 1; NaN for a map
            with fewer than three rows or columns.
    """

    ranks: float
    sizes: float
    ssim: float


def similarity(one: Floats, other: Floats) -> Similarity:
    """How alike two maps (rows, columns) of one shape are.

    Values that are not finite count as 0, as a page would show them. Two constant maps are alike (1); a
    constant map and another one are not (0): nothing of the other's order is in it.

    Raises:
        ValueError: the maps have other shapes.

    Example:
        >>> rising = np.arange(9.0).reshape(3, 3)
        >>> similarity(rising, 2 * rising), round(similarity(rising, -rising).ranks, 3)
        (Similarity(ranks=1.0, sizes=1.0, ssim=1.0), -1.0)
    """
    if one.shape != other.shape or one.ndim != 2:
        raise ValueError(f"maps of one shape (rows, columns) are compared: {one.shape}, {other.shape}")
    first, second = _finite(one), _finite(other)
    return Similarity(
        map_correlation(first, second),
        map_correlation(np.abs(first), np.abs(second)),
        scaled_ssim(np.abs(first), np.abs(second)),
    )


def says_nothing(values: Floats) -> bool:
    """Whether a map says nothing: one value everywhere, or none that is finite."""
    known = _finite(values)
    return bool(known.min() == known.max())


def _finite(values: Floats) -> Reals:
    return np.nan_to_num(values, nan=0, posinf=0, neginf=0).astype(np.float64)


def map_correlation(one: Reals, other: Reals) -> float:
    """Spearman's coefficient of two maps of one shape; 1 where both are constant, 0 where one is.

    Example:
        >>> map_correlation(np.array([1.0, 2, 3]), np.array([1.0, 3, 2]))
        0.5
    """
    from engine.perturbation.estimators.replicates import rank_agreement  # SciPy takes long to import

    found = rank_agreement(one, other)
    return float(np.ptp(one) == np.ptp(other) == 0) if found is None else found


def scaled_ssim(one: Reals, other: Reals) -> float:
    """Structural similarity (Wang et al. 2004, https://doi.org/10.1109/TIP.2003.819861) of maps of one shape,
    each scaled to 0-1; NaN with fewer than three rows or columns.
    """
    from skimage.metrics import structural_similarity

    smallest = min(one.shape)
    if smallest < LEAST_SIDE:
        return float("nan")
    window = min(WINDOW, smallest - 1 + smallest % 2)
    return float(structural_similarity(_scaled(one), _scaled(other), win_size=window, data_range=1.0))


def _scaled(values: Reals) -> Reals:
    """Values from 0 to 1; a constant map is 0."""
    low, high = float(values.min()), float(values.max())
    return (values - low) / (high - low) if high > low else np.zeros_like(values)
