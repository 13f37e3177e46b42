"""Tests of many numbers that were each measured a few times, such as the weights of superpixels by seed.

Three seeds say little of how much one weight varies, but all weights together say much, because they come
from the same design. So the variance of each is drawn towards what all of them have in common, as far as they
do (moderated t, Smyth 2004, https://doi.org/10.2202/1544-6115.1027).
"""

import numpy as np
from scipy import special, stats

from engine.arrays import Bools, Reals

ERROR_RATE = 0.05
ROUNDING = 1e-7
"""Of the greatest number: scores have 24 bits, and what is smaller cannot be told from zero."""

STEPS = 50
"""Of Newton's method, which takes about five."""


def surely_not_zero(table: Reals) -> Bools:
    """Columns whose mean is not zero; at most one table in twenty has one among them that is.

    Args:
        table: float64 (S, P), P numbers from each of S seeds; a single seed can tell nothing.

    Returns:
        bool (P,), by Holm's procedure (1979, https://www.jstor.org/stable/4615733).

    Example:
        >>> noise = np.random.default_rng(0).normal(size=(3, 40))
        >>> np.flatnonzero(surely_not_zero(noise + 5 * np.eye(40)[7])).tolist()
        [7]
    """
    count, means = len(table), np.abs(table.mean(axis=0))
    if count < 2 or not means.any():
        return np.zeros(means.shape, bool)
    variances, degrees = moderate(table.var(axis=0, ddof=1), count - 1)
    errors = np.sqrt(variances / count + np.square(ROUNDING * means.max()))
    return holm(2 * stats.t.sf(means / errors, degrees))


def moderate(variances: Reals, degrees: int) -> tuple[Reals, float]:
    """Variances (P,) drawn towards each other, and the degrees of freedom that they have then.

    Those that are zero, of weights that a lasso has set to zero each time, stay so and do not count.

    Args:
        variances: float64 (P,), each estimated with so many degrees of freedom.
        degrees: the same for all.
    """
    moved = variances > 0
    count = int(moved.sum())
    if count < 2:
        return variances, float(degrees)
    logs = np.log(variances[moved]) - special.digamma(degrees / 2) + np.log(degrees / 2)
    excess = float(logs.var(ddof=1) - special.polygamma(1, degrees / 2))
    if excess <= 0:  # they differ no more than chance makes them
        return np.where(moved, np.exp(logs.mean()), 0.0), float(count * degrees)
    prior = 2 * _inverse_trigamma(excess)
    common = np.exp(logs.mean() + special.digamma(prior / 2) - np.log(prior / 2))
    drawn = np.where(moved, (prior * common + degrees * variances) / (prior + degrees), 0.0)
    return drawn, float(min(prior + degrees, count * degrees))


def holm(chances: Reals) -> Bools:
    """Which of some hypotheses are refused, bool (P,), if at most one family in twenty may lose a true one.

    Example:
        >>> holm(np.array([0.01, 0.04, 0.02])).tolist(), holm(np.array([0.01, 0.04, 0.03])).tolist()
        ([True, True, True], [True, False, False])
    """
    order = np.argsort(chances, kind="stable")
    small = chances[order] <= ERROR_RATE / np.arange(len(chances), 0, -1)
    refused = np.zeros(len(chances), bool)
    refused[order[: int(np.argmin(np.append(small, False)))]] = True
    return refused


def _inverse_trigamma(value: float) -> float:
    """The x > 0 whose trigamma function is a value > 0, by Newton's method as Smyth has it."""
    x = 0.5 + 1 / value
    for _ in range(STEPS):
        here = float(special.polygamma(1, x))
        step = here * (1 - here / value) / float(special.polygamma(2, x))
        x += step
        if -step < 1e-8 * x:
            break
    return x
