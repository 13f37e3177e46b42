"""Bands and stability of a map from independent groups of runs."""

from collections.abc import Callable

import numpy as np
from scipy import stats

from engine.arrays import Reals
from engine.perturbation.designs.cells import Cells
from engine.perturbation.plan import Estimate
from engine.phrase import later

UNSTABLE = 0.5

CONSTANT = later(
    "The score did not change whatever was hidden, so the map is zero everywhere. Try the logit "
    "score or another fill."
)
UNSURE = later(
    "The map is not steady yet at this budget: the two halves of the masks rank the places "
    "differently. Use more masks."
)


def estimate_of_groups(cells: Cells, value_of: Callable[[Reals], Reals], groups: int, runs: int) -> Estimate:
    """A map with its band and its stability, from runs in independent groups.

    Args:
        cells: what was hidden.
        value_of: from weights (..., G), 1 for groups that are used and 0 for others, to the values (...,
            cells) that these give.
        groups: G, how many groups there are.
        runs: how many runs were used.
    """
    values, half_width = value_of(np.ones(groups)), jackknife_half_width(value_of(1 - np.eye(groups)))
    even = np.arange(groups) % 2 == 0
    stability = rank_agreement(*value_of(np.stack([even, ~even]).astype(np.float64)))
    drawn, lower, upper = (
        cells.paint(each.astype(np.float32)) for each in (values, values - half_width, values + half_width)
    )
    return Estimate(
        drawn,
        lower,
        upper,
        stability,
        runs,
        (UNSURE,) if stability is not None and stability < UNSTABLE else (),
    )


def flat(cells: Cells, runs: int) -> Estimate:
    """A map of zeros, which says that the score did not change."""
    zeros = cells.paint(np.zeros(cells.count, np.float32))
    return Estimate(zeros, zeros, zeros, None, runs, (CONSTANT,))


def jackknife_half_width(without: Reals) -> Reals:
    """Half width (...) of the 95 % band: delete-one-group jackknife (Efron and Stein 1981,
    https://doi.org/10.1214/aos/1176345462).

    Args:
        without: (G, ...), the estimate without each of the G groups of runs.

    Example:
        >>> round(float(jackknife_half_width(np.array([1.0, 3.0]))), 2)  # t of one degree, error 1
        12.71
    """
    groups = len(without)
    error = np.sqrt((groups - 1) * without.var(axis=0))
    return np.asarray(stats.t.ppf(0.975, groups - 1) * error)


def rank_agreement(one: Reals, other: Reals) -> float | None:
    """Spearman's rank correlation between two maps, or None where one of them is constant.

    Example:
        >>> round(rank_agreement(np.array([1.0, 2.0, 3.0]), np.array([10.0, 30.0, 20.0])), 6)
        0.5
    """
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    return float(stats.spearmanr(one.ravel(), other.ravel()).statistic)
