"""Weights of superpixels from several seeds, with their spread, band and stability."""

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from scipy import stats

from engine.arrays import Bools, Floats, Reals
from engine.explanation import Parts
from engine.perturbation.designs.cells import Superpixels
from engine.perturbation.designs.superpixel_params import PieceParams
from engine.perturbation.estimators.moderated import moderate, surely_not_zero
from engine.perturbation.estimators.replicates import UNSTABLE, rank_agreement
from engine.phrase import later

CONSTANT = later(
    "The score did not change whatever was hidden: all values are zero. Try the logit score or another fill."
)
UNSURE = later(
    "Other seeds rank the superpixels differently: the values have not converged. Use more samples per seed."
)
ONE_SEED = later("A single seed tells nothing about convergence. Use at least three.")


@dataclass(frozen=True, eq=False)
class Repeats:
    """Weights that were found with each seed.

    Attributes:
        cells: the superpixels.
        table: float64 (S, P), weights of each seed.
        independent: float64 (S, P), the same without the runs that all seeds share, which would move a weight
            in each of them alike; None where they share none.
    """

    cells: Superpixels
    table: Reals
    independent: Reals | None = None

    @property
    def mean(self) -> Reals:
        """float64 (P,)."""
        return np.asarray(self.table.mean(axis=0))

    @property
    def spread(self) -> Reals:
        """float64 (P,), standard deviation over the seeds; 0 for a single seed."""
        return (
            np.asarray(self.table.std(axis=0, ddof=1))
            if len(self.table) > 1
            else np.zeros(self.table.shape[1])
        )

    @property
    def values(self) -> Floats:
        """float32 (H, W): the mean painted on the pixels."""
        return self.cells.paint(self.mean.astype(np.float32))

    @cached_property
    def half_width(self) -> Reals | None:
        """float64 (P,), half the width of the 95 % bands: moderated t over the seeds; None with a single
        one.
        """
        count = len(self.table)
        if count == 1:
            return None
        variances, degrees = moderate(np.square(self.spread), count - 1)
        return np.asarray(stats.t.ppf(0.975, degrees) * np.sqrt(variances / count))

    @property
    def band(self) -> tuple[Floats, Floats] | tuple[None, None]:
        """Ends of the 95 % band, float32 (H, W); None with a single seed."""
        if self.half_width is None:
            return None, None
        ends = (self.mean + way * self.half_width for way in (-1, 1))
        low, high = (self.cells.paint(end.astype(np.float32)) for end in ends)
        return low, high

    @property
    def sure(self) -> Bools:
        """(P,): weights that are surely not zero, whose band does not hold it either."""
        if self.half_width is None:
            return np.zeros(self.mean.shape, bool)
        tested = self.table if self.independent is None else self.independent
        return surely_not_zero(tested) & (np.abs(self.mean) > self.half_width)

    @property
    def stability(self) -> float | None:
        """Mean of Spearman's rank correlation over all pairs of seeds; None with one seed, or where all
        weights are equal.
        """
        pairs = [rank_agreement(one, other) for one, other in combinations(self.table, 2)]
        known = [correlation for correlation in pairs if correlation is not None]
        return float(np.mean(known)) if known else None

    @property
    def parts(self) -> Parts:
        """The superpixels with mean, spread, share of the seeds that give the other sign, and which are
        sure.
        """
        flips = (np.sign(self.table) * np.sign(self.mean) < 0).mean(axis=0)
        weights, spread, turned = (array.astype(np.float32) for array in (self.mean, self.spread, flips))
        return Parts(self.cells.map, weights, spread, turned, self.sure)


def doubts(params: PieceParams, stability: float | None) -> list[str]:
    """What is to be said about values that may not be steady."""
    checks = ((params.seeds == 1, ONE_SEED), (stability is not None and stability < UNSTABLE, UNSURE))
    return [sentence for found, sentence in checks if found]
