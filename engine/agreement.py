"""How far two maps of the same picture say the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

Floats = npt.NDArray[np.float32]
GRID_HW = (64, 64)
TOP_SHARE = 0.1


@dataclass(frozen=True)
class Agreement:
    """Two numbers for two maps; None where a map is constant, so that there is nothing to compare.

    Attributes:
        rank_correlation: Spearman's, of the raw values, -1 to 1.
        top_overlap: share of the highest 10 % of one map that is also among the highest 10 % of the other, 0-1; 0.1 by chance.
    """

    rank_correlation: float | None
    top_overlap: float | None


def common_grid(values: Floats) -> Floats:
    """float32 (64, 64): a map (rows, columns) of any size, averaged where it is finer, bilinear where it is coarser."""
    image = Image.fromarray(np.asarray(values, np.float32))
    return np.asarray(image.resize(GRID_HW[::-1], Image.Resampling.BILINEAR), np.float32)


def highest(values: Floats) -> npt.NDArray[np.bool_]:
    """bool, like values: the highest tenth. Equal values are never split: they count all, or, at the bottom of the map, not at all.

    A map that is zero nearly everywhere, as class activation maps are, has fewer.
    """
    least = np.quantile(values, 1 - TOP_SHARE, method="higher")
    return values >= least if least > values.min() else values > least


def agreement(first: Floats, second: Floats) -> Agreement:
    """Compare two raw maps (rows, columns), which may have different sizes."""
    from scipy import stats

    one, two = (common_grid(values).ravel() for values in (first, second))
    if np.ptp(one) == 0 or np.ptp(two) == 0:
        return Agreement(None, None)
    top_one, top_two = highest(one), highest(two)
    overlap = (top_one & top_two).sum() / max(top_one.sum(), top_two.sum())
    return Agreement(float(stats.spearmanr(one, two).statistic), float(overlap))
