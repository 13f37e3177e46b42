"""Figures of the parts of a data set that share a value, and which of them are worse than the rest.

A slice is compared with all other images by a one-sided test: for accuracies Fisher's exact one (Fisher
1935), for mean IoU a permutation of images among slices. Which are called worse keeps the expected share of
false alarms at a rate (Benjamini and Hochberg 1995, https://doi.org/10.1111/j.2517-6161.1995.tb02031.x).
Images are taken as independent.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Bools, Indices, Reals
from engine.evaluation.intervals import wilson_interval
from engine.evaluation.overlaps import OverlapCounts, iou_of
from engine.evaluation.resampling import Banded, Draws, Figures, mean_of_known, resampled


@dataclass(frozen=True)
class SliceLimits:
    """Which slices are shown, and how readily one is called worse.

    Attributes:
        least: images of the smallest slice; smaller ones are joined.
        most: number of slices; more, beginning with the smallest, are joined.
        rate: share of false alarms among those that are called worse, 0-1.
    """

    least: int = 20
    most: int = 20
    rate: float = 0.05


@dataclass(frozen=True)
class SliceFigure:
    """A part of a data set.

    Attributes:
        values: what its images have in the column: one value, or those that are joined.
        is_joined: whether it holds what is left over; such a part is not tested.
        images: number of its images.
        figure: accuracy or mean IoU, with its 95 % interval.
        rest: the same of all other images; nan where there are none.
        p_value: of being so much worse than the rest by chance, one-sided; nan where it is not tested.
        is_worse: whether it is worse than the rest, with the false alarms of all slices in mind.
    """

    values: tuple[str, ...]
    is_joined: bool
    images: int
    figure: Banded
    rest: float
    p_value: float
    is_worse: bool


@dataclass(frozen=True, eq=False)
class _Part:
    """A slice before it is measured: its values and the rows of its images."""

    values: tuple[str, ...]
    is_joined: bool
    rows: Indices


@dataclass(frozen=True)
class _Score:
    """A part's figure, that of the rest, and the p-value of the part."""

    figure: Banded
    rest: float
    p_value: float


def slice_accuracies(
    column: Sequence[str], right: Bools, limits: SliceLimits | None = None
) -> tuple[SliceFigure, ...]:
    """Accuracy by the values of a column, largest slice first, what is joined last.

    Args:
        column: N values, one of each image.
        right: bool (N,), whether the first answer is right.
        limits: which slices are shown.

    Raises:
        ValueError: the lengths differ.

    Example:
        >>> column, right = ["day"] * 60 + ["night"] * 40, np.arange(100) < 75  # 60 of 60, 15 of 40
        >>> [(one.values, one.figure.value, one.is_worse) for one in slice_accuracies(column, right)]
        [(('day',), 1.0, False), (('night',), 0.375, True)]
    """
    limits, right = limits or SliceLimits(), np.asarray(right, np.bool_)
    parts = _parts(column, len(right), limits)
    return _figures(parts, [_accuracy(right, part.rows) for part in parts], limits)


def slice_mean_ious(
    column: Sequence[str],
    counts: OverlapCounts,
    limits: SliceLimits | None = None,
    draws: Draws | None = None,
) -> tuple[SliceFigure, ...]:
    """Mean IoU by the values of a column, of pixels summed over the images of a slice.

    Each slice has the mean over the classes that it has: one without a difficult class is better for that.

    Args:
        column: N values, one of each image.
        counts: of the N images.
        limits: which slices are shown.
        draws: seed and number of draws, for bands and tests.

    Raises:
        ValueError: the lengths differ.
    """
    limits, draws = limits or SliceLimits(), draws or Draws()
    parts = _parts(column, len(counts), limits)
    chances = _permutation_p_values(counts.amounts, parts, draws)
    scores = [
        _mean_iou(counts.amounts, part.rows, chance, draws)
        for part, chance in zip(parts, chances, strict=True)
    ]
    return _figures(parts, scores, limits)


