"""Agreement of two maps of the same picture: rank correlation and overlap of their highest tenths."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from engine.arrays import Bools, Floats, Reals

GRID_HW = (64, 64)
TOP_SHARE = 0.1


@dataclass(frozen=True)
class Agreement:
    """Two numbers for two maps; None where a map is constant, so that there is nothing to compare.

    Attributes:
        rank_correlation: Spearman's, of the raw values, -1 to 1.
        top_overlap: share of the highest 10 % of one map that is also among the highest 10 % of the other,
            0-1; 0.1 by chance.
    """

    rank_correlation: float | None
    top_overlap: float | None


def common_grid(values: Floats) -> Floats:
    """float32 (64, 64): a map (rows, columns) of any size, averaged where it is finer, bilinear where it is
    coarser.
    """
    image = Image.fromarray(np.asarray(values, np.float32))
    return np.asarray(image.resize(GRID_HW[::-1], Image.Resampling.BILINEAR), np.float32)


def highest(values: Floats) -> Bools:
    """bool, like values: the highest tenth.

    Equal values are never split: they count all, or, at the bottom of the map, not at all. A map that is zero
    nearly everywhere, as class activation maps are, has fewer.

    Example:
        >>> highest(np.arange(10.0)).nonzero()[0].tolist()
        [9]
        >>> highest(np.zeros(10)).nonzero()[0].tolist()  # equal values at the bottom do not count
        []
    """
    least = np.quantile(values, 1 - TOP_SHARE, method="higher")
    return values >= least if least > values.min() else values > least


@dataclass(frozen=True, eq=False)
class Ranked:
    """A map as it is compared; made once, however many maps it is compared with.

    Attributes:
        ranks: float64 (4096,), ranks of its values on the common grid, equal ones shared, centred and of
            length 1; None for a constant map.
        top: bool (4096,), its highest tenth.
    """

    ranks: Reals | None
    top: Bools


def rank(values: Floats) -> Ranked:
    """A raw map (rows, columns) of any size, ready to be compared."""
    from scipy.stats import rankdata

    common = common_grid(values).ravel()
    ranks = rankdata(common) - (common.size + 1) / 2
    length = np.linalg.norm(ranks)
    return Ranked(ranks / length if length else None, highest(common))


def agreement(one: Ranked, two: Ranked) -> Agreement:
    """Compare two maps.

    Example:
        >>> slope = rank(np.arange(4, dtype=np.float32).reshape(2, 2))
        >>> turned = rank(-np.arange(4, dtype=np.float32).reshape(2, 2))
        >>> found = agreement(slope, turned)
        >>> round(found.rank_correlation, 6), found.top_overlap
        (-1.0, 0.0)
    """
    if one.ranks is None or two.ranks is None:
        return Agreement(None, None)
    overlap = (one.top & two.top).sum() / max(one.top.sum(), two.top.sum())
    return Agreement(float(one.ranks @ two.ranks), float(overlap))
