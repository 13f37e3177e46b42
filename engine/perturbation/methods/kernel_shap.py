"""Kernel SHAP (Lundberg and Lee 2017, https://arxiv.org/abs/1705.07874).

Coalitions are drawn with the probability that the Shapley kernel gives them, each together with its
complement (Covert and Lee 2021, https://arxiv.org/abs/2012.01536), so that all have the same weight in the
regression. Where there are no more coalitions than would be drawn, each is run once: the values are exact.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

import numpy as np
from scipy import special

from engine.arrays import Floats, Indices, Reals, SmallInts
from engine.explanation import Parts
from engine.perturbation.designs.cells import Superpixels
from engine.perturbation.designs.superpixels import advise, superpixel_cells
from engine.perturbation.estimators.repeats import CONSTANT, Repeats, doubts
from engine.perturbation.estimators.sobol_indices import is_constant
from engine.perturbation.methods.params import ALL, EXACT_COALITIONS, KernelShapParams
from engine.perturbation.plan import Estimate

ENDS = 2
"""Runs before the first coalition: all superpixels shown, all hidden."""

MIN_COALITIONS = 20
ROUNDING = 1e-6
"""Of the greatest score: smaller values cannot be told from zero."""


@dataclass(frozen=True, eq=False)
class KernelShapPlan(ABC):
    """All superpixels shown, all hidden, then coalitions of them.

    Attributes:
        cells: the superpixels.
        exact: whether nothing is left to chance when all coalitions are there.
    """

    cells: Superpixels
    exact: ClassVar[bool]

    @property
    @abstractmethod
    def coalitions(self) -> SmallInts:
        """int8 (runs - 2, P) in the order of the runs: 1 shows a superpixel, 0 hides it."""

    @property
    @abstractmethod
    def weights(self) -> Reals:
        """float64 (runs - 2,) of the coalitions in the regression."""

    @abstractmethod
    def groups(self, done: Indices) -> list[Indices]:
        """Places in ``done``, the coalitions that are there, of those that give values by themselves."""

    @property
    @abstractmethod
    def replicate(self) -> Indices:
        """(runs,): see ``Plan``; the two ends count with the first."""

    @property
    def runs(self) -> int:
        return ENDS + len(self.coalitions)

    def masks(self, start: int, stop: int) -> Floats:
        ends = np.repeat(np.array([[1], [0]], np.int8), self.cells.count, axis=1)
        coalitions = self.coalitions[max(start - ENDS, 0) : max(stop - ENDS, 0)]
        return np.concatenate([ends[start:stop], coalitions]).astype(np.float32)


@dataclass(frozen=True, eq=False)
class DrawnCoalitions(KernelShapPlan):
    """Pairs of a coalition and its complement, from each seed in turn.

    Attributes:
        samples: coalitions of each seed.
        seeds: of the repetitions.
    """

    samples: int
    seeds: tuple[int, ...]
    exact: ClassVar[bool] = False

    @cached_property
    def _order(self) -> Indices:
        """Which of all coalitions, seed after seed, is run when."""
        seed, place = np.divmod(np.arange(self.samples * len(self.seeds)), self.samples)
        return np.lexsort((place, seed, place // 2))

    @property
    def seed_of(self) -> Indices:
        """(runs - 2,): place in ``seeds`` of the seed of each coalition, in the order of the runs."""
        return self._order // self.samples

    @property
    def replicate(self) -> Indices:
        return np.concatenate([np.zeros(ENDS, np.intp), self.seed_of])

    @cached_property
    def coalitions(self) -> SmallInts:
        drawn = [draw_coalitions(seed, self.samples, self.cells.count) for seed in self.seeds]
        return np.concatenate(drawn)[self._order]

    @property
    def weights(self) -> Reals:
        return np.ones(len(self._order))

    def groups(self, done: Indices) -> list[Indices]:
        """Those of each seed; all together while a seed has fewer than two for each superpixel."""
        seed = self.seed_of[done]
        groups = [np.flatnonzero(seed == place) for place in range(len(self.seeds))]
        enough = min(len(group) for group in groups) >= 2 * self.cells.count
        return groups if enough else [np.arange(len(done))]


@dataclass(frozen=True, eq=False)
class AllCoalitions(KernelShapPlan):
    """Each coalition once, the smallest and their complements first, weighed by the Shapley kernel."""

    exact: ClassVar[bool] = True

    @property
    def replicate(self) -> Indices:
        return np.zeros(self.runs, np.intp)

    @cached_property
    def coalitions(self) -> SmallInts:
        return all_coalitions(self.cells.count)

    @cached_property
    def weights(self) -> Reals:
        pieces, sizes = self.cells.count, self.coalitions.sum(axis=1)
        return np.asarray((pieces - 1) / (special.comb(pieces, sizes) * sizes * (pieces - sizes)))

    def groups(self, done: Indices) -> list[Indices]:
        return [np.arange(len(done))]


def all_coalitions(pieces: int) -> SmallInts:
    """int8 (2^P - 2, P): all coalitions of 1 to P-1 superpixels, those of one first, in an order of chance
    among equal sizes, each followed by its complement.

    Example:
        >>> all_coalitions(3).sum(axis=1).tolist()
        [1, 2, 1, 2, 1, 2]
    """
    numbers = np.arange(1, 2**pieces - 1)
    chosen = (numbers[:, None] >> np.arange(pieces) & 1).astype(np.int8)
    sizes = chosen.sum(axis=1)
    first = (2 * sizes < pieces) | ((2 * sizes == pieces) & (chosen[:, 0] == 1))  # of each pair
    chance = np.random.default_rng(0).random(len(chosen))
    small = chosen[first][np.lexsort((chance[first], sizes[first]))]
    return np.stack([small, 1 - small], axis=1).reshape(-1, pieces)


def draw_coalitions(seed: int, samples: int, pieces: int) -> SmallInts:
    """int8 (samples, P): coalitions of 1 to P-1 superpixels as the Shapley kernel weighs them, each followed
    by its complement.

    Example:
        >>> one, other = draw_coalitions(seed=0, samples=2, pieces=5)
        >>> (one + other).tolist()  # a coalition and its complement
        [1, 1, 1, 1, 1]
    """
    rng, sizes = np.random.default_rng(seed), np.arange(1, pieces)
    pairs = -(-samples // 2)
    kernel = 1 / (sizes * (pieces - sizes))
    size = rng.choice(sizes, pairs, p=kernel / kernel.sum())
    ranks = rng.permuted(np.broadcast_to(np.arange(pieces), (pairs, pieces)), axis=1)
    chosen = ranks < size[:, None]
    return np.stack([chosen, ~chosen], axis=1).reshape(-1, pieces)[:samples].astype(np.int8)


def shapley_values(coalitions: Reals, gains: Reals, total: float, weights: Reals) -> Reals:
    """Weighted least squares whose solution adds up to ``total``.

    With all coalitions, weighted by the Shapley kernel, these are the Shapley values. Where coalitions leave
    something open, the total is split as evenly as they allow.

    Args:
        coalitions: float64 (N, P), 1 where a superpixel is shown.
        gains: float64 (N,), score of each coalition minus that of nothing.
        total: score of everything minus that of nothing.
        weights: float64 (N,) of the coalitions.

    Returns:
        float64 (P,).

    Example:
        >>> coalitions, weights = np.array([[1.0, 0.0], [0.0, 1.0]]), np.ones(2)
        >>> shapley_values(coalitions, np.array([1.0, 3.0]), 4.0, weights).round(6).tolist()
        [1.0, 3.0]
        >>> shapley_values(coalitions, np.array([0.0, 0.0]), 4.0, weights).round(6).tolist()  # only together
        [2.0, 2.0]
    """
    even = total / coalitions.shape[1]
    centred = coalitions - coalitions.mean(axis=1, keepdims=True)
    weighted = centred * weights[:, None]
    rest = gains - coalitions.sum(axis=1) * even
    return np.asarray(even + np.linalg.lstsq(weighted.T @ centred, weighted.T @ rest, rcond=1e-10)[0])


def plan(params: KernelShapParams, image: Floats) -> KernelShapPlan:
    """The runs of the pass: two, and all coalitions where these are no more than those that would be drawn,
    else coalitions for each seed.

    Raises:
        ParamsError: the picture comes out in one superpixel, or in too many.
    """
    cells = superpixel_cells(params, image)
    few = 2**cells.count - ENDS <= params.samples * params.seeds
    if few and params.coalitions == ALL:
        return AllCoalitions(cells)
    return DrawnCoalitions(cells, params.samples, params.all_seeds)


def estimate(plan: KernelShapPlan, params: KernelShapParams, scores: Floats) -> Estimate | None:
    """Shapley values of the superpixels for one target, painted on the pixels.

    Args:
        plan: the runs.
        params: how they are read.
        scores: float32 (runs,), NaN where a run is still missing.

    Returns:
        The exact values where all coalitions are run, the mean over the seeds where they are drawn; until
        then, or until each seed has two coalitions for each superpixel, what those so far say together; None
        before there are 20 of them.
    """
    known = scores.astype(np.float64)
    done = np.flatnonzero(np.isfinite(known[ENDS:]))
    if not np.isfinite(known[:ENDS]).all() or len(done) < min(MIN_COALITIONS, len(plan.coalitions)):
        return None
    constant, exact = is_constant(known[np.isfinite(known)]), plan.exact and len(done) == plan.runs - ENDS
    repeats = Repeats(plan.cells, _values(plan, known, done) * (not constant))
    lower, upper = repeats.band
    stability = None if constant else repeats.stability
    said = [CONSTANT] if constant else [] if plan.exact else doubts(params, stability)
    counted = {EXACT_COALITIONS: len(done)} if exact else {"seeds": len(repeats.table)}
    return Estimate(
        values=repeats.values,
        lower=lower,
        upper=upper,
        stability=stability,
        runs=ENDS + len(done),
        warnings=(*said, *advise(params, plan.cells.count, drawn=not plan.exact)),
        figures={"score with all hidden": known[1], "superpixels": plan.cells.count} | counted,
        parts=_beyond_rounding(repeats.parts, known) if exact else repeats.parts,
    )


def _values(plan: KernelShapPlan, known: Reals, done: Indices) -> Reals:
    """float64 (groups, P): Shapley values by each group of the coalitions that are done."""
    everything, nothing = known[:ENDS]
    gains, coalitions = known[ENDS:][done] - nothing, plan.coalitions[done].astype(np.float64)
    weights, total = plan.weights[done], everything - nothing
    return np.stack(
        [
            shapley_values(coalitions[group], gains[group], total, weights[group])
            for group in plan.groups(done)
        ]
    )


def _beyond_rounding(parts: Parts, known: Reals) -> Parts:
    """Superpixels of exact values: all are sure that are more than the rounding of the scores."""
    return replace(parts, sure=np.abs(parts.weights) > ROUNDING * np.abs(known).max())
