"""Estimators of Sobol total-order indices, as Xplique names them.

Each takes the scores a (n,) at A and c (n, d) at C_i, and gives the d total indices: the share of the score's
variance that is lost when everything but input i is known. Indices are >= 0 in theory; all but Jansen's can
come out slightly negative. Interactions are counted in every input that takes part, so the indices may sum to
more than 1.
"""

from collections.abc import Callable

import numpy as np

from engine.arrays import Reals

Estimator = Callable[[Reals, Reals], Reals]


def jansen(a: Reals, c: Reals) -> Reals:
    """Jansen 1999, https://doi.org/10.1016/S0010-4655(98)00154-4.

    Example:
        >>> a = np.array([0.0, 1.0])  # the score is the first of two inputs
        >>> c = np.array([[1.0, 0.0], [0.0, 1.0]])  # so exchanging the second changes nothing
        >>> jansen(a, c).tolist()
        [1.0, 0.0]
    """
    return np.square(a[:, None] - c).mean(axis=0) / (2.0 * a.var(ddof=1))


def homma(a: Reals, c: Reals) -> Reals:
    """Homma and Saltelli 1996, https://doi.org/10.1016/0951-8320(96)00002-6."""
    variance = a.var(ddof=1)
    return (variance - (a[:, None] * c).mean(axis=0) + a.mean() ** 2) / variance


def janon(a: Reals, c: Reals) -> Reals:
    """Janon et al. 2014, https://hal.inria.fr/hal-00665048v2/document."""
    centre = 0.5 * (a.mean() + c.mean(axis=0))
    variance = (np.square(a).sum() + np.square(c).sum(axis=0)) / (2.0 * (len(a) - 1)) - np.square(centre)
    return 1.0 - ((a[:, None] * c).mean(axis=0) - np.square(centre)) / variance


def glen(a: Reals, c: Reals) -> Reals:
    """Glen and Isaacs 2012, https://doi.org/10.1016/j.envsoft.2012.03.014; an input whose C scores are
    constant gets 1.
    """
    covariance = ((a - a.mean())[:, None] * (c - c.mean(axis=0))).sum(axis=0) / (len(a) - 1)
    spread = np.sqrt(a.var(ddof=1) * c.var(axis=0, ddof=1))
    return 1.0 - np.divide(covariance, spread, out=np.zeros_like(covariance), where=spread > 0)


def saltelli(a: Reals, c: Reals) -> Reals:
    """Saltelli et al. 2008, Global Sensitivity Analysis: The Primer, https://doi.org/10.1002/9780470725184."""
    return 1.0 - ((a[:, None] * c).mean(axis=0) - a.mean() ** 2) / a.var(ddof=1)


ESTIMATORS: dict[str, Estimator] = {
    "jansen": jansen,
    "homma": homma,
    "janon": janon,
    "glen": glen,
    "saltelli": saltelli,
}


def is_constant(a: Reals) -> bool:
    """True if the score never moved beyond rounding, so that no index can be told."""
    return bool(len(a) < 2 or a.std() <= 1e-7 * max(1e-7, float(np.abs(a).max())))