def worse_after_correction(p_values: Reals, rate: float = 0.05) -> Bools:
    """Which of several tests stand with a rate of false alarms, bool (K,); nan never does.

    Benjamini and Hochberg 1995: the largest k with `p(k) <= rate k / K`, and all before it.

    Example:
        >>> worse_after_correction(np.array([0.001, 0.04, 0.03, np.nan, 0.9]), 0.05).tolist()
        [True, False, False, False, False]
    """
    from scipy.stats import false_discovery_control  # takes long to import, and pages name this module

    found = np.zeros(len(p_values), np.bool_)
    known = ~np.isnan(p_values)
    if known.any():
        found[known] = false_discovery_control(p_values[known]) <= rate
    return found


def _parts(column: Sequence[str], images: int, limits: SliceLimits) -> list[_Part]:
    if len(column) != images:
        raise ValueError(f"{images} images need as many values, received {len(column)}.")
    ordered = sorted(Counter(column).items(), key=lambda item: (-item[1], item[0]))
    large = [value for value, count in ordered if count >= limits.least][: limits.most]
    small = tuple(sorted({value for value, _ in ordered} - set(large)))
    values = np.array(column, dtype=object)
    parts = [_Part((value,), False, np.flatnonzero(values == value)) for value in large]
    left = np.flatnonzero([value in small for value in column])
    return [*parts, _Part(small, True, left)] if small else parts


def _figures(
    parts: Sequence[_Part], scores: Sequence[_Score], limits: SliceLimits
) -> tuple[SliceFigure, ...]:
    tested = [np.nan if part.is_joined else score.p_value for part, score in zip(parts, scores, strict=True)]
    worse = worse_after_correction(np.array(tested, np.float64), limits.rate)
    return tuple(
        SliceFigure(
            part.values, part.is_joined, len(part.rows), score.figure, score.rest, float(p), bool(is_worse)
        )
        for part, score, p, is_worse in zip(parts, scores, tested, worse, strict=True)
    )


def _accuracy(right: Bools, rows: Indices) -> _Score:
    from scipy.stats import hypergeom  # takes long to import, and pages name this module

    hits, size = int(right[rows].sum()), len(rows)
    all_hits, others = int(right.sum()), len(right) - size
    figure = Banded(hits / size, wilson_interval(hits, size))
    if not others:
        return _Score(figure, float("nan"), float("nan"))
    p_value = float(hypergeom.cdf(hits, len(right), all_hits, size))
    return _Score(figure, (all_hits - hits) / others, p_value)


def _mean_iou(amounts: Reals, rows: Indices, p_value: float, draws: Draws) -> _Score:
    plain = Draws(None, draws.seed, draws.resamples)
    values, ends = resampled(amounts[rows], _read, plain)
    rest = _read(amounts.sum(0) - amounts[rows].sum(0))[0]
    return _Score(Banded(float(values[0]), (float(ends[0, 0]), float(ends[0, 1]))), float(rest), p_value)


def _read(sums: Reals) -> Reals:
    """Mean IoU (..., 1) of summed counts (..., 3 C)."""
    return mean_of_known(iou_of(sums))


def _permutation_p_values(amounts: Reals, parts: Sequence[_Part], draws: Draws) -> Reals:
    """How often a slice is as much worse where images are dealt out to slices by chance, (S,)."""
    if not parts:
        return np.zeros(0)
    starts = np.cumsum([0, *(len(part.rows) for part in parts)])[:-1]
    order = np.concatenate([part.rows for part in parts])
    observed = _behind(amounts[order], starts, _read)
    as_bad = [_behind(dealt, starts, _read) <= observed for dealt in _dealt(amounts, draws)]
    return np.where(np.isnan(observed), np.nan, (1 + np.sum(as_bad, axis=0)) / (1 + draws.resamples))


def _dealt(amounts: Reals, draws: Draws) -> Iterator[Reals]:
    rng = np.random.default_rng(draws.seed)
    return (amounts[rng.permutation(len(amounts))] for _ in range(draws.resamples))


def _behind(ordered: Reals, starts: Indices, read: Figures) -> Reals:
    """Figure of each slice less that of the rest (S,), of images that stand slice after slice."""
    sums = np.add.reduceat(ordered, starts)
    behind: Reals = (read(sums) - read(sums.sum(0) - sums))[:, 0]
    return behind
