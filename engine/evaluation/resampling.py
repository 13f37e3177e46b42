"""Bands of figures that are read off sums over images: the images, or groups of them, are drawn again.

Efron 1979, https://doi.org/10.1214/aos/1176344552. The percentiles are the expanded ones of Hesterberg 2015,
https://doi.org/10.1080/00031305.2015.1089789, so that bands of few images or sequences are not too narrow.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from engine.arrays import AnyFloats, AnyInts, Array, Indices, LongInts, Reals
from engine.evaluation.intervals import RESAMPLES, Interval

LEAST_DRAWN = 5
"""With fewer images or groups there is no band: it would hold the truth too rarely."""
FEW_CELLS = 2000
"""So many different rows, or fewer, are drawn as cells with counts."""
FEW_COLUMNS = 8
"""With more sums, rows are hardly ever alike."""
DRAWN_AT_ONCE = 2_000_000
"""Images of several draws that are held at once."""

Figures = Callable[[Reals], Reals]
"""Reads K figures (..., K) off sums (..., F)."""


@dataclass(frozen=True)
class Banded:
    """A figure with its 95 % interval; nan where there is nothing to measure.

    Attributes:
        value: the figure.
        interval: low and high end.
    """

    value: float
    interval: Interval


@dataclass(frozen=True, eq=False)
class ClassFigure:
    """One figure of each of C classes; nan where a class has none.

    Attributes:
        values: float64 (C,), 0-1.
        intervals: float64 (C, 2), 95 %.
        counts: int64 (C,), what each is a share of, in images or pixels.
    """

    values: Reals
    intervals: Reals
    counts: LongInts


@dataclass(frozen=True)
class Draws:
    """How images are drawn again.

    Attributes:
        groups: (N,) names or numbers of what belongs together, such as frames of a sequence, and is drawn as
            a whole; None: each image by itself.
        seed: of the draws.
        resamples: number of draws.
    """

    groups: Array | None = None
    seed: int = 0
    resamples: int = RESAMPLES


def drawn_totals(amounts: Reals, draws: Draws) -> Reals:
    """Sums over N rows that are drawn with replacement, float64 (resamples, F).

    Where many rows are alike, they are one cell and are drawn together, by a multinomial: the same law as
    drawing rows.

    Args:
        amounts: float64 (N, F), what each row adds; N at least 1.
        draws: seed and number; its groups are not read.
    """
    rng = np.random.default_rng(draws.seed)
    if amounts.shape[1] <= FEW_COLUMNS:
        cells, counts = np.unique(amounts, axis=0, return_counts=True)
        if len(cells) <= min(FEW_CELLS, len(amounts) - 1):
            return rng.multinomial(len(amounts), counts / len(amounts), draws.resamples) @ cells
    weights = _weights(rng, len(amounts), draws.resamples)
    return np.concatenate([block @ amounts for block in weights])


def _weights(rng: np.random.Generator, rows: int, resamples: int) -> Iterator[Reals]:
    """How often each row is drawn, float64 (some draws, rows), block after block."""
    most = max(1, DRAWN_AT_ONCE // rows)
    for first in range(0, resamples, most):
        some = min(most, resamples - first)
        places = rng.integers(rows, size=(some, rows)) + rows * np.arange(some)[:, None]
        yield np.bincount(places.ravel(), minlength=some * rows).reshape(some, rows).astype(np.float64)


def group_totals(amounts: Reals, groups: Array | None) -> Reals:
    """Sums of the rows of each group, float64 (G, F), in the order of the groups' names."""
    if groups is None:
        return amounts
    if len(groups) != len(amounts):
        raise ValueError(f"{len(amounts)} images need as many groups, received {len(groups)}.")
    places: Indices = np.unique(groups, return_inverse=True)[1]
    totals = np.zeros((int(places.max(initial=-1)) + 1, amounts.shape[1]))
    np.add.at(totals, places, amounts)
    return totals


def resampled(amounts: Reals, figures: Figures, draws: Draws | None = None) -> tuple[Reals, Reals]:
    """Figures of summed amounts, and their 95 % intervals.

    Args:
        amounts: float64 (N, F), what each image adds to F sums.
        figures: reads K figures off sums; of all draws at once.
        draws: how the images are drawn.

    Returns:
        Figures (K,), and intervals (K, 2): nan where a figure always is, or where there are fewer than
        ``LEAST_DRAWN`` images or groups.

    Example:
        >>> hits = np.repeat([[1.0, 1.0], [0.0, 1.0]], [80, 20], axis=0)  # right, counted
        >>> share, ends = resampled(hits, lambda sums: sums[..., :1] / sums[..., 1:])
        >>> share.tolist(), ends.round(2).tolist()
        ([0.8], [[0.72, 0.88]])
    """
    draws = draws or Draws()
    rows = group_totals(np.asarray(amounts, np.float64), draws.groups)
    values = figures(rows.sum(0))
    if len(rows) < LEAST_DRAWN:
        return values, np.full((*values.shape, 2), np.nan)
    return values, interval_ends(figures(drawn_totals(rows, draws)), len(rows))


def expanded_share(count: int) -> float:
    """Share of draws below the low end of a 95 % interval of ``count`` images: 0.025 for many, less for few.

    It is that of Student's t with ``count - 1`` degrees of freedom, and makes up for the bootstrap's
    variance, which is too small by ``(count - 1) / count``.

    Example:
        >>> round(expanded_share(10), 4), round(expanded_share(10_000), 4)
        (0.0086, 0.025)
    """
    from scipy.special import ndtr, stdtrit  # takes long to import, and pages name this module

    return float(ndtr(-np.sqrt(count / (count - 1)) * stdtrit(count - 1, 0.975)))


def interval_ends(drawn: Reals, count: int) -> Reals:
    """95 % intervals (K, 2) of figures from their draws.

    Args:
        drawn: float64 (resamples, K); draws where a figure is nan are left out for it.
        count: number of images or groups that were drawn from, at least 2.
    """
    low = expanded_share(count)
    return np.stack([_quantiles(drawn, low), _quantiles(drawn, 1 - low)], axis=-1)


def _quantiles(drawn: Reals, share: float) -> Reals:
    """Linear quantile of each column without its nan; nan where there is nothing else."""
    ordered = np.sort(drawn, axis=0)  # nan come last
    last = np.maximum(np.isfinite(ordered).sum(0) - 1, 0)
    lower: LongInts = np.floor(share * last).astype(np.int64)
    part = share * last - lower
    columns = np.arange(drawn.shape[1])
    low, high = ordered[lower, columns], ordered[np.minimum(lower + 1, last), columns]
    ends: Reals = low + part * (high - low)
    return ends


def divided(part: AnyFloats | AnyInts, whole: AnyFloats | AnyInts) -> Reals:
    """Part over whole, nan where the whole is nothing.

    Example:
        >>> divided(np.array([1.0, 0.0]), np.array([4.0, 0.0])).tolist()
        [0.25, nan]
    """
    return np.divide(part, whole, out=np.full(np.broadcast(part, whole).shape, np.nan), where=whole > 0)


def mean_of_known(values: Reals) -> Reals:
    """Mean over the last axis without nan, kept as an axis of length 1; nan where all are."""
    known = ~np.isnan(values)
    return divided(np.where(known, values, 0).sum(-1, keepdims=True), known.sum(-1, keepdims=True))
