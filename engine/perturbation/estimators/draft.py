"""A draft of the map of Sobol indices, from a few rows of the design.

From four rows an index is the mean of four squares, most of whose spread is chance. Three things are known
besides: how far each cell was moved, that the largest of a few squares drowns the others, and that
neighbouring cells mostly matter alike. So the draft reads the mean square root of |f(A) - f(C_i)| per square
root of the step |A_i - B_i|, takes its logarithm as a noisy sight of a Gaussian field over the grid, and
gives what is to be expected of the field (empirical Bayes: Efron and Morris 1973,
https://doi.org/10.1080/01621459.1973.10481350; Rasmussen and Williams 2006, Gaussian Processes for Machine
Learning, chapter 2, https://gaussianprocess.org/gpml/). How smooth and how strong the field is, is weighed by
what the rows say, target by target.

A draft has no band of its own: what the field leaves open is only right where scores are smooth. It takes
that of the indices from the same rows.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.arrays import Reals
from engine.perturbation.designs.sobol_design import Rows

RANGES = (0.7, 1.0, 1.5, 2.2)
"""Cells over which a field may be smooth: standard deviation of the correlation's bell."""

SMOOTH_SHARES = (0.5, 0.9)
"""Share of a field's variance that neighbours share; the rest is each cell's own."""

STRENGTHS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 300.0, 3000.0)
"""Variance of a field, in variances of the noise."""

POWER = 4.0
"""An index goes with the fourth power of a mean square root."""

FLOOR = 1e-3
"""Of the largest sensitivity: what is below cannot be told from nothing."""

USUAL_NOISE = 0.5
"""Variance of the logarithm from one row, where there is no second one to tell; counts as much as one row."""


@dataclass(frozen=True, eq=False)
class Fields:
    """K stationary Gaussian fields over the cells of a grid, before anything is seen.

    Attributes:
        reach: cells over which they are smooth.
        shared: (K,), share of the variance that is smooth, 0-1.
        strength: (K,), the variance, in variances of the noise.
    """

    reach: float
    shared: Reals
    strength: Reals


@dataclass(frozen=True, eq=False)
class Posterior:
    """K fields after the cells were seen.

    Attributes:
        mean: float64 (K, rows, columns).
        evidence: (K,), log likelihood of what was seen, up to a constant.
    """

    mean: Reals
    evidence: Reals


def draft(rows: Rows, grid: int, level: float) -> Reals:
    """float64 (grid, grid): a map that ranks cells well after few rows; its values only come close to the
    indices.

    Args:
        rows: finished rows of a design over grid * grid cells whose score moved, at least two.
        grid: rows and columns of cells.
        level: mean of the indices from the same rows, which becomes that of the map unless a value would pass
            1, which no index can: the variance of few scores is sometimes next to nothing.
    """
    logs, noise = sensitivities(rows)
    values = np.exp(POWER * shrink(logs.reshape(grid, grid), noise))
    values *= level / values.mean()
    return np.asarray(values / max(values.max(), 1.0))


def sensitivities(rows: Rows) -> tuple[Reals, float]:
    """Logarithm of each cell's sensitivity (d,), and the variance of its noise.

    The noise is what is left when every row is cells times a factor of its own.
    """
    moved, steps = np.sqrt(np.abs(rows.c - rows.a[:, None])), np.sqrt(rows.steps)
    count = len(moved)
    slopes = moved.sum(axis=0) / steps.sum(axis=0)
    slopes = np.maximum(slopes, FLOOR * slopes.max())
    expected = steps * slopes
    factors = moved.sum(axis=1) / expected.sum(axis=1)
    left = np.square(moved - factors[:, None] * expected).sum(axis=0) / np.square(expected.sum(axis=0))
    return np.log(slopes), float((count * left.mean() + USUAL_NOISE / count) / count)


def shrink(seen: Reals, noise: float) -> Reals:
    """Mean (rows, columns) of a field that was seen with noise: fields of many kinds, weighed by what they
    explain.
    """
    shared, strength = (part.ravel() for part in np.meshgrid(SMOOTH_SHARES, STRENGTHS))
    found = [observe(seen, noise, Fields(reach, shared, strength)) for reach in RANGES]
    means, evidence = (np.concatenate([getattr(one, name) for one in found]) for name in ("mean", "evidence"))
    weights = np.exp(evidence - evidence.max())
    return np.asarray(np.tensordot(weights / weights.sum(), means, 1))


def observe(seen: Reals, noise: float, fields: Fields) -> Posterior:
    """What cells (rows, columns) seen with noise of a variance tell of fields around their mean; correlation
    is a product of both axes.
    """
    (down_sizes, down), (across_sizes, across) = (_axis(length, fields.reach) for length in seen.shape)
    shared, strength = (part[:, None, None] for part in (fields.shared, fields.strength))
    ratios = strength * (shared * np.outer(down_sizes, across_sizes) + 1 - shared)
    centre = seen.mean()
    waves = down.T @ (seen - centre) @ across
    kept = ratios / (1 + ratios)
    return Posterior(
        mean=centre + down @ (kept * waves) @ across.T,
        evidence=-0.5
        * (np.square(waves) / (noise * (1 + ratios)) + np.log(noise * (1 + ratios))).sum(axis=(1, 2)),
    )


@lru_cache(maxsize=32)
def _axis(length: int, reach: float) -> tuple[Reals, Reals]:
    """Eigenvalues and eigenvectors of the correlation along one axis."""
    distance = np.subtract.outer(np.arange(length), np.arange(length))
    sizes, vectors = np.linalg.eigh(np.exp(-(distance**2) / (2 * reach**2)))
    return np.maximum(sizes, 0), vectors
