"""Calibration: whether a classifier is right as often as it says.

Naeini 2015, https://doi.org/10.1609/aaai.v29i1.9602, with bins of equal mass (Nixon 2019,
https://arxiv.org/abs/1904.01685), and what a calibrated model would show on as many images by chance
(Vaicenavicius 2019, https://arxiv.org/abs/1902.06977).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.arrays import AnyFloats, Bools, Indices, LongInts, Reals
from engine.evaluation.intervals import wilson_intervals
from engine.evaluation.resampling import Banded, Draws

BINS = 15
DRAWN_AT_ONCE = 2_000_000
"""Images of several draws that are held at once."""


@dataclass(frozen=True, eq=False)
class Reliability:
    """A reliability diagram, and how far it is from the diagonal.

    Attributes:
        counts: int64 (B,), images of each bin; bins have about as many each, in the order of confidence.
        confidence: float64 (B,), mean confidence, 0-1.
        accuracy: float64 (B,), share that is right.
        intervals: float64 (B, 2), 95 % of the accuracy (Wilson).
        error: expected calibration error, 0-1: the mean over images of |accuracy - confidence| of their bin,
            with a band. By chance alone it is above 0 also for a calibrated model: see ``noise``.
        noise: the error that a perfectly calibrated model shows on average on as many images.
        noise_high: it shows more in 5 % of such sets.
        chance: how often a perfectly calibrated model shows this error or more, 0-1.
    """

    counts: LongInts
    confidence: Reals
    accuracy: Reals
    intervals: Reals
    error: Banded
    noise: float
    noise_high: float
    chance: float

    @property
    def excess(self) -> float:
        """The error less what a calibrated model shows, 0-1."""
        return float(np.maximum(self.error.value - self.noise, 0))

    @property
    def is_miscalibrated(self) -> bool:
        """Whether fewer than 5 % of calibrated models show as much."""
        return self.chance < 0.05


def reliability(
    confidence: AnyFloats, right: Bools, bins: int = BINS, draws: Draws | None = None
) -> Reliability:
    """Reliability diagram of a classifier.

    The band is made to be true, not narrow. Its upper end is as far above the error as the 97.5 percentile of
    draws of images is above their mean: the error is too large on average, never too small. Its lower end is
    less by all that drawing images can add to the bins, so a calibrated model has 0 in it.

    Args:
        confidence: (N,), the probability of the first answer, 0-1; equal ones are in one bin.
        right: bool (N,), whether it is right.
        bins: number of bins; fewer where there are fewer different values.
        draws: seed and number of draws; images are taken as independent.

    Raises:
        ValueError: shapes differ, or a confidence is outside 0-1.

    Example:
        >>> found = reliability(np.array([0.6] * 10 + [0.9] * 10), np.array(([True] * 6 + [False] * 4) * 2))
        >>> found.counts.tolist(), found.accuracy.tolist(), round(found.error.value, 2)  # 0.9 is 0.6
        ([10, 10], [0.6, 0.6], 0.15)
    """
    shown: Reals = np.asarray(confidence, np.float64)
    right = np.asarray(right, np.bool_)
    if shown.shape != right.shape or shown.ndim != 1:
        raise ValueError(f"Expected two arrays (N,), received {shown.shape} and {right.shape}.")
    if shown.size and not 0 <= shown.min() <= shown.max() <= 1:
        raise ValueError("A confidence is from 0 to 1.")
    if not shown.size:
        return _nothing()
    places, draws = _places(shown, bins), draws or Draws()
    order = np.argsort(places, kind="stable")
    binned = _Binned(shown[order], (right - shown)[order], places[order])
    hits = np.bincount(places, right).astype(np.int64)
    error = float(binned.errors(binned.residuals[None])[0])
    noise = np.concatenate([binned.errors(part) for part in _calibrated(binned.confidence, draws)])
    return Reliability(
        counts=binned.counts,
        confidence=np.bincount(places, shown) / binned.counts,
        accuracy=hits / binned.counts,
        intervals=wilson_intervals(hits, binned.counts),
        error=Banded(error, _band(error, *_deviations(binned, draws))),
        noise=float(noise.mean()),
        noise_high=float(np.quantile(noise, 0.95)),
        chance=float((1 + (noise >= error).sum()) / (1 + len(noise))),
    )


def _nothing() -> Reliability:
    nothing, nan = np.zeros(0), float("nan")
    return Reliability(
        nothing.astype(np.int64), nothing, nothing, np.zeros((0, 2)), Banded(nan, (nan, nan)), nan, nan, nan
    )


def _places(confidence: Reals, bins: int) -> Indices:
    """The bin of each image, 0..B-1 without gaps, by quantiles: the order of the images does not matter."""
    edges = np.quantile(confidence, np.linspace(0, 1, bins + 1)[1:-1], method="higher")
    places = np.searchsorted(np.unique(edges), confidence, side="right")
    found: Indices = np.unique(places, return_inverse=True)[1]
    return found


@dataclass(frozen=True, eq=False)
class _Binned:
    """Images in the order of their bins: confidence, `right - confidence`, and bin, each (N,)."""

    confidence: Reals
    residuals: Reals
    places: Indices

    @property
    def counts(self) -> LongInts:
        return np.bincount(self.places)

    def sums(self, residuals: Reals) -> Reals:
        """Sums (R, B) of residuals (R, N) of each bin."""
        return np.add.reduceat(residuals, np.cumsum(self.counts) - self.counts, axis=1)

    def errors(self, residuals: Reals) -> Reals:
        """Expected calibration errors (R,) of residuals (R, N)."""
        return np.abs(self.sums(residuals)).sum(1) / len(self.places)


def _blocks(images: int, draws: Draws) -> Iterator[int]:
    most = max(1, DRAWN_AT_ONCE // images)
    return (min(most, draws.resamples - first) for first in range(0, draws.resamples, most))


def _calibrated(confidence: Reals, draws: Draws) -> Iterator[Reals]:
    """Residuals (some draws, N) of a model that is right as often as it says."""
    rng = np.random.default_rng(draws.seed)
    for some in _blocks(len(confidence), draws):
        yield (rng.random((some, len(confidence))) < confidence) - confidence


def _deviations(binned: _Binned, draws: Draws) -> tuple[Reals, Reals]:
    """Errors (R,) of draws of images, and how far their bins are from the observed ones, summed (R,)."""
    rng, images, bins = np.random.default_rng(draws.seed + 1), len(binned.places), len(binned.counts)
    parts = []
    for some in _blocks(images, draws):
        drawn = rng.integers(images, size=(some, images))
        rows = binned.places[drawn] + bins * np.arange(some)[:, None]
        sums = np.bincount(rows.ravel(), binned.residuals[drawn].ravel(), some * bins)
        parts.append(sums.reshape(some, bins))
    drawn_sums = np.concatenate(parts)
    moved = drawn_sums - binned.sums(binned.residuals[None])
    return np.abs(drawn_sums).sum(1) / images, np.abs(moved).sum(1) / images


def _band(error: float, errors: Reals, moved: Reals) -> tuple[float, float]:
    low, high = error - np.quantile(moved, 0.975), error + np.quantile(errors, 0.975) - errors.mean()
    return max(0.0, float(low)), min(1.0, float(high))
