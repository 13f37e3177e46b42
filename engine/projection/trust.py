"""How far a layout keeps neighbours, against layouts of noise made in the same way."""

from dataclasses import dataclass

import numpy as np

from engine.arrays import AnyFloats, Floats, Indices, Reals
from engine.errors import ProjectionError
from engine.phrase import Phrase, later
from engine.projection.neighbours import distance_blocks
from engine.projection.preparing import finite_rows, scaled
from engine.projection.project import ProjectedPoints, project

NEAR = 10
"""Neighbours that are looked at."""
LOOKED_AT = 2000
"""Images whose neighbours are looked at, and images in the layouts that are compared with the null."""
MOST_NULLS = 9
"""The fewer images, the more their null differs from one draw to the next: with fewer than 1,000 there are
several, of 2,000 images together at most.
"""
NOISE_BELOW, SPREADS = 0.2, 3.0
"""A layout is called noise below this share of the way from the null to a perfect layout, or below so many
standard deviations of the nulls where that is more.
"""
NORMAL_95 = 1.96

AS_NOISE = later("As noise: a layout of noise keeps neighbours as well. Groups in this one mean nothing.")
ABOVE_NOISE = later(
    "Above noise: neighbours are kept {share} % of the way from a layout of noise to a perfect one."
)


@dataclass(frozen=True)
class Kept:
    """How well neighbours are kept.

    Attributes:
        trustworthiness: 1 where all neighbours in the layout are neighbours in the features, about 0.5 where
            points lie by chance.
        recall: share of the nearest 10 in the features that are among the nearest 10 in the layout, 0-1.
        half_width: half of the 95 % interval of the trustworthiness for the images that were drawn; 0 where
            all were looked at.
    """

    trustworthiness: float
    recall: float
    half_width: float = 0.0


@dataclass(frozen=True)
class LayoutTrust:
    """How far a layout can be trusted.

    Attributes:
        kept: by the layout itself.
        sample: by a layout of at most 2,000 of its images, made in the same way.
        nulls: by layouts of as many rows of noise.
        images: number of images of these two.
        near: number of neighbours.
    """

    kept: Kept
    sample: Kept
    nulls: tuple[Kept, ...]
    images: int
    near: int

    @property
    def null(self) -> Kept:
        """The mean of the nulls."""
        return Kept(
            float(np.mean([one.trustworthiness for one in self.nulls])),
            float(np.mean([one.recall for one in self.nulls])),
        )

    @property
    def gain(self) -> float:
        """The share of the way from the null to a perfect layout, at most 1; about 0 for noise."""
        return (self.sample.trustworthiness - self.null.trustworthiness) / self._room

    @property
    def bar(self) -> float:
        """The least gain that noise does not have by chance."""
        spread = float(np.std([one.trustworthiness for one in self.nulls])) / self._room
        return max(NOISE_BELOW, SPREADS * spread)

    @property
    def is_noise(self) -> bool:
        return self.gain < self.bar

    @property
    def _room(self) -> float:
        return max(1 - self.null.trustworthiness, 1e-9)

    @property
    def verdict(self) -> str:
        """A sentence for people."""
        return AS_NOISE if self.is_noise else Phrase(ABOVE_NOISE, share=round(100 * self.gain))


