"""Total indices of grid cells with what neighbours, rows and the distance from the centre tell of each.

The move |f(A) - f(C_i)| is, in all models that were looked at, a factor of its row times the step times
what the cell has, with a tail as of Student's t of five degrees. So the square roots are weighed by one over
the root of what a row and a step lead to expect, which makes all moves speak about equally. The logarithm of
a cell's index is then seen with noise that is alike in all cells, and has a prior: a Gaussian field over the
grid, smooth or not, around a trend from the centre to the edge. How much of each there is, is weighed by the
marginal likelihood (Rasmussen and Williams 2006, Gaussian Processes for Machine Learning, chapters 2.7 and
5.4, https://gaussianprocess.org/gpml/), so that a trend that explains nothing gets no weight.

From many rows the values are drawn back to plain indices, as far as the field does not explain them: an
empirical Bayes estimate (Efron and Morris 1973, https://doi.org/10.1080/01621459.1973.10481350), which nears
the total indices as rows become many.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.arrays import Reals
from engine.perturbation.designs.sobol_design import Rows
from engine.perturbation.estimators.draft import FLOOR, POWER, RANGES, SMOOTH_SHARES, USUAL_NOISE

VARIANCES = tuple(0.15 * 2.0**power for power in range(10))
USUAL_VARIANCE, SPREAD = 1.35, 1.0
"""Variances of the logarithms of indices that are tried; the usual one, and the standard deviation of its
logarithm before anything is seen.
"""

TREND_SHARES = (0.0, 0.3, 0.6, 0.9)
"""Share of that variance which is trend."""

SHORTEST, LEAST_FACTOR = 0.02, 1e-6
"""Steps below it weigh as it does, since what they move is rounding; least factor of a row, of the usual
one.
"""

LEAST_SHARE = 1e-6
"""Of the largest index: what is below is nothing, and does not say whether a field is right."""

TINY = 1e-12
"""What is below it is nothing."""


@dataclass(frozen=True, eq=False)
class Prior:
    """K fields of one reach over d cells, in the basis of their smooth part.

    Attributes:
        basis: float64 (d, d), columns are directions.
        sizes: float64 (K, d), variance of the field along each.
        trend: float64 (d,), the trend along each.
        trend_sizes: float64 (K,), variance of its coefficient.
        chance: float64 (K,), logarithm, before anything is seen.
    """

    basis: Reals
    sizes: Reals
    trend: Reals
    trend_sizes: Reals
    chance: Reals


def shrunk(rows: Rows, grid: int, level: float) -> Reals:
    """float64 (d,): what is to be expected of each cell's index, brought to a mean.

    Args:
        rows: finished rows of a design over grid * grid cells whose score moved, at least two.
        grid: rows and columns of cells.
        level: mean of the indices from the same rows, which becomes that of the map unless a value would pass
            1, which no index can.
    """
    values = np.exp(expected(*even_logs(rows), grid))
    values *= level / values.mean()
    return np.asarray(values / max(values.max(), 1.0))


def even_logs(rows: Rows) -> tuple[Reals, float]:
    """Logarithm of each cell's index (d,) up to a constant, and the variance of its noise."""
    moved, steps = np.sqrt(np.abs(rows.c - rows.a[:, None])), np.sqrt(rows.steps)
    even = np.maximum(rows.steps, SHORTEST) ** -0.25
    factors = _factors(even * moved, even * steps)
    factors /= np.exp(np.log(np.maximum(factors, LEAST_FACTOR)).mean())
    factors = np.maximum(factors, LEAST_FACTOR)
    weights = even / np.sqrt(factors)
    sums = (weights * steps * factors).sum(axis=0)
    slopes = _slopes(weights * moved, sums)
    likely = weights * steps * slopes
    left = weights * moved - _factors(weights * moved, weights * steps) * likely
    noise = np.square(left / np.maximum(sums * slopes, TINY)).sum(axis=0).mean()
    return POWER * np.log(slopes), float(POWER**2 * (noise + USUAL_NOISE / len(moved) ** 2))


def expected(seen: Reals, noise: float, grid: int) -> Reals:
    """Mean (d,) of a field seen with noise of a variance: fields of many kinds, weighed by what they
    explain.
    """
    found = [_observe(seen, noise, _prior(grid, reach)) for reach in RANGES]
    means, evidence = (np.concatenate(part) for part in zip(*found, strict=True))
    weights = np.exp(evidence - evidence.max())
    return np.asarray(weights @ means / weights.sum())


