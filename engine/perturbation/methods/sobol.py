"""Sobol total indices of grid cells (Fel et al. 2021, https://arxiv.org/abs/2111.04138)."""

from collections.abc import Callable

import numpy as np

from engine.arrays import Floats, Reals
from engine.perturbation.designs.sobol_design import GridDesign, Rows, SobolDesign
from engine.perturbation.estimators.draft import draft
from engine.perturbation.estimators.replicates import UNSTABLE, jackknife_half_width, rank_agreement
from engine.perturbation.estimators.sobol_indices import ESTIMATORS, is_constant
from engine.perturbation.methods.params import DRAFT_BELOW, SobolParams
from engine.perturbation.plan import Estimate
from engine.perturbation.stopping import DESIGNS, DRAFT_DESIGNS
from engine.phrase import later

Reader = Callable[[Rows], Reals]
MIN_ROWS = 2
MIN_GROUPS = 4

CONSTANT = later(
    "The score did not change whatever was hidden, so the map is zero everywhere. Try the logit "
    "score or another fill."
)
UNSURE = later(
    "The map is not steady yet at this budget: the two halves of the runs rank the cells "
    "differently. Use more designs."
)
NEGATIVE = later(
    "Some indices came out below zero, which is sampling noise of this estimator. Use more designs "
    "or Jansen's estimator."
)
DRAFT = later(
    "This is a draft: each cell is drawn towards its neighbours, as far as the few designs leave it open. "
    "It ranks cells better than plain indices from the same runs; its values and its band only "
    "come close to theirs."
)


def plan(params: SobolParams, image: Floats) -> GridDesign:
    """The runs of the pass, designs (grid^2 + 2); they are the same for every picture."""
    return GridDesign(
        SobolDesign(params.grid**2, params.designs, params.replicates, params.seed), params.grid
    )


def estimate(plan: GridDesign, params: SobolParams, scores: Floats) -> Estimate | None:
    """Total indices of the cells for one target, or their draft while few rows of the design are finished.

    Args:
        plan: the runs.
        params: how they are read.
        scores: float32 (runs,), NaN where a run is still missing.

    Returns:
        The estimate from the finished rows of the design, or None before there are two.
    """
    rows = plan.design.finished(scores)
    if len(rows) < MIN_ROWS:
        return None
    runs = len(rows) * plan.design.runs_per_row
    if is_constant(rows.a) or not (rows.c - rows.a[:, None]).any():
        zeros = plan.cells.paint(np.zeros(plan.cells.count, np.float32))
        return Estimate(zeros, zeros, zeros, None, runs, (CONSTANT,))
    read = _draft if len(rows) < DRAFT_BELOW[params.draft] else _indices
    return read(plan, params, rows, runs)


def _indices(plan: GridDesign, params: SobolParams, rows: Rows, runs: int) -> Estimate:
    """The estimator as it is published."""

    def read(rows: Rows) -> Reals:
        return ESTIMATORS[params.estimator](rows.a, rows.c)

    values, half_width, stability = read(rows), _jackknife(read, rows), _stability(read, rows)
    low, high = (None if half_width is None else _paint(plan, values + way * half_width) for way in (-1, 1))
    warnings = tuple(_warn(values, stability))
    return Estimate(_paint(plan, values), low, high, stability, runs, warnings, {DESIGNS: float(len(rows))})


def _draft(plan: GridDesign, params: SobolParams, rows: Rows, runs: int) -> Estimate:
    """The draft with the band of its field."""
    found = draft(rows, plan.grid)
    stability = _stability(lambda rows: draft(rows, plan.grid).values, rows)
    values, low, high = (_paint(plan, part) for part in (found.values, found.lower, found.upper))
    warnings = (DRAFT, *_warn(found.values, stability))
    return Estimate(values, low, high, stability, runs, warnings, {DRAFT_DESIGNS: float(len(rows))})


def _paint(plan: GridDesign, values: Reals) -> Floats:
    return plan.cells.paint(values.astype(np.float32))


def _jackknife(read: Reader, rows: Rows) -> Reals | None:
    """Half width (d,) of the 95 % band, or None while there are too few replicates."""
    groups = np.unique(rows.replicate)
    parts = [rows.only(rows.replicate != group) for group in groups]
    if len(groups) < MIN_GROUPS or any(is_constant(part.a) for part in parts):
        return None
    return jackknife_half_width(np.stack([read(part) for part in parts]))


def _stability(read: Reader, rows: Rows) -> float | None:
    """Spearman's rank correlation between the maps from even and from odd replicates."""
    halves = [rows.only(rows.replicate % 2 == part) for part in (0, 1)]
    if any(is_constant(half.a) or not (half.c - half.a[:, None]).any() for half in halves):
        return None
    return rank_agreement(*(read(half) for half in halves))


def _warn(values: Reals, stability: float | None) -> list[str]:
    checks = (
        (stability is not None and stability < UNSTABLE, UNSURE),
        (bool((values < -0.01).any()), NEGATIVE),
    )
    return [sentence for found, sentence in checks if found]
