"""Estimators of Sobol total-order indices.

Each takes the scores a and b (n,) at A and B, and c (n, d) at C_i, and gives the d total indices: the share
of the score's variance that is lost when everything but input i is known. A constant added to all scores
changes no index, and none comes out below zero. Interactions are counted in every input that takes part, so
the indices may sum to more than 1.

Xplique's estimators of Homma, Janon and Saltelli are not here: they divide squares by n - 1 and products by
n, so that a constant added to the score changes their map. With 1/n throughout, Janon's is Jansen's with the
variance over A and C_i; Homma's and Saltelli's are one formula, which still moves with the level.
"""

from collections.abc import Callable

import numpy as np

from engine.arrays import Reals

Estimator = Callable[[Reals, Reals, Reals], Reals]


def pooled(a: Reals, b: Reals, c: Reals) -> Reals:
    """Jansen 1999 with the variance over A and B (Saltelli et al. 2010,
    https://doi.org/10.1016/j.cpc.2009.09.018): twice the scores for the denominator, at no cost.

    Example:
        >>> a, b = np.array([0.0, 1.0]), np.array([1.0, 0.0])  # the score is the first of two inputs
        >>> c = np.array([[1.0, 0.0], [0.0, 1.0]])  # so exchanging the second changes nothing
        >>> pooled(a, b, c).round(6).tolist()
        [1.5, 0.0]
    """
    return np.square(a[:, None] - c).mean(axis=0) / (2.0 * np.concatenate([a, b]).var(ddof=1))


def jansen(a: Reals, b: Reals, c: Reals) -> Reals:
    """Jansen 1999, https://doi.org/10.1016/S0010-4655(98)00154-4, with the variance over A alone, as Xplique
    has it.

    Example:
        >>> a, c = np.array([0.0, 1.0]), np.array([[1.0, 0.0], [0.0, 1.0]])
        >>> jansen(a, a, c).tolist()
        [1.0, 0.0]
    """
    return np.square(a[:, None] - c).mean(axis=0) / (2.0 * a.var(ddof=1))


def glen(a: Reals, b: Reals, c: Reals) -> Reals:
    """Glen and Isaacs 2012, https://doi.org/10.1016/j.envsoft.2012.03.014: one minus a correlation; an input
    whose C scores are constant gets 1.
    """
    covariance = ((a - a.mean())[:, None] * (c - c.mean(axis=0))).sum(axis=0) / (len(a) - 1)
    spread = np.sqrt(a.var(ddof=1) * c.var(axis=0, ddof=1))
    return 1.0 - np.divide(covariance, spread, out=np.zeros_like(covariance), where=spread > 0)


ESTIMATORS: dict[str, Estimator] = {"pooled": pooled, "glen": glen, "jansen": jansen}


def is_constant(a: Reals) -> bool:
    """True if the score never moved beyond rounding, so that no index can be told."""
    return bool(len(a) < 2 or a.std() <= 1e-7 * max(1e-7, float(np.abs(a).max())))