def blend(drawn: Reals, indices: Reals, without: Reals) -> Reals:
    """float64 (d,): shrunk values, drawn back to plain indices as far as these differ from them by more than
    chance.

    Args:
        drawn: float64 (d,), shrunk values.
        indices: float64 (d,), plain indices of the same rows.
        without: float64 (G, d), the indices without each of the G groups of rows.

    Example:
        >>> plain, other = np.array([0.1, 0.4]), np.array([0.2, 0.2])
        >>> blend(other, plain, np.stack([plain] * 8)).round(6).tolist()  # the indices are known
        [0.1, 0.4]
        >>> blend(other, plain, plain * np.array([[0.1], [10.0]])).round(6).tolist()  # they are anything
        [0.2, 0.2]
    """
    groups, least = len(without), max(LEAST_SHARE * float(indices.max()), TINY)
    logs, plain, left = (np.log(np.maximum(values, least)) for values in (drawn, indices, without))
    variance = (groups - 1) * left.var(axis=0)
    chance = (variance + variance.mean()) / 2 * max(groups - 1, 3) / max(groups - 3, 1)
    excess = max(float((np.square(plain - logs) - chance).mean()), 0.0)
    share = np.divide(excess, excess + chance, out=np.zeros_like(chance), where=excess + chance > 0)
    return np.asarray(drawn * np.exp(share * (plain - logs)))


def _factors(moved: Reals, steps: Reals) -> Reals:
    """(n, 1): how lively each row is, for weighed moves and steps (n, d)."""
    likely = steps * _slopes(moved, steps.sum(axis=0))
    return np.asarray(moved.sum(axis=1, keepdims=True) / likely.sum(axis=1, keepdims=True))


def _slopes(moved: Reals, sums: Reals) -> Reals:
    slopes = moved.sum(axis=0) / np.maximum(sums, TINY)
    return np.asarray(np.maximum(slopes, FLOOR * slopes.max()))


def _observe(seen: Reals, noise: float, prior: Prior) -> tuple[Reals, Reals]:
    """Means (K, d) and log likelihoods (K,), up to a constant, of fields that were seen with noise."""
    waves = prior.basis.T @ (seen - seen.mean())
    totals = noise + prior.sizes
    along = (prior.trend * waves / totals).sum(axis=1)
    grown = 1 + prior.trend_sizes * (np.square(prior.trend) / totals).sum(axis=1)
    kept = prior.trend_sizes / grown
    left = noise * (waves - (kept * along)[:, None] * prior.trend) / totals
    misfit = (np.square(waves) / totals + np.log(totals)).sum(axis=1) - kept * np.square(along)
    means = seen.mean() + (waves - left) @ prior.basis.T
    return means, prior.chance - 0.5 * (misfit + np.log(grown))


@lru_cache(maxsize=64)
def _prior(grid: int, reach: float) -> Prior:
    """Fields of all variances and shares over a square grid; correlation is a product of both axes."""
    place = np.arange(grid)
    sizes, vectors = np.linalg.eigh(np.exp(-(np.subtract.outer(place, place) ** 2) / (2 * reach**2)))
    sizes = np.maximum(sizes, 0)
    smooth, basis = np.outer(sizes, sizes).ravel(), np.kron(vectors, vectors)
    meshes = np.meshgrid(SMOOTH_SHARES, VARIANCES, TREND_SHARES)
    shared, variance, trend_share = (part.ravel()[:, None] for part in meshes)
    field = variance * (1 - trend_share) * (shared * smooth + 1 - shared)
    chance = -0.5 * np.square(np.log(variance[:, 0] / USUAL_VARIANCE) / SPREAD)
    return Prior(basis, field, basis.T @ _outwards(grid), (variance * trend_share)[:, 0], chance)


def _outwards(grid: int) -> Reals:
    """(d,): distance of each cell from the centre, of mean 0 and variance 1."""
    place = np.arange(grid) - (grid - 1) / 2
    away = np.hypot(place[:, None], place).ravel()
    return np.asarray((away - away.mean()) / away.std())
