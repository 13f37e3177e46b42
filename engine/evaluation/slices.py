"""Figures of the parts of a data set that share a value, and which of them are worse than the rest.

A slice is compared with all other images by a one-sided test: for accuracies Fisher's exact one (Fisher
1935), for mean IoU a permutation of images among slices. p-values are adjusted for the number of slices, so
that a false alarm anywhere among them is as rare as is said (Holm 1979). Images are taken as independent.
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
        rate: how often a set without worse slices has one that is called so, 0-1.
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
        adjusted: the same with all slices in mind (Holm).
        is_worse: whether it is worse than the rest, as ``adjusted`` says.
    """

    values: tuple[str, ...]
    is_joined: bool
    images: int
    figure: Banded
    rest: float
    p_value: float
    adjusted: float
    is_worse: bool

    @property
    def gap(self) -> float:
        """The figure less that of the rest, below 0 where it is worse; nan where there is no rest."""
        return self.figure.value - self.rest


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


def holm_adjusted(p_values: Reals) -> Reals:
    """p-values of several tests, each as if it were the only one; nan stays, and is no test.

    Holm 1979, https://www.jstor.org/stable/4615733: with rising p, the greatest so far of `(K - k + 1) p(k)`.

    Example:
        >>> holm_adjusted(np.array([0.01, 0.04, np.nan, 0.03])).round(3).tolist()
        [0.03, 0.06, nan, 0.06]
    """
    found: Reals = np.array(p_values, np.float64)
    known = np.flatnonzero(~np.isnan(found))
    order = known[np.argsort(found[known], kind="stable")]
    factors = np.arange(len(order), 0, -1)
    found[order] = np.minimum(np.maximum.accumulate(factors * found[order]), 1.0)
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
    adjusted = holm_adjusted(np.array(tested, np.float64)).tolist()
    return tuple(
        SliceFigure(
            values=part.values,
            is_joined=part.is_joined,
            images=len(part.rows),
            figure=score.figure,
            rest=score.rest,
            p_value=float(p),
            adjusted=holm,
            is_worse=holm <= limits.rate,
        )
        for part, score, p, holm in zip(parts, scores, tested, adjusted, strict=True)
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
