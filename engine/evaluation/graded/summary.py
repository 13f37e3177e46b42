"""Methods by a metric over images: means with bands, and which of them the images can tell apart.

All pairs of methods are compared at once: their bands hold together in 95 of 100 sets of images, so that the
best of many may be named and set against each other one. The band of a pair is as wide as the greatest of all
standardised differences between a bootstrap mean and the mean (Romano and Wolf 2005,
https://doi.org/10.1198/016214504000000539, in one step).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from engine.arrays import Reals
from engine.evaluation.intervals import NORMAL_95
from engine.evaluation.resampling import LEAST_DRAWN, Banded, Draws, divided, drawn_totals, resampled

LEVEL = 0.95


@dataclass(frozen=True)
class PairedDifference:
    """How much higher a metric is with one method than with another, on the same images.

    Attributes:
        first, second: names of the methods.
        value: mean of the differences.
        interval: of 95 % for all pairs together; nan with fewer than five images.
        images: that have both.
    """

    first: str
    second: str
    value: float
    interval: tuple[float, float]
    images: int

    @property
    def is_sure(self) -> bool:
        """Whether the interval excludes 0."""
        return self.interval[0] > 0 or self.interval[1] < 0

    def turned(self) -> PairedDifference:
        """The same, the second less the first."""
        low, high = self.interval
        return PairedDifference(self.second, self.first, -self.value, (-high, -low), self.images)


@dataclass(frozen=True)
class Leader:
    """The method with the best mean by one metric.

    Attributes:
        method: its name.
        ahead: how it differs from those that it surely beats.
        level: and from those that the images cannot tell from it; nearest first, both.
    """

    method: str
    ahead: tuple[PairedDifference, ...]
    level: tuple[PairedDifference, ...]


def method_means(values: Mapping[str, Reals], seed: int = 0) -> dict[str, Banded]:
    """Mean of each method over images, with its 95 % interval.

    Args:
        values: float64 (N,) each, one number per image in the same order, nan where there is none.
        seed: of the draws.

    Example:
        >>> one = method_means({"saliency": np.array([0.1, 0.2, 0.3, 0.2, 0.2])})["saliency"]
        >>> round(one.value, 3), [round(end, 2) for end in one.interval]
        (0.2, [0.12, 0.28])
    """
    found = {}
    for name, column in values.items():
        known = column[np.isfinite(column)]
        if not len(known):
            found[name] = Banded(float("nan"), (float("nan"), float("nan")))
            continue
        amounts = np.stack([known, np.ones(len(known))], axis=1)
        value, ends = resampled(amounts, lambda sums: divided(sums[..., :1], sums[..., 1:]), Draws(seed=seed))
        found[name] = Banded(float(value[0]), (float(ends[0, 0]), float(ends[0, 1])))
    return found


def paired_differences(values: Mapping[str, Reals], seed: int = 0) -> list[PairedDifference]:
    """All pairs of methods that have images in common, the first less the second.

    Args:
        values: float64 (N,) each, one number per image in the same order, nan where there is none.
        seed: of the draws.
    """
    pairs = list(combinations(values, 2))
    if not pairs:
        return []
    difference = np.stack([values[first] - values[second] for first, second in pairs], axis=1)
    known = np.isfinite(difference)
    counts, sums = known.sum(axis=0), np.where(known, difference, 0)
    means, half = divided(sums.sum(axis=0), counts), _half_widths(sums, known, seed)
    return [
        PairedDifference(first, second, float(mean), (float(mean - width), float(mean + width)), int(count))
        for (first, second), mean, width, count in zip(pairs, means, half, counts, strict=True)
        if count
    ]


def _half_widths(sums: Reals, known: Reals, seed: int) -> Reals:
    """float64 (P,): of the intervals of P pairs from differences (N, P), nan where there are too few."""
    counts = known.sum(axis=0)
    drawn = drawn_totals(np.concatenate([sums, known.astype(np.float64)], axis=1), Draws(seed=seed))
    moved = divided(drawn[:, : len(counts)], drawn[:, len(counts) :]) - divided(sums.sum(axis=0), counts)
    enough = counts >= LEAST_DRAWN
    error = np.nanstd(np.where(enough, moved, 0), axis=0)
    moving = enough & (error > 0)
    if not moving.any():
        return np.where(enough, 0.0, np.nan)
    greatest = np.nanmax(np.abs(moved[:, moving]) / error[moving], axis=1)
    return np.where(enough, np.quantile(greatest, LEVEL) * error * _widening(counts), np.nan)


def _widening(counts: Reals) -> Reals:
    """By how much a band of few images is too narrow: bootstrap variance, and tails of Student's t."""
    from scipy.special import stdtrit  # takes long to import, and pages name this module

    few = np.maximum(counts, 2)
    return np.sqrt(few / (few - 1)) * stdtrit(few - 1, (1 + LEVEL) / 2) / NORMAL_95


def leader(values: Mapping[str, Reals], higher: bool, seed: int = 0) -> Leader | None:
    """The method with the best mean, and what it can be told from; None where there is nothing to compare.

    Args:
        values: float64 (N,) each, one number per image in the same order, nan where there is none.
        higher: whether higher values are better.
        seed: of the draws.
    """
    means = {name: found.value for name, found in method_means(values, seed).items()}
    known = [name for name, mean in means.items() if np.isfinite(mean)]
    if len(known) < 2:
        return None
    best = (max if higher else min)(known, key=means.__getitem__)
    pairs = paired_differences({name: values[name] for name in known}, seed)
    against = [
        pair if pair.first == best else pair.turned() for pair in pairs if best in (pair.first, pair.second)
    ]
    against.sort(key=lambda pair: abs(pair.value))
    ahead = [pair for pair in against if pair.is_sure and (pair.value > 0) == higher]
    return Leader(best, tuple(ahead), tuple(pair for pair in against if pair not in ahead))
