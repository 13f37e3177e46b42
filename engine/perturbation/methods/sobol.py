"""Sobol total indices of grid cells (Fel et al. 2021, https://arxiv.org/abs/2111.04138)."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from engine.arrays import Floats, Reals
from engine.perturbation.designs.sobol_design import GridDesign, Rows, SobolDesign
from engine.perturbation.estimators.draft import draft
from engine.perturbation.estimators.outlines import surely_above
from engine.perturbation.estimators.replicates import UNSTABLE, flat, rank_agreement, ratio_band
from engine.perturbation.estimators.shrinkage import blend, shrunk
from engine.perturbation.estimators.sobol_indices import ESTIMATORS, is_constant
from engine.perturbation.methods.params import BLEND, DRAFT_BELOW, SobolParams
from engine.perturbation.plan import Estimate
from engine.perturbation.stopping import DESIGNS, DRAFT_DESIGNS
from engine.phrase import later

Reader = Callable[[Rows], Reals]
DRAFTS = {BLEND: shrunk}
"""By the value of ``SobolParams.draft``; others read the draft as it was before."""

MIN_ROWS = 2
MIN_GROUPS, MIN_BAND_ROWS = 4, 8
"""Of a band: with fewer it does not cover what it claims where scores are sharp (docs/estimators.md)."""

UNSURE = later(
    "The map has not converged: two halves of the model evaluations rank the cells differently. "
    "Use more samples."
)
IMPOSSIBLE = later(
    "Some indices exceed 1, which no index can: by chance, these few scores hardly vary. Use more samples."
)
DRAFT = later(
    "This is a draft: each cell is pulled towards its neighbours, as far as the few samples allow. "
    "It ranks cells better than plain indices, but its values are only approximate. Its band is "
    "that of the plain indices."
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
        return flat(plan.cells, runs)
    indices, drafted = _reader(params), len(rows) < DRAFT_BELOW[params.draft]
    read = _drawn(plan, params, indices) if drafted else indices
    without = _without(indices, rows)
    values, stability = read(rows), _stability(read, rows)
    if params.draft == BLEND and not drafted and without is not None:
        values = blend(_drawn(plan, params, indices)(rows), values, without)
    found = Estimate(
        values=_paint(plan, values),
        lower=None,
        upper=None,
        stability=stability,
        runs=runs,
        warnings=(*([DRAFT] if drafted else ()), *_warn(values, stability)),
        figures={DRAFT_DESIGNS if drafted else DESIGNS: float(len(rows))},
    )
    return found if without is None else _with_band(found, plan, indices(rows), without)


def _drawn(plan: GridDesign, params: SobolParams, indices: Reader) -> Reader:
    """Reads the draft, on the level of the indices from the same rows."""
    draw = DRAFTS.get(params.draft, draft)
    return lambda rows: draw(rows, plan.grid, float(indices(rows).mean())).ravel()


def _reader(params: SobolParams) -> Reader:
    estimator = ESTIMATORS[params.estimator]
    return lambda rows: estimator(rows.a, rows.b, rows.c)


def _paint(plan: GridDesign, values: Reals) -> Floats:
    return plan.cells.paint(values.astype(np.float32))


def _without(read: Reader, rows: Rows) -> Reals | None:
    """(G, d): the indices without each replicate; None while there are too few rows or replicates."""
    groups = np.unique(rows.replicate)
    parts = [rows.only(rows.replicate != group) for group in groups]
    few = len(groups) < MIN_GROUPS or len(rows) < MIN_BAND_ROWS
    return None if few or any(is_constant(part.a) for part in parts) else np.stack([*map(read, parts)])


def _with_band(found: Estimate, plan: GridDesign, indices: Reals, without: Reals) -> Estimate:
    """A map with the 95 % band of its indices, widened where the map lies outside it and else at most 1, and
    with the cells that are surely above the average.
    """
    low, high = (_paint(plan, end) for end in ratio_band(indices, without))
    sure = surely_above(indices, without, ratios=True)
    return replace(
        found,
        lower=np.minimum(low, found.values),
        upper=np.maximum(np.minimum(high, 1), found.values),
        sure=None if sure is None else sure.reshape(found.values.shape),
    )


def _stability(read: Reader, rows: Rows) -> float | None:
    """Spearman's rank correlation between the maps from even and from odd replicates."""
    halves = [rows.only(rows.replicate % 2 == part) for part in (0, 1)]
    if any(is_constant(half.a) or not (half.c - half.a[:, None]).any() for half in halves):
        return None
    return rank_agreement(*(read(half) for half in halves))


def _warn(values: Reals, stability: float | None) -> tuple[str, ...]:
    checks = (
        (stability is not None and stability < UNSTABLE, UNSURE),
        (bool((values > 1).any()), IMPOSSIBLE),
    )
    return tuple(sentence for found, sentence in checks if found)
