"""Metrics of a segmentation: the confusion matrix and the figures read off it.

A confusion matrix `M` is int64 (C, C): `M[t, p]` counts the pixels whose truth is `t` and whose prediction is
`p`. Rows are the truth, columns are the prediction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import AnyInts, LongInts, Reals


def confusion_matrix(truth: AnyInts, predicted: AnyInts, classes: int) -> LongInts:
    """Counts the pixels of each pair of truth and prediction.

    Args:
        truth: class ids of any shape; ids that are not in 0..classes-1, such as 255, are not counted.
        predicted: class ids of the same shape, each in 0..classes-1 where the truth is counted.
        classes: number of classes C.

    Returns:
        int64 (C, C), rows = truth, columns = prediction.

    Raises:
        ValueError: the shapes differ, or a counted prediction is not a class.

    Example:
        >>> confusion_matrix(np.array([0, 0, 1, 255]), np.array([0, 1, 1, 0]), classes=2).tolist()
        [[1, 1], [0, 1]]
    """
    if truth.shape != predicted.shape:
        raise ValueError(
            f"Truth and prediction must have one shape, these are {truth.shape} and {predicted.shape}."
        )
    counted = (truth >= 0) & (truth < classes)
    rows, columns = truth[counted].astype(np.int64), predicted[counted].astype(np.int64)
    if columns.size and not 0 <= columns.min() <= columns.max() < classes:
        raise ValueError(
            f"Predictions must be in 0..{classes - 1}, these reach from {columns.min()} to {columns.max()}."
        )
    return np.bincount(rows * classes + columns, minlength=classes * classes).reshape(classes, classes)


def _share(part: LongInts, whole: LongInts) -> Reals:
    """Part over whole per class, nan where the whole is empty."""
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)


def class_iou(matrix: LongInts) -> Reals:
    """Intersection over union per class, 0-1 (C,): TP / (TP + FP + FN); nan for a class neither present nor
    predicted.

    Example:
        >>> class_iou(np.array([[1, 1], [0, 2]])).round(3).tolist()  # 1 of 2 pixels, 2 of 3
        [0.5, 0.667]
    """
    hits = np.diag(matrix)
    return _share(hits, matrix.sum(0) + matrix.sum(1) - hits)


def class_dice(matrix: LongInts) -> Reals:
    """Dice coefficient per class, 0-1 (C,): 2 TP / (2 TP + FP + FN); nan for a class neither present nor
    predicted.

    Example:
        >>> class_dice(np.array([[1, 1], [0, 2]])).round(3).tolist()  # 2 of 3, 4 of 5
        [0.667, 0.8]
    """
    return _share(2 * np.diag(matrix), matrix.sum(0) + matrix.sum(1))


def pixel_accuracy(matrix: LongInts) -> float:
    """Share of the counted pixels that are predicted right, 0-1; nan without pixels."""
    total = int(matrix.sum())
    return float(np.trace(matrix)) / total if total else float("nan")


def without_truth(matrix: LongInts, classes: Sequence[int]) -> LongInts:
    """The matrix as if pixels whose truth is one of the classes had not been counted; a prediction of such a
    class stays an error.
    """
    kept = matrix.copy()
    kept[list(classes)] = 0
    return kept


@dataclass(frozen=True)
class Evaluation:
    """Figures of one model on one set of pictures.

    Attributes:
        iou: class name -> intersection over union, 0-1, nan where no counted pixel is labelled so.
        dice: class name -> Dice coefficient, 0-1, nan where no counted pixel is labelled so.
        pixel_accuracy: share of the counted pixels that are right, 0-1.
        mean_iou: mean over the classes that are not nan.
        mean_dice: the same for Dice.
        pixels: number of counted pixels.
    """

    iou: Mapping[str, float]
    dice: Mapping[str, float]
    pixel_accuracy: float
    mean_iou: float
    mean_dice: float
    pixels: int


def _present_mean(values: Reals) -> float:
    """Mean without nan; nan if nothing is left."""
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")


def segmentation_metrics(
    matrix: LongInts, names: Sequence[str], ignored: Sequence[str] = ("void",)
) -> Evaluation:
    """Figures of a confusion matrix.

    Pixels whose truth is an ignored class are not counted, and the class is left out of every figure. A pixel
    of another class that is predicted as an ignored one stays an error. A class that the truth of no counted
    pixel has is nan and in no mean, also where it is predicted: the labels may not know it (IDD Lite has no
    `nature`). Such a prediction still counts against the class that was there.

    Args:
        matrix: int64 (C, C), rows = truth.
        names: the C class names.
        ignored: names of classes that say nothing; those that are not in `names` are skipped.

    Raises:
        ValueError: the matrix does not belong to the names.

    Example:
        >>> matrix = np.array([[1, 1, 0], [0, 2, 0], [5, 0, 0]])
        >>> figures = segmentation_metrics(matrix, ("road", "sky", "void"))
        >>> figures.pixels, figures.pixel_accuracy, round(figures.mean_iou, 3)  # truth "void" is not counted
        (4, 0.75, 0.583)
    """
    if matrix.shape != (len(names), len(names)):
        raise ValueError(
            f"{len(names)} classes need a matrix ({len(names)}, {len(names)}), this one is {matrix.shape}."
        )
    counted = without_truth(matrix, [index for index, name in enumerate(names) if name in ignored])
    kept = [index for index, name in enumerate(names) if name not in ignored]
    present = counted.sum(1) > 0
    iou, dice = (
        np.where(present, values, np.nan)[kept] for values in (class_iou(counted), class_dice(counted))
    )
    return Evaluation(
        iou={names[index]: float(value) for index, value in zip(kept, iou, strict=True)},
        dice={names[index]: float(value) for index, value in zip(kept, dice, strict=True)},
        pixel_accuracy=pixel_accuracy(counted),
        mean_iou=_present_mean(iou),
        mean_dice=_present_mean(dice),
        pixels=int(counted.sum()),
    )
