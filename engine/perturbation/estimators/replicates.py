"""Bands and stability of a map from independent groups of runs."""

from collections.abc import Callable

import numpy as np
from scipy import stats

from engine.arrays import AnyFloats, Reals
from engine.perturbation.designs.cells import Cells
from engine.perturbation.estimators.outlines import surely_above
from engine.perturbation.plan import Estimate
from engine.phrase import later

Band = Callable[[Reals, Reals], tuple[Reals, Reals]]
"""From the values (d,) and those without each group (G, d) to the ends of the band."""

UNSTABLE = 0.5
TINY = 1e-12
"""What is below it is nothing: indices are shares."""

CONSTANT = later(
    "The score did not change whatever was hidden, so the map is zero everywhere. Try the logit "
    "score or another fill."
)
UNSURE = later(
    "The map has not converged: two halves of the masks rank the places differently. Use more masks."
)


def estimate_of_groups(
    cells: Cells, value_of: Callable[[Reals], Reals], groups: int, runs: int, band: Band | None = None
) -> Estimate:
    """A map with its band, its stability and its sure cells, from runs in independent groups.

    Args:
        cells: what was hidden.
        value_of: from weights (..., G), 1 for groups that are used and 0 for others, to the values (...,
            cells) that these give.
        groups: G, how many groups there are.
        runs: how many runs were used.
        band: finds the ends of the band; ``symmetric_band`` if None.
    """
    values, without = value_of(np.ones(groups)), value_of(1 - np.eye(groups))
    even = np.arange(groups) % 2 == 0
    stability = rank_agreement(*value_of(np.stack([even, ~even]).astype(np.float64)))
    ends = (band or symmetric_band)(values, without)
    drawn, lower, upper = (cells.paint(each.astype(np.float32)) for each in (values, *ends))
    sure = surely_above(values, without)
    return Estimate(
        drawn,
        lower,
        upper,
        stability,
        runs,
        (UNSURE,) if stability is not None and stability < UNSTABLE else (),
        sure=None if sure is None else sure.reshape(drawn.shape),
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


def symmetric_band(values: Reals, without: Reals) -> tuple[Reals, Reals]:
    """Ends (d,) of plain jackknife bands of values (d,), from those without each of G groups (G, d)."""
    half_width = jackknife_half_width(without)
    return values - half_width, values + half_width


def squares_band(values: Reals, without: Reals) -> tuple[Reals, Reals]:
    """Ends (d,) of bands of sums of squares (d,), from those without each of G groups (G, d), all at least 0.

    The error of a sum of squares grows with it: where a value came out too low, its own error is too small to
    reach what is true. So the upper end is found for the square root.
    """
    upper = np.square(np.sqrt(values) + jackknife_half_width(np.sqrt(without)))
    return np.maximum(symmetric_band(values, without)[0], 0), np.asarray(upper)


def ratio_band(values: Reals, without: Reals) -> tuple[Reals, Reals]:
    """Ends (d,) of 95 % bands of positive ratios: jackknife of their logarithms, since a ratio of few runs is
    skewed and its misses lie above.

    A spread from so few groups is itself uncertain, and the cells of a map share runs: each cell's variance
    is averaged with that of all cells, which doubles the degrees of freedom (moderated t: Smyth 2004,
    https://doi.org/10.2202/1544-6115.1027). Where a value is 0, so is its band. What it covers stands in
    docs/estimators.md.

    Args:
        values: (d,), from all groups, at least 0.
        without: (G, d), without each of the G groups of runs.

    Example:
        >>> low, high = ratio_band(np.array([1.0]), np.array([[0.5], [2.0]]))  # t of two degrees, error ln 2
        >>> (low * high).round(6).tolist(), round(float(np.log(high[0]) / np.log(2)), 2)
        ([1.0], 4.3)
    """
    groups = len(without)
    logs = np.log(np.maximum(without, TINY))
    variance = (groups - 1) * logs.var(axis=0)
    error = np.sqrt((variance + variance.mean()) / 2)
    reach = np.exp(np.minimum(stats.t.ppf(0.975, 2 * (groups - 1)) * error, -np.log(TINY)))
    return values / reach, values * reach


def rank_agreement(one: AnyFloats, other: AnyFloats) -> float | None:
    """Spearman's rank correlation between two maps, or None where one of them is constant.

    Example:
        >>> round(rank_agreement(np.array([1.0, 2.0, 3.0]), np.array([10.0, 30.0, 20.0])), 6)
        0.5
    """
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    return float(stats.spearmanr(one.ravel(), other.ravel()).statistic)
