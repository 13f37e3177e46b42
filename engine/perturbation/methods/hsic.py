"""HSIC (Novello, Fel and Vigouroux 2022, https://arxiv.org/abs/2206.06219).

Dependence of the score on each cell by the Hilbert-Schmidt independence criterion.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import stats

from engine.arrays import Floats, Indices
from engine.perturbation.designs.cells import GridCells
from engine.perturbation.estimators.kernels import FEATURES, WIDTHS, BlockSums, rbf
from engine.perturbation.estimators.replicates import estimate_of_groups, flat, squares_band
from engine.perturbation.estimators.sobol_indices import is_constant
from engine.perturbation.methods.params import HsicParams
from engine.perturbation.plan import Estimate
from engine.phrase import later

GROUPS = 8
"""Run k belongs to group k mod 8; each group is a Latin hypercube of its own."""

MIN_RUNS = 4 * GROUPS
MIN_GROUPS = GROUPS // 2
"""Half of the groups are a pass by themselves: they judge the map of the others."""

CHANCE = later(
    "No cell differs from what chance alone would give. Use more masks, the logit score or another fill."
)


@dataclass(frozen=True)
class HsicDesign:
    """Independent Latin hypercubes, interleaved so that any prefix of the runs is a fair sample.

    Attributes:
        grid: rows and columns of cells.
        runs: number of masks.
        kind: "binary", cells shown wholly or not at all, or "latin hypercube", faded to any degree.
        seed: of the masks.
    """

    grid: int
    runs: int
    kind: str
    seed: int

    @property
    def cells(self) -> GridCells:
        """The cells of the grid."""
        return GridCells(self.grid, self.grid)

    @property
    def replicate(self) -> Indices:
        """(runs,): the group of each run."""
        return np.arange(self.runs) % GROUPS

    @cached_property
    def drawn(self) -> Floats:
        """float32 (runs, grid^2) in [0, 1]: all masks; in each group a cell is shown by more than half in
        half of the runs.
        """
        rng = np.random.default_rng(self.seed)
        each = self.runs // GROUPS
        ranks = rng.permuted(
            np.broadcast_to(np.arange(each)[:, None, None], (each, GROUPS, self.cells.count)), axis=0
        )
        points = (ranks + rng.random(ranks.shape)).reshape(self.runs, -1) / each
        return (points >= 0.5 if self.kind == "binary" else points).astype(np.float32)

    @cached_property
    def features(self) -> Floats:
        """float32 (runs, F, grid^2): the masks as the kernel of the cells sees them."""
        return FEATURES[self.kind](self.drawn)

    def masks(self, start: int, stop: int) -> Floats:
        return self.drawn[start:stop]


def plan(params: HsicParams, image: Floats) -> HsicDesign:
    """The runs of the pass, one for each mask; they are the same for every picture."""
    return HsicDesign(params.grid, params.masks, params.design, params.seed)


def estimate(plan: HsicDesign, params: HsicParams, scores: Floats) -> Estimate | None:
    """HSIC of each cell and the score of one target.

    Args:
        plan: the runs.
        params: how they are read.
        scores: float32 (runs,), NaN where a run is still missing.

    Returns:
        The estimate from the runs that are there, or None before half of the groups have two each.
    """
    done = np.flatnonzero(np.isfinite(scores))
    groups, group, sizes = np.unique(done % GROUPS, return_inverse=True, return_counts=True)
    if len(done) < MIN_RUNS or len(groups) < MIN_GROUPS or sizes.min() < 2:
        return None
    known = scores[done].astype(np.float64)
    if is_constant(known):
        return flat(plan.cells, len(done))
    sums = BlockSums.of(plan.features[done], rbf(known, WIDTHS[params.width](known)), group)
    found = estimate_of_groups(plan.cells, sums.hsic, len(groups), len(done), squares_band)
    chance = float(sums.by_chance().mean())
    lost = (CHANCE,) if float(found.values.max()) < reach_of_chance(chance, plan.cells.count) else ()
    return replace(found, warnings=(*lost, *found.warnings), figures={"expected by chance": chance})


def reach_of_chance(chance: float, cells: int) -> float:
    """What the greatest of some cells exceeds by chance in 5 % of maps at most: the kernel's tail is at most
    chi-squared.

    Args:
        chance: mean value of a cell that says nothing.
        cells: how many there are.
    """
    return float(chance * stats.chi2.isf(0.05 / cells, 1))
