"""Kernel SHAP (Lundberg and Lee 2017, https://arxiv.org/abs/1705.07874).

Coalitions are drawn with the probability that the Shapley kernel gives them, each together with its
complement (Covert and Lee 2021, https://arxiv.org/abs/2012.01536), so that all have the same weight in the
regression.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.arrays import Floats, Indices, Reals, SmallInts
from engine.perturbation.designs.cells import Superpixels
from engine.perturbation.designs.superpixels import advise, superpixel_cells
from engine.perturbation.estimators.repeats import CONSTANT, Repeats, doubts
from engine.perturbation.estimators.sobol_indices import is_constant
from engine.perturbation.methods.params import KernelShapParams
from engine.perturbation.plan import Estimate

ENDS = 2
"""Runs before the first coalition: all superpixels shown, all hidden."""

MIN_COALITIONS = 20


@dataclass(frozen=True, eq=False)
class KernelShapPlan:
    """All superpixels shown, all hidden, then pairs of a coalition and its complement, from each seed in
    turn.

    Attributes:
        cells: the superpixels.
        samples: coalitions of each seed.
        seeds: of the repetitions.
    """

    cells: Superpixels
    samples: int
    seeds: tuple[int, ...]

    @property
    def runs(self) -> int:
        return ENDS + self.samples * len(self.seeds)

    @cached_property
    def _order(self) -> Indices:
        """Which of all coalitions, seed after seed, is run when."""
        seed, place = np.divmod(np.arange(self.samples * len(self.seeds)), self.samples)
        return np.lexsort((place, seed, place // 2))

    @property
    def seed_of(self) -> Indices:
        """(runs - 2,): place in ``seeds`` of the seed of each coalition, in the order of the runs."""
        return self._order // self.samples

    @cached_property
    def coalitions(self) -> SmallInts:
        """int8 (runs - 2, P) in the order of the runs: 1 shows a superpixel, 0 hides it."""
        drawn = [draw_coalitions(seed, self.samples, self.cells.count) for seed in self.seeds]
        return np.concatenate(drawn)[self._order]

    def masks(self, start: int, stop: int) -> Floats:
        ends = np.repeat(np.array([[1], [0]], np.int8), self.cells.count, axis=1)
        coalitions = self.coalitions[max(start - ENDS, 0) : max(stop - ENDS, 0)]
        return np.concatenate([ends[start:stop], coalitions]).astype(np.float32)


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
    """The runs of the pass: two, and coalitions for each seed.

    Raises:
        ParamsError: the picture comes out in one superpixel, or in too many.
    """
    return KernelShapPlan(superpixel_cells(params, image), params.samples, params.all_seeds)


def estimate(plan: KernelShapPlan, params: KernelShapParams, scores: Floats) -> Estimate | None:
    """Shapley values of the superpixels for one target, painted on the pixels.

    Args:
        plan: the runs.
        params: how they are read.
        scores: float32 (runs,), NaN where a run is still missing.

    Returns:
        The mean over the seeds; all coalitions taken together until each seed has two for each superpixel;
        None before there are 20 of them.
    """
    known = scores.astype(np.float64)
    everything, nothing = known[:ENDS]
    done = np.flatnonzero(np.isfinite(known[ENDS:]))
    if not np.isfinite(everything - nothing) or len(done) < MIN_COALITIONS:
        return None
    gains, coalitions = known[ENDS:][done] - nothing, plan.coalitions[done].astype(np.float64)
    groups = _groups(plan, done)
    total = everything - nothing
    table = [shapley_values(coalitions[group], gains[group], total, np.ones(len(group))) for group in groups]
    constant = is_constant(known[np.isfinite(known)])
    repeats = Repeats(plan.cells, np.stack(table) * (not constant))
    lower, upper = repeats.band
    stability = None if constant else repeats.stability
    return Estimate(
        values=repeats.values,
        lower=lower,
        upper=upper,
        stability=stability,
        runs=ENDS + len(done),
        warnings=(
            *([CONSTANT] if constant else doubts(params, stability)),
            *advise(params, plan.cells.count),
        ),
        figures={"score with all hidden": nothing, "superpixels": plan.cells.count, "seeds": len(groups)},
        parts=repeats.parts,
    )


def _groups(plan: KernelShapPlan, done: Indices) -> list[Indices]:
    """Places in ``done`` of the coalitions of each seed; of all together while a seed has fewer than two for
    each superpixel.
    """
    seed = plan.seed_of[done]
    groups = [np.flatnonzero(seed == place) for place in range(len(plan.seeds))]
    enough = min(len(group) for group in groups) >= 2 * plan.cells.count
    return groups if enough else [np.arange(len(done))]
