"""Parts of pictures that activate a channel most."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats, Ints, Pixels
from engine.images.picture import Picture
from engine.model import ReceptiveField

MOST = 4


@dataclass(frozen=True, eq=False)
class Peaks:
    """Places of one picture where each of K channels answers most.

    Attributes:
        values: float32 (K,), activation there.
        places: int32 (K, 2), row and column on the layer's grid.
        grid_hw: rows and columns of that grid.
        field: how far a cell sees.
    """

    values: Floats
    places: Ints
    grid_hw: tuple[int, int]
    field: ReceptiveField

    def box(self, channel: int) -> tuple[float, float, float, float]:
        """Top, left, bottom, right of what the cell sees, as shares of height and width, 0-1."""
        row, column = (
            (place + 0.5) / cells for place, cells in zip(self.places[channel], self.grid_hw, strict=True)
        )
        up, left, down, right = self.field
        ends = row - up, column - left, row + down, column + right
        top, first, bottom, last = (min(max(float(end), 0.0), 1.0) for end in ends)
        return top, first, bottom, last


@dataclass(frozen=True, eq=False)
class ActivatingPatch:
    """A part of a picture that activates a channel.

    Attributes:
        pixels: uint8 (H, W, 3), the part.
        activation: of the cell that sees it.
        name: of the picture.
        whole: whether it is the whole picture.
    """

    pixels: Pixels
    activation: float
    name: str
    whole: bool


def channel_peaks(activation: Floats, field: ReceptiveField) -> Peaks:
    """The largest activation of each channel.

    Args:
        activation: float32 (h, w, K).
        field: how far a cell sees.

    Example:
        >>> activation = np.array([[[1, 0], [2, 5]]], np.float32)  # one row of two cells, two channels
        >>> peaks = channel_peaks(activation, (0.5, 0.25, 0.5, 0.25))  # a cell sees half of the picture
        >>> peaks.values.tolist(), peaks.places.tolist(), peaks.box(1)
        ([2.0, 5.0], [[0, 1], [0, 1]], (0.0, 0.5, 1.0, 1.0))
    """
    rows, columns, channels = activation.shape
    flat = activation.reshape(-1, channels)
    best = flat.argmax(axis=0)
    places = np.stack(np.unravel_index(best, (rows, columns)), axis=-1).astype(np.int32)
    return Peaks(flat[best, np.arange(channels)], places, (rows, columns), field)


def best_patches(
    found: Sequence[tuple[Picture, Peaks]], channel: int, most: int = MOST
) -> list[ActivatingPatch]:
    """The patches that activate a channel most, at most one of each picture, the strongest first; none that
    leaves it silent.
    """
    order = sorted(found, key=lambda pair: -float(pair[1].values[channel]))[:most]
    lowest = min((float(peaks.values[channel]) for _, peaks in found), default=0.0)
    return [
        _patch(picture, peaks, channel) for picture, peaks in order if peaks.values[channel] > 0 or lowest < 0
    ]


def _patch(picture: Picture, peaks: Peaks, channel: int) -> ActivatingPatch:
    height, width = picture.size_hw
    top, left, bottom, right = peaks.box(channel)
    rows = slice(int(top * height), max(round(bottom * height), int(top * height) + 1))
    columns = slice(int(left * width), max(round(right * width), int(left * width) + 1))
    whole = (top, left, bottom, right) == (0, 0, 1, 1)
    return ActivatingPatch(picture.pixels[rows, columns], float(peaks.values[channel]), picture.name, whole)
