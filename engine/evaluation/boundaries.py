"""Figures along the borders of a segmentation: boundary IoU, and accuracy in a band around true borders.

Boundary IoU: Cheng 2021, https://arxiv.org/abs/2103.16562. The boundary of a mask is what an erosion by `d`
steps of 3 x 3 takes off, with nothing outside the image; `d` is a share of the diagonal, at least 1 pixel.
Cheng has 0.02 for COCO and 0.005 for Cityscapes. A zone that is thin is all boundary: there it is the IoU.

Accuracy in a band: Kohli 2009, https://doi.org/10.1007/s11263-008-0202-0 (a trimap). Only borders between two
classes of the truth count, not the frame of the image.

Pixels that are ignored are counted nowhere, and where a zone meets them there is no border. All counts add
up over images.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import AnyInts, Bools, Bytes, LongInts

RATIOS = (0.005, 0.02)
IGNORED = 255


@dataclass(frozen=True, eq=False)
class BoundaryCounts:
    """Pixels along borders, of one image or summed over some; int64 (R, C) each, R ratios.

    Attributes:
        ratios: widths as shares of the diagonal.
        intersection: in both boundaries of a class, that of the truth and that of the prediction.
        union: in either.
        truth: in that of the truth.
        band_right: within the width of a true border, of the class and right.
        band: within the width of a true border, of the class.
    """

    ratios: tuple[float, ...]
    intersection: LongInts
    union: LongInts
    truth: LongInts
    band_right: LongInts
    band: LongInts

    def __add__(self, other: "BoundaryCounts") -> "BoundaryCounts":
        if self.ratios != other.ratios:
            raise ValueError(f"Widths differ: {self.ratios} and {other.ratios}.")
        return BoundaryCounts(
            self.ratios,
            self.intersection + other.intersection,
            self.union + other.union,
            self.truth + other.truth,
            self.band_right + other.band_right,
            self.band + other.band,
        )


def boundary_width(size_hw: tuple[int, int], ratio: float) -> int:
    """Width of a boundary in pixels: a share of the diagonal, rounded, at least 1.

    Example:
        >>> boundary_width((512, 1024), 0.02), boundary_width((20, 20), 0.005)
        (23, 1)
    """
    return max(1, round(ratio * float(np.hypot(*size_hw))))


def boundary_counts(
    truth: AnyInts, predicted: AnyInts, classes: int, ratios: Sequence[float] = RATIOS
) -> BoundaryCounts:
    """Counts along the borders of one image.

    Args:
        truth: class ids (H, W), those that are not in 0..classes-1, such as 255, are ignored.
        predicted: class ids (H, W), each in 0..classes-1 where the truth is counted.
        classes: number of classes C, at most 255.
        ratios: widths as shares of the diagonal.

    Raises:
        ValueError: the shapes differ, there are too many classes, or a counted prediction is no class.

    Example:
        >>> truth = np.zeros((8, 8), np.uint8)
        >>> truth[2:6, 2:6] = 1
        >>> found = boundary_counts(truth, np.roll(truth, 1, axis=1), 2, [0.1])  # the square, 1 pixel right
        >>> found.intersection[0, 1], found.union[0, 1]  # rings of 12 pixels; 6 are in both
        (np.int64(6), np.int64(18))
    """
    if truth.shape != predicted.shape or truth.ndim != 2:
        raise ValueError(f"Expected two masks of one size, received {truth.shape} and {predicted.shape}.")
    if classes > IGNORED:
        raise ValueError(f"At most {IGNORED} classes can be told apart, received {classes}.")
    counted = (truth >= 0) & (truth < classes)
    if (chosen := predicted[counted]).size and not 0 <= chosen.min() <= chosen.max() < classes:
        raise ValueError(f"Predictions must be in 0..{classes - 1}.")
    masks = [np.where(counted, mask, IGNORED).astype(np.uint8) for mask in (truth, predicted)]
    found = [_of_width(masks[0], masks[1], classes, boundary_width(truth.shape, ratio)) for ratio in ratios]
    return BoundaryCounts(tuple(ratios), *np.array(found, np.int64).reshape(-1, 5, classes).swapaxes(0, 1))


def _of_width(truth: Bytes, predicted: Bytes, classes: int, width: int) -> list[LongInts]:
    """Intersection, union, truth, right in the band, band: each (C,)."""
    band, other = (near_border(mask, width) for mask in (truth, predicted))
    frame = _frame(truth.shape, width)
    right, counted = truth == predicted, truth != IGNORED
    in_truth, in_prediction = (band | frame) & counted, (other | frame) & counted
    intersection = _per_class(truth, in_truth & in_prediction & right, classes)
    in_class = _per_class(truth, in_truth, classes)
    near = band & counted
    return [
        intersection,
        in_class + _per_class(predicted, in_prediction, classes) - intersection,
        in_class,
        _per_class(truth, near & right, classes),
        _per_class(truth, near, classes),
    ]


def near_border(mask: Bytes, width: int) -> Bools:
    """Where a square of `width` pixels to each side has another class, bool (H, W).

    Args:
        mask: class ids (H, W); 255 is like any class.
        width: in pixels.
    """
    import cv2  # pages name this module

    square = np.ones((2 * width + 1,) * 2, np.uint8)
    least = cv2.erode(mask, square)  # outside the image nothing is less...
    most = cv2.dilate(np.where(mask == IGNORED, 0, mask), square)  # ...and nothing more
    return np.asarray((least != IGNORED) & (least < most) & (mask != IGNORED), np.bool_)


def _frame(size_hw: tuple[int, ...], width: int) -> Bools:
    """The pixels less than `width` from outside the image: a padding of 0 erodes them."""
    frame = np.ones(size_hw, np.bool_)
    frame[width:-width, width:-width] = False
    return frame


def _per_class(mask: Bytes, kept: Bools, classes: int) -> LongInts:
    return np.bincount(mask[kept], minlength=classes)[:classes]
