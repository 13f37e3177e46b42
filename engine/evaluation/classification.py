"""Figures of a classification, with bands.

Bands of shares are Wilson's: of accuracy, of recall among the images of a class, and of precision among the
images that are predicted as it. F1 is `2 J / (1 + J)` of the share `J` that is right among the images that
are of a class or predicted as it, so the band of `J` gives that of F1. Means over classes have no such form:
they are bootstrapped over images by drawing the cells of the confusion matrix (a multinomial), which is the
same law as drawing images and takes seconds for 50,000 images and 1,000 classes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import AnyInts, LongInts, Reals
from engine.evaluation.confusion import confusion_matrix
from engine.evaluation.intervals import wilson_interval, wilson_intervals
from engine.evaluation.resampling import (
    LEAST_DRAWN,
    Banded,
    ClassFigure,
    Draws,
    divided,
    interval_ends,
    mean_of_known,
)

DRAWN_CELLS = 1_000_000
"""Cells of several draws that are held at once."""


@dataclass(frozen=True, eq=False)
class ClassificationFigures:
    """Figures of one classifier on labelled images.

    Attributes:
        names: the C class names.
        matrix: int64 (C, C), images; rows = truth, columns = prediction.
        accuracy: share of the images that are right.
        balanced_accuracy: mean recall of the classes that have images.
        macro_f1: mean F1 of the classes that have images.
        precision: right among those predicted as the class; nan where nothing is.
        recall: right among the images of the class; nan where it has none.
        f1: harmonic mean of both; nan where the class has no images.
    """

    names: tuple[str, ...]
    matrix: LongInts
    accuracy: Banded
    balanced_accuracy: Banded
    macro_f1: Banded
    precision: ClassFigure
    recall: ClassFigure
    f1: ClassFigure

    @property
    def images(self) -> int:
        """Number of images with a known class."""
        return int(self.matrix.sum())


def classification_figures(
    truth: AnyInts, predicted: AnyInts, names: Sequence[str], draws: Draws | None = None
) -> ClassificationFigures:
    """Figures of predicted classes.

    Args:
        truth: int (N,), index of the right class; -1 where it is not known: such an image is left out.
        predicted: int (N,), index of the first answer.
        names: the C class names.
        draws: seed and number of draws; images are taken as independent, so its groups are not read.

    Raises:
        ValueError: the shapes differ, or an index is no class.

    Example:
        >>> found = classification_figures(np.array([0, 0, 1, -1]), np.array([0, 1, 1, 0]), ("cat", "dog"))
        >>> found.matrix.tolist(), round(found.accuracy.value, 3), found.recall.values.tolist()
        ([[1, 1], [0, 1]], 0.667, [0.5, 1.0])
    """
    if truth.size and not -1 <= truth.min() <= truth.max() < len(names):
        raise ValueError(f"Classes must be in -1..{len(names) - 1}, received {truth.min()} to {truth.max()}.")
    return figures_of_matrix(confusion_matrix(truth, predicted, len(names)), names, draws)


def figures_of_matrix(
    matrix: LongInts, names: Sequence[str], draws: Draws | None = None
) -> ClassificationFigures:
    """The same of a confusion matrix: int64 (C, C), rows = truth.

    Raises:
        ValueError: the matrix does not belong to the names.
    """
    if matrix.shape != (len(names), len(names)):
        raise ValueError(f"{len(names)} classes need a matrix of as many rows, this one is {matrix.shape}.")
    right, of_class, as_class = np.diag(matrix), matrix.sum(1), matrix.sum(0)
    either = of_class + as_class - right
    balanced, macro = _means(matrix, draws or Draws())
    return ClassificationFigures(
        names=tuple(names),
        matrix=matrix,
        accuracy=_accuracy(matrix),
        balanced_accuracy=balanced,
        macro_f1=macro,
        precision=_shares(right, as_class),
        recall=_shares(right, of_class),
        f1=_f1(_shares(right, np.where(of_class > 0, either, 0))),
    )


def rank_accuracies(order: AnyInts, truth: AnyInts, ranks: Sequence[int]) -> dict[int, Banded]:
    """How often the right class is among the first few answers, by their number.

    Args:
        order: (N, K), the first classes of each image, best first.
        truth: int (N,), index of the right class.
        ranks: numbers of answers, at most K each.

    Raises:
        ValueError: there are no images.

    Example:
        >>> found = rank_accuracies(np.array([[0, 1], [1, 0]]), np.array([0, 0]), (1, 2))
        >>> {rank: share.value for rank, share in found.items()}
        {1: 0.5, 2: 1.0}
    """
    right, count = order == truth[:, None], len(truth)
    hits = {rank: int(right[:, :rank].any(1).sum()) for rank in ranks}
    return {rank: Banded(hit / count, wilson_interval(hit, count)) for rank, hit in hits.items()}


def _shares(right: LongInts, count: LongInts) -> ClassFigure:
    known = np.where(count > 0, right, 0)
    return ClassFigure(divided(known, count), wilson_intervals(known, count), count)


def _accuracy(matrix: LongInts) -> Banded:
    found = _shares(np.array([np.trace(matrix)]), np.array([matrix.sum()]))
    return Banded(float(found.values[0]), (float(found.intervals[0, 0]), float(found.intervals[0, 1])))


def _f1(jaccard: ClassFigure) -> ClassFigure:
    """F1 grows with the share of right ones among those that are of a class or predicted as it."""
    values, ends = (2 * part / (1 + part) for part in (jaccard.values, jaccard.intervals))
    return ClassFigure(values, ends, jaccard.counts)


def _means(matrix: LongInts, draws: Draws) -> tuple[Banded, Banded]:
    """Balanced accuracy and macro F1 with their bands."""
    cells = np.argwhere(matrix)
    counts = matrix[cells[:, 0], cells[:, 1]]
    if not counts.size:
        nothing = Banded(float("nan"), (float("nan"), float("nan")))
        return nothing, nothing
    values = _class_means(counts[None], cells)[0]
    ends = np.full((2, 2), np.nan)
    if (images := int(counts.sum())) >= LEAST_DRAWN:
        ends = interval_ends(_drawn_means(counts, cells, draws), images)
    balanced, macro = (
        Banded(float(v), (float(e[0]), float(e[1]))) for v, e in zip(values, ends, strict=True)
    )
    return balanced, macro


def _drawn_means(counts: LongInts, cells: AnyInts, draws: Draws) -> Reals:
    """Both means of each draw, float64 (resamples, 2)."""
    rng, images = np.random.default_rng(draws.seed), int(counts.sum())
    most = max(1, DRAWN_CELLS // len(counts))
    sizes = [min(most, draws.resamples - first) for first in range(0, draws.resamples, most)]
    drawn = (rng.multinomial(images, counts / images, size) for size in sizes)
    return np.concatenate([_class_means(block, cells) for block in drawn])


def _class_means(counts: LongInts, cells: AnyInts) -> Reals:
    """Mean recall and mean F1 of matrices: (R, 2) of their cells' counts (R, K) and places (K, 2)."""
    hits = cells[:, 0] == cells[:, 1]
    classes = int(cells.max()) + 1
    right, of_class, as_class = (
        _summed(part, places, classes)
        for part, places in ((counts * hits, cells[:, 0]), (counts, cells[:, 0]), (counts, cells[:, 1]))
    )
    kept = of_class > 0
    f1 = divided(2 * right, np.where(kept, of_class + as_class, 0))
    return np.concatenate([mean_of_known(divided(right, of_class)), mean_of_known(f1)], axis=1)


def _summed(counts: LongInts, places: AnyInts, classes: int) -> LongInts:
    """Sums (R, C) of the columns of counts (R, K) that belong to each class."""
    order = np.argsort(places, kind="stable")
    found, starts = np.unique(places[order], return_index=True)
    totals = np.zeros((len(counts), classes), np.int64)
    totals[:, found] = np.add.reduceat(counts[:, order], starts, axis=1)
    return totals
