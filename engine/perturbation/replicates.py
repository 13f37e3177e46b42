"""What independent parts of the runs say about how sure a map is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import stats

Reals = npt.NDArray[np.float64]
UNSTABLE = 0.5


def jackknife_half_width(without: Reals) -> Reals:
    """Half width (...) of the 95 % band: delete-one-group jackknife (Efron and Stein 1981, https://doi.org/10.1214/aos/1176345462).

    Args:
        without: (G, ...), the estimate without each of the G groups of runs.
    """
    groups = len(without)
    error = np.sqrt((groups - 1) * without.var(axis=0))
    return np.asarray(stats.t.ppf(0.975, groups - 1) * error)


def rank_agreement(one: Reals, other: Reals) -> float | None:
    """Spearman's rank correlation between two maps, or None where one of them is constant."""
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    return float(stats.spearmanr(one.ravel(), other.ravel()).statistic)
