"""Decision which cells of a map lie surely above its average cell: one test of all cells together.

A cell's distance from the average is judged by what leaving out a group of runs does to this distance itself,
because the average comes from the same runs and moves with the cell. Were the cell no better than the
average, each group could as well have said the opposite; so the greatest distance of all cells, in standard
errors, is held against the greatest that comes out when the signs of groups are turned (Hemerik and Goeman
2018, https://doi.org/10.1007/s11749-017-0571-1), and cells that are found leave the test step by step (Romano
and Wolf 2005, https://doi.org/10.1198/016214504000000539).
"""

from functools import cache

import numpy as np

from engine.arrays import Bools, Reals

LEVEL = 0.035
"""Share of maps of nothing but chance in which a cell is found: a little less than the 1 in 20 that is
promised, since few runs are not quite as likely to say the opposite.
"""

ALL_SIGNS, SOME_SIGNS = 9, 512
"""Of up to so many groups all ways to turn signs are tried, of more groups so many ways, always the same."""

LEAST_GROUPS = 5
"""With fewer there are not 1 / ``LEVEL`` ways to turn signs."""

OFFSET = 0.9
"""Quantile over the cells of the variance that is added to that of each cell, so that none is found because
its groups agree by accident (Tusher, Tibshirani and Chu 2001, https://doi.org/10.1073/pnas.091062498).
"""

FAR_BELOW = -2.0
"""Standard errors: cells as far below the average cannot be taken for one above it, and leave the test."""

ROUNDING = 1e-12
"""Of the greatest distance: what varies less does not vary."""


def surely_above(values: Reals, without: Reals, ratios: bool = False) -> Bools | None:
    """Cells that lie above the average cell; at most one map in twenty has one among them that does not.

    Args:
        values: float64 (d,), the map.
        without: float64 (G, d), the map without each of the G groups of runs, all of them of about one size.
        ratios: compare the logarithms of values that are positive by their nature, such as variances, whose
            error grows with them; cells that are zero or below, in any row, are then never found.

    Returns:
        bool (d,), or None with fewer than 5 groups, which cannot tell.

    Example:
        >>> groups = np.arange(80.0).reshape(8, 10) % 7 + 100 * np.eye(10)[3]  # the fourth cell is high
        >>> without = (groups.sum(axis=0) - groups) / 7
        >>> np.flatnonzero(surely_above(groups.mean(axis=0), without)).tolist()
        [3]
    """
    groups = len(without)
    if groups < LEAST_GROUPS:
        return None
    distance, left = (_from_average(part, ratios) for part in (values, without))
    known = np.isfinite(distance) & np.isfinite(left).all(axis=0)
    sure = np.zeros(values.shape, bool)
    if known.any():
        sure[known] = _beyond_chance(groups * distance[known] - (groups - 1) * left[:, known])
    return sure & (distance > 0)


def _from_average(values: Reals, ratios: bool) -> Reals:
    """Distance (..., d) of each cell from the average of its map; nan or infinite where there is no ratio."""
    average = values.mean(axis=-1, keepdims=True)
    if not ratios:
        return np.asarray(values - average)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log(values / average))


def _beyond_chance(groups: Reals) -> Bools:
    """Columns (d,) whose mean over the groups (G, d) is greater than turned signs give in any column."""
    means = _signs(len(groups)) @ groups / len(groups)
    variances = (np.square(groups).sum(axis=0) - len(groups) * np.square(means)) / (len(groups) - 1)
    variances = np.maximum(variances, 0)
    least = np.square(ROUNDING * np.abs(groups).max()) + np.finfo(float).tiny
    offset = np.quantile(variances[0], OFFSET) + least
    errors = means / np.sqrt((variances + offset) / len(groups))
    return _step_down(errors)


def _step_down(errors: Reals) -> Bools:
    """Columns (d,) of (S, d) whose first row is beyond all but ``LEVEL`` of the greatest of each row, found
    ones aside.
    """
    found, open_ = np.zeros(errors.shape[1], bool), errors[0] > FAR_BELOW
    place = int(np.ceil((1 - LEVEL) * len(errors))) - 1
    while open_.any():
        limit = np.partition(errors[:, open_].max(axis=1), place)[place]
        new = open_ & (errors[0] > limit)
        if not new.any():
            break
        found |= new
        open_ &= ~new
    return found


@cache
def _signs(groups: int) -> Reals:
    """float64 (S, G): 1 or -1 for each group, at first 1 for all."""
    if groups <= ALL_SIGNS:
        return np.asarray(1 - 2 * (np.arange(2**groups)[:, None] >> np.arange(groups) & 1), np.float64)
    turned = np.random.default_rng(0).choice([-1.0, 1.0], (SOME_SIGNS - 1, groups))
    return np.concatenate([np.ones((1, groups)), turned])
