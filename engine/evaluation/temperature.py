"""Temperature scaling: one number that makes a classifier say how often it is right.

Guo 2017, https://arxiv.org/abs/1706.04599: logits are divided by the temperature that minimises the negative
log likelihood. Above 1 a model was too sure of itself. Classes do not change.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from engine.arrays import AnyFloats, AnyInts, Bools, Indices, Reals
from engine.evaluation.calibration import BINS, Reliability, reliability
from engine.evaluation.resampling import Draws

LOG_BOUNDS = (-3.0, 3.0)
"""Logarithms of the least and the greatest temperature, 0.05 and 20."""
BLOCK_VALUES = 4_000_000
"""Logits that are read at once."""


@dataclass(frozen=True, eq=False)
class TemperatureFit:
    """The temperature of a classifier, and what it changes.

    Attributes:
        temperature: fitted on all labelled images: the one to use.
        folds: the two that were fitted on either half. Figures after scaling are those of each half with the
            temperature of the other one, so no image is measured with a temperature that knows its label.
        likelihood_before: mean negative log likelihood of the right class, in nats.
        likelihood_after: the same after scaling.
        before: reliability as the model is.
        after: reliability after scaling.
        images: number of labelled images.
    """

    temperature: float
    folds: tuple[float, float]
    likelihood_before: float
    likelihood_after: float
    before: Reliability
    after: Reliability
    images: int

    @property
    def at_bound(self) -> bool:
        """Whether the likelihood still grew at the least or greatest temperature, as where all are right."""
        return abs(np.log(self.temperature)) >= LOG_BOUNDS[1] - 1e-6


def fit_temperature(
    logits: AnyFloats, truth: AnyInts, bins: int = BINS, draws: Draws | None = None
) -> TemperatureFit:
    """Fit the temperature by cross-fitting on two halves.

    Logits are read in blocks, so they may be a memory map that is larger than the memory.

    Args:
        logits: (N, C), float16 or float32, finite.
        truth: int (N,), index of the right class; -1 where it is not known.
        bins: of the reliability diagrams.
        draws: seed of the halves and of the bands, and number of draws.

    Raises:
        ValueError: shapes differ, there are fewer than two labelled images, a class is none, or a logit is
            not finite.

    Example:
        >>> sure = np.log(np.array([[0.9, 0.1]] * 200))
        >>> fit_temperature(sure, np.array(([0] * 8 + [1] * 2) * 20)).temperature.__round__(2)  # 0.8 is right
        1.58
    """
    draws = draws or Draws()
    rows = np.flatnonzero(np.asarray(truth) >= 0)
    _check(logits, truth, rows)
    fold = np.random.default_rng(draws.seed).permutation(len(rows)) % 2
    reader = _Reader(logits, np.asarray(truth), rows)
    whole, first, second = (_minimum(reader, part) for part in (fold >= 0, fold == 0, fold == 1))
    plain = reader.answers(np.ones(len(rows)))
    scaled = reader.answers(1 / np.where(fold == 0, second, first))
    return TemperatureFit(
        temperature=whole,
        folds=(first, second),
        likelihood_before=float(plain[0].mean()),
        likelihood_after=float(scaled[0].mean()),
        before=reliability(plain[1], plain[2] > 0, bins, draws),
        after=reliability(scaled[1], scaled[2] > 0, bins, draws),
        images=len(rows),
    )


def _check(logits: AnyFloats, truth: AnyInts, rows: Indices) -> None:
    if logits.ndim != 2 or len(logits) != len(truth):
        raise ValueError(f"Expected logits (N, C) of {len(truth)} images, received {logits.shape}.")
    if len(rows) < 2:
        raise ValueError(f"Expected at least two labelled images, received {len(rows)}.")
    if truth.max() >= logits.shape[1]:
        raise ValueError(f"Classes must be below {logits.shape[1]}, received {truth.max()}.")


@dataclass(frozen=True, eq=False)
class _Reader:
    """Reads labelled rows of the logits in blocks; those of `truth` -1 are not read."""

    logits: AnyFloats
    truth: AnyInts
    rows: Indices

    def blocks(self, kept: Bools) -> Iterator[tuple[slice, AnyFloats, Indices]]:
        """Places among the labelled rows, logits less that of the right class (n, C), and classes (n,)."""
        size = max(1, BLOCK_VALUES // self.logits.shape[1])
        for first in range(0, len(self.rows), size):
            places = slice(first, first + size)
            rows = self.rows[places][kept[places]]
            values = np.asarray(self.logits[rows], np.float32)
            if not np.isfinite(values).all():
                raise ValueError("Logits must be finite.")
            classes = self.truth[rows].astype(np.intp)
            yield places, values - np.take_along_axis(values, classes[:, None], 1), classes

    def slope(self, kept: Bools, sharpness: float) -> float:
        """Derivative of the mean negative log likelihood by the sharpness, 1 / temperature."""
        total = 0.0
        for _, values, _ in self.blocks(kept):
            weights = _weights(values * np.float32(sharpness))
            total += float(((weights * values).sum(1) / weights.sum(1)).sum(dtype=np.float64))
        return total / max(1, int(kept.sum()))

    def answers(self, sharpness: Reals) -> tuple[Reals, Reals, Reals]:
        """Of each labelled row with its sharpness: negative log likelihood, confidence, and 1 if right."""
        found = np.empty((3, len(self.rows)))
        for places, values, classes in self.blocks(np.ones(len(self.rows), np.bool_)):
            scaled = values * sharpness[places, None].astype(np.float32)
            total = _weights(scaled).sum(1, dtype=np.float64)
            found[0, places] = np.log(total) + scaled.max(1)
            found[1, places] = 1 / total
            found[2, places] = scaled.argmax(1) == classes
        return found[0], found[1], found[2]


def _weights(scaled: AnyFloats) -> AnyFloats:
    """Probabilities times a factor of each row, the largest 1."""
    return np.exp(scaled - scaled.max(1, keepdims=True))


def _minimum(reader: _Reader, kept: Bools) -> float:
    """The temperature of least negative log likelihood; it is convex in 1 / temperature."""
    from scipy.optimize import brentq  # takes long to import, and pages name this module

    def slope(log_temperature: float) -> float:
        return reader.slope(kept, float(np.exp(-log_temperature)))

    return float(np.exp(_root(slope, brentq)))


def _root(slope: Callable[[float], float], search: Callable[..., float]) -> float:
    """Where a falling slope is 0; the bound on whose side it is, where it is not between them."""
    sharp, flat = LOG_BOUNDS
    if slope(sharp) <= 0:
        return sharp
    if slope(flat) >= 0:
        return flat
    return search(slope, sharp, flat, xtol=1e-4)
