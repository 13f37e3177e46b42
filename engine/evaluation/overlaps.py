"""IoU and Dice of segmentations over a data set, with bands, and their difference between two models.

All is read off three counts of pixels per image and class. A figure of a data set sums them first, so large
images and zones weigh more; the mean over images weighs each image alike. Both are shown, since they differ.
A class that no counted pixel of the truth has is nan, and in no mean: in the data set, or in that image.
Bands are bootstrapped over images, or over groups such as sequences, whose frames are not independent.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import AnyInts, LongInts, Reals
from engine.evaluation.comparing import Difference
from engine.evaluation.resampling import (
    Banded,
    ClassFigure,
    Draws,
    Figures,
    divided,
    mean_of_known,
    resampled,
)


@dataclass(frozen=True, eq=False)
class OverlapCounts:
    """Pixels of each of N images and C classes, int64 (N, C) each.

    Attributes:
        hits: of the class and predicted as it.
        truth: of the class.
        predicted: counted pixels that are predicted as the class.
    """

    hits: LongInts
    truth: LongInts
    predicted: LongInts

    def __post_init__(self) -> None:
        if not self.hits.shape == self.truth.shape == self.predicted.shape or self.hits.ndim != 2:
            raise ValueError("Counts must be three arrays (N, C) of one shape.")

    def __len__(self) -> int:
        return len(self.hits)

    def of_images(self, rows: AnyInts) -> "OverlapCounts":
        """The counts of some images."""
        return OverlapCounts(self.hits[rows], self.truth[rows], self.predicted[rows])

    @property
    def amounts(self) -> Reals:
        """float64 (N, 3 C): hits, truth, predicted."""
        return np.concatenate([self.hits, self.truth, self.predicted], axis=1).astype(np.float64)


def overlap_counts(matrices: LongInts) -> OverlapCounts:
    """Counts of confusion matrices, int64 (N, C, C), one of each image, rows = truth.

    Example:
        >>> found = overlap_counts(np.array([[[3, 1], [0, 2]]]))
        >>> found.hits.tolist(), found.truth.tolist(), found.predicted.tolist()
        ([[3, 2]], [[4, 2]], [[3, 3]])
    """
    return OverlapCounts(np.einsum("nii->ni", matrices).copy(), matrices.sum(2), matrices.sum(1))


def overlap_counts_of_cells(cells: LongInts, images: int, classes: int) -> OverlapCounts:
    """The same from the cells of the matrices that are not 0.

    Args:
        cells: int64 (K, 4): image, true class, predicted class, pixels.
        images: number of images N.
        classes: number of classes C.

    Raises:
        ValueError: a cell is outside.
    """
    found = np.zeros((3, images, classes), np.int64)
    if cells.size and not ((cells >= 0).all() and (cells[:, :3].max(0) < (images, classes, classes)).all()):
        raise ValueError(f"Cells must be of {images} images and {classes} classes.")
    image, true, predicted, pixels = cells.reshape(-1, 4).T
    right = true == predicted
    np.add.at(found[0], (image[right], true[right]), pixels[right])
    np.add.at(found[1], (image, true), pixels)
    np.add.at(found[2], (image, predicted), pixels)
    return OverlapCounts(*found)


def overlap_counts_of_boundaries(intersection: LongInts, union: LongInts, truth: LongInts) -> OverlapCounts:
    """The same of the boundaries of one width, int64 (N, C) each: their IoU is the boundary IoU.

    Example:
        >>> found = overlap_counts_of_boundaries(np.array([[6]]), np.array([[18]]), np.array([[12]]))
        >>> found.predicted.tolist(), round(float(iou_of(found.amounts)[0, 0]), 3)
        ([[12]], 0.333)
    """
    return OverlapCounts(intersection, truth, union - truth + intersection)


def iou_of(sums: Reals) -> Reals:
    """Intersection over union per class, (..., C), of hits, truth and predicted, (..., 3 C)."""
    hits, truth, predicted = np.split(sums, 3, axis=-1)
    return divided(hits, np.where(truth > 0, truth + predicted - hits, 0))


def dice_of(sums: Reals) -> Reals:
    """Dice coefficient per class, (..., C), of hits, truth and predicted, (..., 3 C)."""
    hits, truth, predicted = np.split(sums, 3, axis=-1)
    return divided(2 * hits, np.where(truth > 0, truth + predicted, 0))


OVERLAPS: dict[str, Figures] = {"iou": iou_of, "dice": dice_of}
"""Figures by name."""


@dataclass(frozen=True, eq=False)
class OverlapFigures:
    """IoU, Dice or another share of a model on a data set.

    Attributes:
        names: the C class names.
        summed: per class, of pixels that are summed over all images first.
        of_images: per class, the mean over the images that have it.
        mean: mean of `summed` over classes.
        mean_of_images: mean over images of each image's mean over its classes.
    """

    names: tuple[str, ...]
    summed: ClassFigure
    of_images: ClassFigure
    mean: Banded
    mean_of_images: Banded


def overlap_figures(
    counts: OverlapCounts, names: Sequence[str], figure: str = "iou", draws: Draws | None = None
) -> OverlapFigures:
    """Figures of a data set with 95 % intervals.

    Args:
        counts: of each image.
        names: the C class names.
        figure: a key of ``OVERLAPS``.
        draws: groups (N,), seed and number of draws.

    Raises:
        ValueError: the counts do not belong to the names.
    """
    if counts.hits.shape[1] != len(names):
        raise ValueError(f"{len(names)} classes need as many counts, received {counts.hits.shape[1]}.")
    return _figures(counts.amounts, OVERLAPS[figure], names, draws)


def share_figures(
    parts: LongInts, wholes: LongInts, truth: LongInts, names: Sequence[str], draws: Draws | None = None
) -> OverlapFigures:
    """The same of other counts that add up, such as boundary IoU or the accuracy near borders.

    Args:
        parts: int64 (N, C), of each image, such as intersections.
        wholes: int64 (N, C), what they are parts of, such as unions.
        truth: int64 (N, C), pixels of the class that could be found; where there are none, it is absent.
        names: the C class names.
        draws: groups (N,), seed and number of draws.

    Raises:
        ValueError: the counts do not belong together, or to the names.

    Example:
        >>> parts, wholes = np.array([[1, 0], [2, 0]]), np.array([[2, 0], [2, 3]])
        >>> found = share_figures(parts, wholes, wholes * [1, 0], ("road", "sky"))  # no truth is sky
        >>> found.summed.values.tolist(), found.mean.value
        ([0.75, nan], 0.75)
    """
    if not parts.shape == wholes.shape == truth.shape == (len(parts), len(names)):
        raise ValueError(f"Expected three arrays (N, {len(names)}), received {parts.shape}, {wholes.shape}.")

    def read(sums: Reals) -> Reals:
        part, present, whole = np.split(sums, 3, axis=-1)
        return divided(part, np.where(present > 0, whole, 0))

    return _figures(np.concatenate([parts, truth, wholes], axis=1).astype(np.float64), read, names, draws)


def _figures(amounts: Reals, read: Figures, names: Sequence[str], draws: Draws | None) -> OverlapFigures:
    """Figures of amounts (N, 3 C), of which the second third are pixels of the truth."""
    values, ends = resampled(amounts, lambda sums: _with_mean(read(sums)), draws)
    each = _with_mean(read(amounts))  # (N, C + 1), nan where a class is absent
    known = np.isfinite(each)
    means, mean_ends = resampled(np.concatenate([np.where(known, each, 0), known], axis=1), _halves, draws)
    truth = np.split(amounts, 3, axis=1)[1].sum(0).astype(np.int64)
    return OverlapFigures(
        names=tuple(names),
        summed=ClassFigure(values[:-1], ends[:-1], truth),
        of_images=ClassFigure(means[:-1], mean_ends[:-1], known[:, :-1].sum(0)),
        mean=_measured(values, ends),
        mean_of_images=_measured(means, mean_ends),
    )


def _with_mean(values: Reals) -> Reals:
    """Figures per class (..., C) and, last, their mean."""
    return np.concatenate([values, mean_of_known(values)], axis=-1)


def _halves(sums: Reals) -> Reals:
    """First half of the sums over the second half."""
    return divided(*np.split(sums, 2, axis=-1))


def _measured(values: Reals, ends: Reals) -> Banded:
    return Banded(float(values[-1]), (float(ends[-1, 0]), float(ends[-1, 1])))


def banded_pixel_accuracy(counts: OverlapCounts, draws: Draws | None = None) -> Banded:
    """Share of the counted pixels that are predicted right, summed over images.

    Args:
        counts: of each image.
        draws: groups (N,), seed and number of draws.

    Example:
        >>> counts = overlap_counts(np.array([[[3, 1], [0, 4]]]))
        >>> banded_pixel_accuracy(counts).value
        0.875
    """
    amounts = np.stack([counts.hits.sum(1), counts.truth.sum(1)], axis=1).astype(np.float64)
    return _measured(*resampled(amounts, _halves, draws))


@dataclass(frozen=True, eq=False)
class OverlapDifferences:
    """IoU or Dice of two models on the same images.

    Attributes:
        classes: name to difference, first less second; nan for a class that no truth has.
        mean: difference of the means over classes.
    """

    classes: dict[str, Difference]
    mean: Difference


def compare_overlaps(
    pair: tuple[OverlapCounts, OverlapCounts],
    names: Sequence[str],
    figure: str = "iou",
    draws: Draws | None = None,
) -> OverlapDifferences:
    """Differences of summed figures, paired: both models' counts of an image are drawn together.

    Args:
        pair: counts of both models, image by image; see ``comparing.pair_images``.
        names: the C class names.
        figure: a key of ``OVERLAPS``.
        draws: groups (N,), seed and number of draws.

    Raises:
        ValueError: the two are not of the same images and masks.
    """
    one, two = pair
    if one.truth.shape != two.truth.shape or (one.truth != two.truth).any():
        raise ValueError("Both models must be measured on the same masks at the same size.")
    if one.truth.shape[1] != len(names):
        raise ValueError(f"{len(names)} classes need as many counts, received {one.truth.shape[1]}.")
    read = OVERLAPS[figure]

    def figures(sums: Reals) -> Reals:
        first, second = (_with_mean(read(half)) for half in np.split(sums, 2, axis=-1))
        return np.concatenate([first, second, first - second], axis=-1)

    values, ends = resampled(np.concatenate([one.amounts, two.amounts], axis=1), figures, draws)
    first, second, less = (part.tolist() for part in np.split(values, 3))
    bands: list[list[float]] = ends[-len(less) :].tolist()
    found = [
        Difference(one_value, two_value, difference, (band[0], band[1]), len(one))
        for one_value, two_value, difference, band in zip(first, second, less, bands, strict=True)
    ]
    return OverlapDifferences(dict(zip(names, found, strict=False)), found[-1])
