"""Occlusion (Zeiler and Fergus 2014, https://arxiv.org/abs/1311.2901)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import ndimage

from engine.arrays import Floats, Indices, Reals
from engine.perturbation.designs.patches import PatchCells
from engine.perturbation.estimators.sobol_indices import is_constant
from engine.perturbation.methods.params import OcclusionParams
from engine.perturbation.plan import Estimate
from engine.phrase import later

CONSTANT = later(
    "The score did not change wherever the patch was. Try a larger patch, the logit score or another fill."
)
AGAINST = later(
    "Hiding some places raises the score more than hiding any place lowers it: look at the negative "
    "values first."
)
CLASSIC = later("The map shows the remaining score: where it is low, what the patch hides is needed.")


@dataclass(frozen=True, eq=False)
class OcclusionPlan:
    """First nothing is hidden, then one patch at a time, coarse to fine: any prefix is spread over the whole
    picture.

    Attributes:
        cells: the patches.
    """

    cells: PatchCells

    @property
    def runs(self) -> int:
        return self.cells.count + 1

    @property
    def replicate(self) -> Indices:
        return np.zeros(self.runs, np.intp)

    @cached_property
    def order(self) -> Indices:
        """(count,): patches in the order of the runs: those on every 16th row and column from the middle,
        every 8th, and so on.

        Example:
            >>> OcclusionPlan(PatchCells(4, 4, patch=1)).order[:4].tolist()  # coarse to fine
            [10, 0, 2, 8]
        """
        row, column = (np.arange(size) - size // 2 for size in (self.cells.rows, self.cells.columns))
        both = (row[:, None] | column).ravel()
        step = np.where(both == 0, np.iinfo(both.dtype).max, both & -both)
        return np.argsort(-step, kind="stable")

    def masks(self, start: int, stop: int) -> Floats:
        runs = np.arange(start, min(stop, self.runs))
        masks = np.ones((len(runs), self.cells.count), np.float32)
        hiding = np.flatnonzero(runs > 0)
        masks[hiding, self.order[runs[hiding] - 1]] = 0
        return masks


def plan(params: OcclusionParams, image: Floats) -> OcclusionPlan:
    """The runs of the pass, one and one more for each place; they are the same for every picture."""
    return OcclusionPlan(PatchCells(params.positions, params.positions, params.patch))


DISPLAYS: dict[str, Callable[[float, Floats], Floats]] = {
    "drop": lambda base, left: base - left,
    "score": lambda base, left: left,
}


def estimate(plan: OcclusionPlan, params: OcclusionParams, scores: Floats) -> Estimate | None:
    """What hiding each place does to the score of one target; places without a run show their nearest
    neighbour.

    Args:
        plan: the runs.
        params: how they are read.
        scores: float32 (runs,), NaN where a run is still missing.

    Returns:
        The map, or None before the run without a patch and one with it are there. It has no band: with the
        same fill nothing in it is left to chance.
    """
    base, left = scores[0], np.empty(plan.cells.count, np.float32)
    left[plan.order] = scores[1:]
    known = np.isfinite(left)
    if not np.isfinite(base) or not known.any():
        return None
    everywhere = _fill_gaps(plan.cells.paint(left))
    drop = float(base) - left[known].astype(np.float64)
    return Estimate(
        values=DISPLAYS[params.display](base, everywhere),
        lower=None,
        upper=None,
        stability=None,
        runs=int(known.sum()) + 1,
        warnings=tuple(_warn(params, drop, scores)),
        figures={
            "greatest drop": float(drop.max()),
            "greatest rise": float(np.maximum(-drop.min(), 0)),
            "places": int(known.sum()),
        },
        signed=params.display == "drop",
    )


def _fill_gaps(values: Floats) -> Floats:
    """A map (rows, columns) whose missing places have the value of the nearest known one."""
    nearest = ndimage.distance_transform_edt(np.isnan(values), return_distances=False, return_indices=True)
    return values[tuple(nearest)]


def _warn(params: OcclusionParams, drop: Reals, scores: Floats) -> list[str]:
    constant = is_constant(scores[np.isfinite(scores)].astype(np.float64))
    checks = (
        (constant, CONSTANT),
        (not constant and -drop.min() > drop.max(), AGAINST),
        (params.display == "score", CLASSIC),
    )
    return [sentence for found, sentence in checks if found]
