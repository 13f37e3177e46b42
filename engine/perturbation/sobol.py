"""Sobol total indices of grid cells (Fel et al. 2021, "Look at the Variance!", https://arxiv.org/abs/2111.04138)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy import stats

from engine.perturbation.design import GridDesign, SobolDesign
from engine.perturbation.estimators import ESTIMATORS, is_constant
from engine.perturbation.params import SobolParams
from engine.perturbation.plan import Estimate

Reals = npt.NDArray[np.float64]
MIN_ROWS = 2
MIN_GROUPS = 4
UNSTABLE = 0.5

CONSTANT = "The score did not change whatever was hidden, so the map is zero everywhere. Try the logit score or another fill."
UNSURE = "The map is not steady yet at this budget: the two halves of the runs rank the cells differently. Use more designs."
NEGATIVE = "Some indices came out below zero, which is sampling noise of this estimator. Use more designs or Jansen's estimator."


def plan(params: SobolParams, image: npt.NDArray[np.float32]) -> GridDesign:
    """The runs of the pass, designs (grid^2 + 2); they are the same for every picture."""
    return GridDesign(SobolDesign(params.grid**2, params.designs, params.replicates, params.seed), params.grid)


def estimate(plan: GridDesign, params: SobolParams, scores: npt.NDArray[np.float32]) -> Estimate | None:
    """Total indices of the cells for one target.

    Args:
        plan: the runs.
        params: how they are read.
        scores: float32 (runs,), NaN where a run is still missing.

    Returns:
        The estimate from the finished rows of the design, or None before there are two.
    """
    design = plan.design
    a, c, replicate = design.split(scores)
    if len(a) < MIN_ROWS:
        return None
    shape = (plan.grid, plan.grid)
    runs = len(a) * design.runs_per_row
    if is_constant(a):
        zeros = np.zeros(shape, np.float32)
        return Estimate(zeros, zeros, zeros, None, runs, (CONSTANT,))
    indices = ESTIMATORS[params.estimator]
    values = indices(a, c)
    half_width = _jackknife(indices, a, c, replicate)
    stability = _stability(indices, a, c, replicate)
    return Estimate(
        values=values.reshape(shape).astype(np.float32),
        lower=None if half_width is None else (values - half_width).reshape(shape).astype(np.float32),
        upper=None if half_width is None else (values + half_width).reshape(shape).astype(np.float32),
        stability=stability,
        runs=runs,
        warnings=tuple(_warn(values, stability)),
    )


def _jackknife(indices: Callable[[Reals, Reals], Reals], a: Reals, c: Reals, replicate: npt.NDArray[np.intp]) -> Reals | None:
    """Half width (d,) of the 95 % band: delete-one-replicate jackknife (Efron and Stein 1981, https://doi.org/10.1214/aos/1176345462)."""
    groups = np.unique(replicate)
    kept = [replicate != group for group in groups]
    if len(groups) < MIN_GROUPS or any(is_constant(a[keep]) for keep in kept):
        return None
    estimates = np.stack([indices(a[keep], c[keep]) for keep in kept])
    count = len(groups)
    error = np.sqrt((count - 1) * estimates.var(axis=0))
    return np.asarray(stats.t.ppf(0.975, count - 1) * error)


def _stability(indices: Callable[[Reals, Reals], Reals], a: Reals, c: Reals, replicate: npt.NDArray[np.intp]) -> float | None:
    """Spearman's rank correlation between the indices from even and from odd replicates."""
    halves = [replicate % 2 == part for part in (0, 1)]
    if any(is_constant(a[half]) for half in halves):
        return None
    even, odd = (indices(a[half], c[half]) for half in halves)
    if np.ptp(even) == 0 or np.ptp(odd) == 0:
        return None
    return float(stats.spearmanr(even, odd).statistic)


def _warn(values: Reals, stability: float | None) -> list[str]:
    checks = ((stability is not None and stability < UNSTABLE, UNSURE), (bool((values < -0.01).any()), NEGATIVE))
    return [sentence for found, sentence in checks if found]
