"""Where segmentations are wrong: two models against a truth pixel by pixel, and connected wrong regions."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from engine.arrays import AnyInts, Bools, Bytes, Ints, LongInts


class ErrorKind(IntEnum):
    """What two models make of a pixel."""

    BOTH_RIGHT = 0
    ONLY_FIRST_RIGHT = 1
    ONLY_SECOND_RIGHT = 2
    ALIKE_WRONG = 3
    DIFFERENTLY_WRONG = 4
    IGNORED = 5


def error_map(truth: AnyInts, first: AnyInts, second: AnyInts, classes: int) -> Bytes:
    """What two models make of each pixel, uint8 (H, W), an ``ErrorKind``.

    Args:
        truth: class ids (H, W); those that are not in 0..classes-1, such as 255, are ignored.
        first: class ids (H, W) of the first model.
        second: class ids (H, W) of the second model.
        classes: number of classes.

    Raises:
        ValueError: the shapes differ.

    Example:
        >>> truth, first, second = np.array([[0, 0, 0, 0, 0, 255], [0, 0, 1, 1, 1, 0], [0, 1, 0, 1, 2, 0]])
        >>> error_map(truth, first, second, 3).tolist()
        [0, 1, 2, 3, 4, 5]
    """
    if not truth.shape == first.shape == second.shape:
        raise ValueError(f"Masks must have one size: {truth.shape}, {first.shape}, {second.shape}.")
    rights = (first == truth) + 2 * (second == truth).astype(np.uint8)
    by_rights = np.array(
        [
            ErrorKind.DIFFERENTLY_WRONG,
            ErrorKind.ONLY_FIRST_RIGHT,
            ErrorKind.ONLY_SECOND_RIGHT,
            ErrorKind.BOTH_RIGHT,
        ],
        np.uint8,
    )
    found: Bytes = by_rights[rights]
    found[(rights == 0) & (first == second)] = ErrorKind.ALIKE_WRONG
    found[(truth < 0) | (truth >= classes)] = ErrorKind.IGNORED
    return found


def error_counts(kinds: Bytes) -> LongInts:
    """Pixels of each ``ErrorKind`` in an error map, int64 (6,); they add up over images."""
    return np.bincount(kinds.ravel(), minlength=len(ErrorKind))


@dataclass(frozen=True)
class WrongRegion:
    """Connected pixels of one true class that are predicted as one other; diagonal neighbours connect.

    Attributes:
        number: its value in ``WrongRegions.labels``, from 1 for the largest.
        area: in pixels.
        true: index of the class that it is.
        predicted: index of the class that it is taken for.
        box: first row, first column, and the row and column after the last.
        centroid_rc: mean (row, column), in pixels; it may lie outside.
    """

    number: int
    area: int
    true: int
    predicted: int
    box: tuple[int, int, int, int]
    centroid_rc: tuple[float, float]


@dataclass(frozen=True, eq=False)
class WrongRegions:
    """The largest wrong regions of an image.

    Attributes:
        regions: largest first; of equal ones the upper, then the left one.
        labels: int32 (H, W), the number of the region of each pixel, 0 where there is none.
        total: number of wrong regions, also of those that are not listed.
        wrong_pixels: of all of them.
    """

    regions: tuple[WrongRegion, ...]
    labels: Ints
    total: int
    wrong_pixels: int

    def mask(self, number: int) -> Bools:
        """The pixels of a region, bool (H, W)."""
        return self.labels == number


def wrong_regions(
    truth: AnyInts, predicted: AnyInts, classes: int, least: int = 1, most: int = 100
) -> WrongRegions:
    """Connected wrong regions of a prediction.

    Args:
        truth: class ids (H, W); those that are not in 0..classes-1, such as 255, are ignored.
        predicted: class ids (H, W).
        classes: number of classes.
        least: area of the smallest region that is listed, in pixels.
        most: number of regions that are listed.

    Raises:
        ValueError: the shapes differ.

    Example:
        >>> truth = np.zeros((4, 6), int)
        >>> predicted = truth.copy()
        >>> predicted[1:3, 2:5] = 2
        >>> region, = wrong_regions(truth, predicted, 3).regions
        >>> region.area, (region.true, region.predicted), region.box, region.centroid_rc
        (6, (0, 2), (1, 2, 3, 5), (1.5, 3.0))
    """
    from skimage.measure import label  # takes long to import, and pages name this module

    if truth.shape != predicted.shape or truth.ndim != 2:
        raise ValueError(f"Expected two masks of one size, received {truth.shape} and {predicted.shape}.")
    wrong = (truth >= 0) & (truth < classes) & (predicted != truth)
    pairs = np.where(wrong, truth.astype(np.int32) * 65_536 + predicted + 1, 0)
    connected = label(pairs, background=0, connectivity=2)
    areas = np.bincount(connected.ravel())[1:]
    order = np.argsort(-areas, kind="stable")
    order = order[areas[order] >= least][:most]
    numbers = np.zeros(len(areas) + 1, np.int32)
    numbers[order + 1] = np.arange(1, len(order) + 1)
    labels: Ints = numbers[connected]
    return WrongRegions(_described(labels, truth, predicted), labels, len(areas), int(wrong.sum()))


def _described(labels: Ints, truth: AnyInts, predicted: AnyInts) -> tuple[WrongRegion, ...]:
    """Regions of labels 1, 2, ... without gaps."""
    from scipy.ndimage import find_objects

    rows, columns = np.nonzero(labels)
    of_pixel = labels[rows, columns]
    areas, down, right = (np.bincount(of_pixel, weights) for weights in (None, rows, columns))
    _, first = np.unique(of_pixel, return_index=True)
    pairs = zip(truth[rows[first], columns[first]], predicted[rows[first], columns[first]], strict=True)
    return tuple(
        WrongRegion(
            number=number,
            area=(area := int(areas[number])),
            true=int(pair[0]),
            predicted=int(pair[1]),
            box=(box[0].start, box[1].start, box[0].stop, box[1].stop),
            centroid_rc=(float(down[number]) / area, float(right[number]) / area),
        )
        for number, (box, pair) in enumerate(zip(find_objects(labels), pairs, strict=True), start=1)
    )
