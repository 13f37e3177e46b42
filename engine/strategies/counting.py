"""How many groups maps fall into: the widest gap between eigenvalues, against maps without groups."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.arrays import Bools, Floats, Reals
from engine.strategies.preparing import unit_rows
from engine.strategies.spectrum import spectrum

MOST = 8
"""Groups that are told apart at most."""
DRAWS = 19
"""Sets of maps without groups, of each kind: groups are seen in one of twenty such sets at most."""
ROOM = 0.01
"""Added to eigenvalues before they are divided: below it there is nothing to tell apart."""
BELOW_CHANCE = 0.5
"""The last eigenvalue before the gap is at most this share of the one without groups."""


@dataclass(frozen=True, eq=False)
class GroupCount:
    """How many groups there may be, and why.

    Attributes:
        candidates: numbers of groups after which the gap is wider than chance makes any, that which exceeds
            chance most first; none where there is no such gap.
        values: float64 (E,), the smallest eigenvalues, from 0.
        nulls: float64 (kinds, B, E), those of maps without groups: shuffled, and normal.
    """

    candidates: tuple[int, ...]
    values: Reals
    nulls: Reals

    @property
    def gaps(self) -> Reals:
        """float64 (E - 1,): how much greater the next eigenvalue is, as the logarithm of a ratio."""
        return gaps_of(self.values)


def gaps_of(values: Reals) -> Reals:
    """Logarithms of the ratios of neighbouring eigenvalues (..., E), float64 (..., E - 1).

    Differences would do for groups that nothing links. Where maps also shift within a group there are more
    small eigenvalues, and only the ratio shows how little holds the groups together.
    """
    return np.diff(np.log(values + ROOM), axis=-1)


def count_groups(rows: Floats, values: Reals, seed: int) -> GroupCount:
    """Find the numbers of groups that chance does not explain.

    The null has two kinds, and a gap must be wider than in both. *Shuffled*: the values of each place are
    dealt out anew to the maps, which keeps how they are distributed. *Normal*: independent draws with the
    mean and the covariance of the maps (SigClust, Liu et al. 2008,
    https://doi.org/10.1198/016214508000000454), which keeps that neighbouring places agree; without it, maps
    that shift a little would be called groups.
    All gaps of a set are compared at once, in standard deviations of that gap over the draws and the maps, so
    that of sets without groups at most one in twenty has any.

    Args:
        rows: float32 (N, F), prepared maps.
        values: float64 (E,), their eigenvalues.
        seed: of the draws.
    """
    rng = np.random.default_rng(seed)
    kinds: tuple[Callable[[Floats, np.random.Generator], Floats], ...] = (shuffled, normal_like)
    nulls = np.array(
        [[spectrum(draw(rows, rng), len(values)) for _each in range(DRAWS)] for draw in kinds], np.float64
    )
    wide = np.all([_wider(values, some) for some in nulls], axis=0)
    excess = gaps_of(values)[1:] - gaps_of(nulls)[..., 1:].mean(axis=1).max(axis=0)
    order = [int(place) for place in np.argsort(-excess, kind="stable") if wide[place]]
    return GroupCount(tuple(2 + place for place in order), values, nulls)


def _wider(values: Reals, nulls: Reals) -> Bools:
    """Which gaps, after the second eigenvalue and so on, are wider than chance makes any, bool (E - 2,)."""
    gaps = gaps_of(np.vstack([values, nulls]))[:, 1:]
    spread = gaps.std(axis=0)
    scores = (gaps - gaps.mean(axis=0)) / np.where(spread, spread, 1.0)
    small = values[1:-1] <= BELOW_CHANCE * nulls[:, 1:-1].mean(axis=0)
    return np.asarray((scores[0] > scores[1:].max()) & small, np.bool_)


def shuffled(rows: Floats, rng: np.random.Generator) -> Floats:
    """Maps (N, F) whose values are dealt out anew, place by place."""
    return unit_rows(rng.permuted(rows, axis=0))


def normal_like(rows: Floats, rng: np.random.Generator) -> Floats:
    """Normal maps (N, F) with the mean and the covariance of others."""
    mean = rows.mean(axis=0)
    weights = rng.standard_normal((len(rows), len(rows))) / np.sqrt(len(rows))
    return unit_rows(mean + weights @ (rows - mean))
