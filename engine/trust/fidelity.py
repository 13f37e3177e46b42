"""Fidelity of a map, from runs that are paid already: does the score go where the map says it goes?

Each run of a perturbation pass hid known cells and has a known score. A map predicts the score of a run as
the sum of what it says is kept; how well it does is the rank correlation of the two over all runs. How much
is kept at all is taken as given (with its square), since otherwise every positive map looks good: more image,
more score. A random map has 0 on average, and single ones lie far from it, so the place among random maps is
what a grade is. That place is found with the sums themselves in place of their ranks, for the map and the
random ones alike: a thousand of them are one product of matrices.

It is the question of MuFidelity (Bhatt, Weller and Moura 2020, https://arxiv.org/abs/2005.00631) for the
masks of the pass, which hide about a half.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from engine.arrays import AnyFloats, Bools, Floats, Indices, Reals
from engine.errors import GradeError
from engine.perturbation.designs.cells import Cells, GridCells
from engine.perturbation.estimators.replicates import jackknife_half_width
from engine.perturbation.estimators.sobol_indices import is_constant
from engine.perturbation.plan import Estimate, Plan
from engine.trust.on_cells import areas_of, coarse, means_on, overlaps
from engine.trust.partial import Given
from engine.trust.random_maps import random_maps
from engine.trust.refusals import FLAT_MAP, FLAT_SCORE, NOT_FINITE, ONE_SAMPLE, TOO_EARLY, TOO_FEW

RANDOM_MAPS = 1000
FEWEST_RUNS = 64
FEWEST_REPLICATES = 4
"""Of a band."""
ALMOST_ONE = 1 - 1e-9
"""Correlations whose z is taken are no greater."""


@dataclass(frozen=True, eq=False)
class PaidRuns:
    """Runs of a pass with their scores under one target.

    Attributes:
        masks: float32 (N, cells), 1 where a cell was kept, 0 where it was hidden.
        scores: float64 (N,).
        replicate: (N,), the independent sample of masks that each run belongs to.
        cells: what was hidden.
        size_hw: height and width in pixels at which the model looked.
    """

    masks: Floats
    scores: Reals
    replicate: Indices
    cells: Cells
    size_hw: tuple[int, int]

    @classmethod
    def of(cls, plan: Plan, scores: AnyFloats, size_hw: tuple[int, int]) -> PaidRuns:
        """The runs of a plan that are done.

        Args:
            plan: of the pass.
            scores: (runs,), NaN where a run is missing.
            size_hw: height and width in pixels at which the model looked.
        """
        done = np.flatnonzero(np.isfinite(scores))
        masks = plan.masks(0, plan.runs)[done]
        return cls(masks, np.asarray(scores[done], np.float64), plan.replicate[done], plan.cells, size_hw)

    def only(self, kept: Bools) -> PaidRuns:
        """Some of the runs."""
        return replace(self, masks=self.masks[kept], scores=self.scores[kept], replicate=self.replicate[kept])

    def given(self) -> Given:
        """The scores, with the kept number of cells and the kept area as given, and the square of each.

        Raises:
            GradeError: there are too few runs, or the score never moved.
        """
        if len(self.scores) < FEWEST_RUNS:
            raise GradeError(TOO_FEW, runs=len(self.scores), fewest=FEWEST_RUNS)
        if is_constant(self.scores):
            raise GradeError(FLAT_SCORE)
        kept = np.stack([self.masks.mean(axis=1), self.masks @ areas_of(self.cells, self.size_hw)], axis=1)
        kept -= kept.mean(axis=0)
        return Given.of(self.scores, np.concatenate([kept, kept**2], axis=1))

    def groups(self) -> Indices:
        """The replicates that have runs."""
        return np.unique(self.replicate)


@dataclass(frozen=True)
class Fidelity:
    """How well a map says where the score goes.

    Attributes:
        value: partial rank correlation, -1 to 1.
        lower, upper: ends of the 95 % band over independent samples of runs, or None with fewer than four.
        percentile: share of random maps of the same values and smoothness that do worse, 0-1.
        random_spread: standard deviation of theirs.
        runs: how many it was judged on.
        held_out: whether they are runs of the pass that the map was read from: then each half of them judges
            the map that the other half gives.
    """

    value: float
    lower: float | None
    upper: float | None
    percentile: float
    random_spread: float
    runs: int
    held_out: bool


def rank_fidelity(values: Floats, runs: PaidRuns) -> float:
    """Partial rank correlation between what a map says is kept and the score, given how much is kept, -1 to
    1; 0 where the map says nothing beyond that.

    Raises:
        GradeError: the score never moved, or there are too few runs.
    """
    ranks = stats.rankdata(_kept(values, runs), axis=1)
    return float(_known(runs.given().correlations(ranks))[0])


def fidelity(values: Floats, runs: PaidRuns, seed: int = 0) -> Fidelity:
    """Fidelity of a map to runs that it was not read from.

    Args:
        values: (rows, columns), the map, more where the score depends more.
        runs: of any pass on the same image, scored under the same target.
        seed: of the random maps.

    Raises:
        GradeError: the map is constant or not finite, the score never moved, or there are too few runs.
    """
    return _judge([values], [runs], seed, held_out=False)


def own_fidelity(
    read: Callable[[AnyFloats], Estimate | None],
    plan: Plan,
    scores: AnyFloats,
    size_hw: tuple[int, int],
    seed: int = 0,
) -> Fidelity:
    """Fidelity of a method's maps to its own pass: the map of even samples is judged by the runs of odd ones,
    and the other way round.

    Args:
        read: reads a map off the scores (runs,) of a pass, NaN where a run is missing.
        plan: of the pass.
        scores: (runs,), NaN where a run is missing.
        size_hw: height and width in pixels at which the model looked.
        seed: of the random maps.

    Raises:
        GradeError: as ``fidelity``, or the runs of the pass cannot be halved.
    """
    runs, odd = PaidRuns.of(plan, scores, size_hw), plan.replicate % 2 == 1
    if len(runs.groups()) < 2:
        raise GradeError(ONE_SAMPLE)
    maps = [read(np.where(half, scores, np.float32(np.nan))) for half in (odd, ~odd)]
    found = [one.values for one in maps if one is not None]
    if len(found) < len(maps):
        raise GradeError(TOO_EARLY)
    judges = [runs.only(runs.replicate % 2 == half) for half in (0, 1)]
    return _judge(found, judges, seed, held_out=True)


def _judge(maps: list[Floats], judges: list[PaidRuns], seed: int, held_out: bool) -> Fidelity:
    """Mean over pairs of a map and the runs that judge it."""
    for values in maps:
        _refuse_empty(values)
    asked = [runs.given() for runs in judges]
    pairs = list(zip(maps, judges, asked, strict=True))
    value = float(np.mean([rank_fidelity(*pair) for pair in zip(maps, judges, strict=True)]))
    plain = float(np.mean([_known(given.correlations(_kept(values, runs))) for values, runs, given in pairs]))
    random = _random_values(maps[0], judges, asked, seed)
    half_width = _half_width(maps, judges)
    ends = (None, None) if half_width is None else _around(value, half_width)
    below, level = (random < plain).mean(), (random == plain).mean()
    return Fidelity(
        value=value,
        lower=ends[0],
        upper=ends[1],
        percentile=float(below + level / 2),
        random_spread=float(random.std()),
        runs=sum(len(runs.scores) for runs in judges),
        held_out=held_out,
    )


def _refuse_empty(values: Floats) -> None:
    if not np.isfinite(values).all():
        raise GradeError(NOT_FINITE)
    if np.ptp(values) == 0:
        raise GradeError(FLAT_MAP)


def _kept(values: Floats, runs: PaidRuns) -> Reals:
    """float64 (1, N): what a map says is kept in each run."""
    return np.asarray(runs.masks @ means_on(values, runs.cells, runs.size_hw), np.float64)[None]


def _known(correlations: Reals) -> Reals:
    """Those of maps that say nothing beyond how much is kept are 0."""
    return np.nan_to_num(correlations)


def _random_values(values: Floats, judges: list[PaidRuns], asked: list[Given], seed: int) -> Reals:
    """float64 (RANDOM_MAPS,): of random maps like a map, each by all judges."""
    small = coarse(values)
    grid = GridCells(*small.shape)
    drawn = random_maps(small, RANDOM_MAPS, seed).reshape(RANDOM_MAPS, -1)
    found = []
    for runs, given in zip(judges, asked, strict=True):
        kept = runs.masks @ overlaps(grid, runs.cells, runs.size_hw).T
        found.append(_known(given.correlations(drawn @ kept.T)))
    return np.asarray(np.mean(found, axis=0))


def _half_width(maps: list[Floats], judges: list[PaidRuns]) -> float | None:
    """Half width of the band of Fisher's z of the mean: jackknife over the samples of each judge, whose
    errors are independent.
    """
    if min(len(runs.groups()) for runs in judges) < FEWEST_REPLICATES:
        return None
    widths = [jackknife_half_width(_without_each(*pair)) for pair in zip(maps, judges, strict=True)]
    return float(np.linalg.norm(widths) / len(widths))


def _without_each(values: Floats, runs: PaidRuns) -> Reals:
    """float64 (G,): Fisher's z of the value without each sample of runs."""
    parts = [runs.only(runs.replicate != group) for group in runs.groups()]
    return np.arctanh(np.clip([rank_fidelity(values, part) for part in parts], -ALMOST_ONE, ALMOST_ONE))


def _around(value: float, half_width: float) -> tuple[float, float]:
    middle = np.arctanh(np.clip(value, -ALMOST_ONE, ALMOST_ONE))
    low, high = np.tanh([middle - half_width, middle + half_width])
    return min(float(low), value), max(float(high), value)