def trust(features: AnyFloats, layout: ProjectedPoints, seed: int = 0) -> LayoutTrust:
    """Compare a layout with the features, and with the null.

    The null is the same method on noise: features that are independent and normal, each with the mean and the
    spread that it has, as in Horn's parallel analysis (1965, https://doi.org/10.1007/BF02289447). Points by
    chance would be no null: also a layout of noise keeps more neighbours than these. Shuffled features would
    keep the gaps of groups that lie far apart, and call such groups noise (docs/decisions/0042). Of more than
    2,000 images, 2,000 are laid out anew for the comparison, since the figures depend on their number.

    Raises:
        ProjectionError: there are fewer than four images with features, or the rows are not those of the
            layout.
    """
    if len(features) != len(layout.points):
        raise ProjectionError(
            "The layout has {points} points, the table {rows} rows.",
            points=len(layout.points),
            rows=len(features),
        )
    usable = np.flatnonzero(finite_rows(features) & layout.usable)
    rng = np.random.default_rng(seed)
    table = scaled(features[usable], np.ones(len(usable), np.bool_))
    kept = neighbours_kept(table, layout.points[usable], some_of(len(usable), rng))
    some = some_of(len(usable), rng)
    sample = kept if len(some) == len(usable) else _again(table[some], layout)
    times = min(MOST_NULLS, max(1, LOOKED_AT // len(some)))
    nulls = tuple(_again(noise_like(table[some], rng), layout) for _each in range(times))
    return LayoutTrust(kept, sample, nulls, len(some), near_for(len(some)))


def _again(features: Floats, layout: ProjectedPoints) -> Kept:
    """How well the same method keeps the neighbours of other features."""
    found = project(features, layout.method, layout.params, layout.dimensions, layout.seed)
    return neighbours_kept(features, found.points, np.arange(len(features)))


def noise_like(features: Floats, rng: np.random.Generator) -> Floats:
    """Independent normal features float32 (N, F), each with the mean and the spread of that of others."""
    normal = rng.standard_normal(features.shape, np.float32)
    return np.asarray(features.mean(axis=0) + features.std(axis=0) * normal, np.float32)


def some_of(count: int, rng: np.random.Generator) -> Indices:
    """Places of at most 2,000 of so many images, in order."""
    return np.sort(rng.choice(count, min(count, LOOKED_AT), replace=False))


def near_for(count: int) -> int:
    """Neighbours to look at among so many images: 10, or fewer than half of them.

    Raises:
        ProjectionError: there are too few.
    """
    if count < 4:
        raise ProjectionError(
            "Neighbours need at least four images with features; there are {count}.", count=count
        )
    return min(NEAR, (count - 1) // 2)


def neighbours_kept(features: Floats, points: Floats, queries: Indices) -> Kept:
    """Trustworthiness (Venna and Kaski 2001, https://doi.org/10.1007/3-540-44668-0_68) and neighbour recall.

    The ranks of the neighbours of each query are among all images, so that a sample of queries estimates the
    figure of all without bias. Of images at equal distance, all have the rank of the nearest: a twin that
    comes late is no fault of a layout.

    Args:
        features: float32 (N, F), finite.
        points: float32 (N, D), finite.
        queries: intp (Q,), images whose neighbours are looked at.
    """
    count, near = len(features), near_for(len(features))
    faults, found = [], []
    for (some, wide), (_same, flat) in zip(
        distance_blocks(features, queries), distance_blocks(points, queries), strict=True
    ):
        chosen = np.argsort(flat, axis=1, kind="stable")[:, :near]
        ranks = _ranks(wide, chosen)
        faults.append(np.maximum(ranks - near, 0).sum(axis=1))
        found.append((ranks <= near).mean(axis=1))
        assert len(some) == len(chosen)
    worst = near * (2 * count - 3 * near - 1) / 2
    trusted: Reals = 1 - np.concatenate(faults) / worst
    spread = 0.0 if len(queries) == count else float(trusted.std() / np.sqrt(len(queries)))
    return Kept(float(trusted.mean()), float(np.concatenate(found).mean()), NORMAL_95 * spread)


def _ranks(gaps: Reals, chosen: Indices) -> Indices:
    """Ranks intp (Q, k), from 1, of chosen columns (Q, k) in each row of distances (Q, N)."""
    ordered = np.sort(gaps, axis=1)
    ranks = [
        np.searchsorted(row, gaps[place][mine], side="left")
        for place, (row, mine) in enumerate(zip(ordered, chosen, strict=True))
    ]
    return np.stack(ranks) + 1
