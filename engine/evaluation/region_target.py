"""Target of a region of an image, such as one that is predicted wrongly, whatever the size of the output."""

from dataclasses import dataclass

import numpy as np

from engine.arrays import Bools, Floats
from engine.errors import TargetError
from engine.targets import Entries, Target


@dataclass(frozen=True, eq=False)
class RegionContrast(Target):
    """Why a region is taken for one class rather than another: the mean over its pixels of the score of the
    first less that of the second, where the output is spread over the image bilinearly. It is linear in the
    output all the same: each place of it counts as much as it gives to the region.

    Attributes:
        index: class that counts for it, such as the predicted one.
        versus: class that counts against it, such as the true one.
        mask: bool (a, b), the pixels of the region in its bounding box.
        corner_rc: row and column of the first pixel of the box.
        size_hw: height and width of the image in pixels, whatever the size of the output.

    Example:
        >>> region = RegionContrast(1, 0, np.array([[True]]), (0, 1), (1, 4))  # the second pixel of four
        >>> places, weights = region.entries((1, 2, 2))  # two outputs: it lies a quarter on the way
        >>> places.tolist(), weights.tolist()
        ([1, 3, 0, 2], [0.75, 0.25, -0.75, -0.25])
    """

    index: int
    versus: int
    mask: Bools
    corner_rc: tuple[int, int]
    size_hw: tuple[int, int]

    def __post_init__(self) -> None:
        if not self.mask.any():
            raise TargetError("The zone is empty: please select another one.")
        inside = all(
            first >= 0 and first + length <= size
            for first, length, size in zip(self.corner_rc, self.mask.shape, self.size_hw, strict=True)
        )
        if self.mask.dtype != bool or not inside:
            raise TargetError(
                "A zone is a bool mask (height, width); received {shape}.", shape=self.mask.shape
            )

    @property
    def masks(self) -> tuple[Bools, ...]:
        whole = np.zeros(self.size_hw, bool)
        (row, column), (height, width) = self.corner_rc, self.mask.shape
        whole[row : row + height, column : column + width] = self.mask
        return (whole,)

    def entries(self, shape: tuple[int, ...]) -> Entries:
        if len(shape) != 3 or not all(0 <= one < shape[-1] for one in (self.index, self.versus)):
            raise TargetError(
                "The zone was made on an output of {zone}, the model gives {shape}. Please select "
                "the zone again.",
                zone=self.size_hw,
                shape=shape,
            )
        down, across = (
            _spread(length, size)[first : first + part]
            for length, size, first, part in zip(
                shape[:2], self.size_hw, self.corner_rc, self.mask.shape, strict=True
            )
        )
        share = (down.T @ self.mask @ across / self.mask.sum()).ravel()
        pixels = np.flatnonzero(share)
        flat = np.concatenate([pixels * shape[-1] + one for one in (self.index, self.versus)])
        weights = share[pixels].astype(np.float32)
        return flat.astype(np.int64), np.concatenate([weights, -weights])


def _spread(length: int, size: int) -> Floats:
    """float32 (size, length): what each of ``length`` places of an output gives to each of ``size`` pixels
    when it is resized bilinearly.
    """
    import cv2  # pages need only the words of this module

    each = np.eye(length, dtype=np.float32)
    return np.asarray(cv2.resize(each, (length, size), interpolation=cv2.INTER_LINEAR), np.float32)
