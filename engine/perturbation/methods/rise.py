"""RISE (Petsiuk, Das and Saenko 2018, https://arxiv.org/abs/1806.07421)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from engine.arrays import Floats, Indices, Reals
from engine.perturbation.designs.cells import GridCells
from engine.perturbation.estimators.replicates import estimate_of_groups, flat
from engine.perturbation.estimators.sobol_indices import is_constant
from engine.perturbation.methods.params import RiseParams
from engine.perturbation.plan import Estimate

NATIVE = 32
"""Rows and columns of the native grid, on which the smooth masks are drawn in steps."""

GROUPS = 16
"""Run k belongs to group k mod 16; masks are independent, so groups are, too."""

MIN_RUNS = 2 * GROUPS
MIN_GROUPS = GROUPS // 2
"""Half of the groups are a pass by themselves: they judge the map of the others."""


@dataclass(frozen=True)
class RiseDesign:
    """Random smooth masks.

    Attributes:
        grid: rows and columns of a mask before it is smoothed.
        runs: number of masks.
        kept: probability that a cell is shown.
        seed: of the masks.
    """

    grid: int
    runs: int
    kept: float
    seed: int

    @property
    def cells(self) -> GridCells:
        """The native grid."""
        return GridCells(NATIVE, NATIVE)

    @property
    def replicate(self) -> Indices:
        """(runs,): the group of each run."""
        return np.arange(self.runs) % GROUPS

    @cached_property
    def drawn(self) -> Floats:
        """float32 (runs, NATIVE^2) in [0, 1]: all masks, each place shown with probability ``kept`` on
        average.
        """
        rng = np.random.default_rng(self.seed)
        coarse = (rng.random((self.runs, self.grid, self.grid)) < self.kept).astype(np.float32)
        rows, columns = (_tents(shift, self.grid) for shift in rng.random((2, self.runs)))
        return np.asarray((rows @ coarse @ columns.transpose(0, 2, 1)).reshape(self.runs, -1), np.float32)

    def masks(self, start: int, stop: int) -> Floats:
        return self.drawn[start:stop]


def plan(params: RiseParams, image: Floats) -> RiseDesign:
    """The runs of the pass, one for each mask; they are the same for every picture."""
    return RiseDesign(params.grid, params.masks, params.kept, params.seed)


def estimate(plan: RiseDesign, params: RiseParams, scores: Floats) -> Estimate | None:
    """Mean score while a place is seen, minus the mean score of all masks, for one target.

    Args:
        plan: the runs.
        params: how they are read.
        scores: float32 (runs,), NaN where a run is still missing.

    Returns:
        The estimate from the runs that are there, or None before half of the groups have some.
    """
    done = np.flatnonzero(np.isfinite(scores))
    groups, group = np.unique(done % GROUPS, return_inverse=True)
    if len(done) < MIN_RUNS or len(groups) < MIN_GROUPS:
        return None
    known = scores[done].astype(np.float64)
    sums = GroupSums.of(plan.drawn[done] if len(done) < plan.runs else plan.drawn, known, group)
    figures = {"mean score of the masks": float(known.mean())}
    if is_constant(known):
        return replace(flat(plan.cells, len(done)), figures=figures)
    return replace(estimate_of_groups(plan.cells, sums.gain, len(groups), len(done)), figures=figures)


def _tents(shift: Reals, grid: int) -> Floats:
    """float32 (N, NATIVE, grid): how much of each coarse cell there is at each place along a side.

    As in the paper a side of ``grid`` cells is stretched, bilinearly, to one cell more than the picture is
    long, and the picture lies somewhere on it.

    Args:
        shift: (N,), where the picture begins, 0 to 1 in cells.
        grid: number of cells.
    """
    place = (np.arange(NATIVE) + 0.5) * grid / NATIVE + shift[:, None]
    stretched = np.clip(place * grid / (grid + 1) - 0.5, 0, grid - 1)
    return np.maximum(0, 1 - np.abs(stretched[..., None] - np.arange(grid))).astype(np.float32)


@dataclass(frozen=True, eq=False)
class GroupSums:
    """Sums over each group of runs, as the estimator needs them.

    Attributes:
        count: float64 (G,), runs.
        score: float64 (G,), sum of the scores, from their mean.
        seen: float64 (G, cells), sum of the masks.
        gained: float64 (G, cells), sum of mask times score, from the mean score.
    """

    count: Reals
    score: Reals
    seen: Reals
    gained: Reals

    @classmethod
    def of(cls, masks: Floats, scores: Reals, group: Indices) -> GroupSums:
        """From masks (N, cells), scores (N,) and the group of each run, 0 to G-1."""
        member = (group == np.arange(group.max() + 1)[:, None]).astype(np.float32)
        centred = (scores - scores.mean()).astype(np.float32)
        seen, gained = (np.asarray(weights @ masks, np.float64) for weights in (member, member * centred))
        return cls(member.sum(axis=1).astype(np.float64), (member @ centred).astype(np.float64), seen, gained)

    def gain(self, weights: Reals) -> Reals:
        """Mean score weighted with the mask, minus the mean score, (..., cells); a place that was never seen
        has 0.

        Args:
            weights: (..., G), 1 for groups that are used, 0 for others.
        """
        seen = weights @ self.seen
        mean = (weights @ self.score / (weights @ self.count))[..., None]
        return np.divide(weights @ self.gained, seen, out=np.zeros_like(seen) + mean, where=seen > 0) - mean
