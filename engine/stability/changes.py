"""THE table of changes of an image that should keep what a model sees, and of how maps are laid back."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from engine.arrays import AnyFloats, Pixels, Reals

NOISE = 5.0
"""Standard deviation of the noise, of 255."""
BRIGHTER = 1.1
FLATTER = 0.85
QUALITY = 50
BLUR = 0.004
"""Radius of the blur as a share of the image's width."""
SHIFT = 1 / 16
"""Of the image's width, to the right."""
BALL = 5.0
"""Greatest change of a value in the small ball, of 255."""
FINE = 16
"""Places of a fine grid for each cell, on which maps are moved."""

Apply = Callable[[Pixels, np.random.Generator], Pixels]


@dataclass(frozen=True)
class Change:
    """A change of an image.

    Attributes:
        key: its name in results.
        title: for people.
        what: what is done, with its strength.
        apply: makes the changed image, uint8 (H, W, 3), of the same size.
        shift: share of the width by which things move to the right.
        flips: whether left and right change places.
        chance: whether another seed gives another image.
    """

    key: str
    title: str
    what: str
    apply: Apply
    shift: float = 0.0
    flips: bool = False
    chance: bool = False

    def laid_back(self, values: AnyFloats) -> Reals:
        """float64, as fine as it takes: a map of the changed image where its places lie in the original, NaN
        where nothing is known.

        Args:
            values: (rows, columns), of the changed image.

        Example:
            >>> CHANGES["flip"].laid_back(np.array([[1.0, 2.0]])).tolist()
            [[2.0, 1.0]]
        """
        found = np.asarray(values, np.float64)
        if self.flips:
            found = found[:, ::-1]
        if not self.shift:
            return found
        fine = np.repeat(found, FINE, axis=1)
        moved = round(self.shift * fine.shape[1])
        return np.concatenate([fine[:, moved:], np.full((len(fine), moved), np.nan)], axis=1)


def _noise(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    return _clipped(pixels + rng.normal(0, NOISE, pixels.shape))


def _ball(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    return _clipped(pixels + rng.uniform(-BALL, BALL, pixels.shape))


def _brighter(pixels: Pixels, _rng: np.random.Generator) -> Pixels:
    return _clipped(pixels * BRIGHTER)


def _flatter(pixels: Pixels, _rng: np.random.Generator) -> Pixels:
    mean = pixels.mean(axis=(0, 1))
    return _clipped(mean + FLATTER * (pixels - mean))


def _jpeg(pixels: Pixels, _rng: np.random.Generator) -> Pixels:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=QUALITY)
    return np.asarray(Image.open(file).convert("RGB"))


def _blur(pixels: Pixels, _rng: np.random.Generator) -> Pixels:
    radius = max(BLUR * pixels.shape[1], 0.5)
    return np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(radius)))


def _shifted(pixels: Pixels, _rng: np.random.Generator) -> Pixels:
    moved = round(SHIFT * pixels.shape[1])
    return np.concatenate([np.repeat(pixels[:, :1], moved, axis=1), pixels[:, : pixels.shape[1] - moved]], 1)


def _flipped(pixels: Pixels, _rng: np.random.Generator) -> Pixels:
    return np.ascontiguousarray(pixels[:, ::-1])


def _clipped(values: AnyFloats) -> Pixels:
    return np.clip(np.round(values), 0, 255).astype(np.uint8)


ROWS = (
    Change("noise", "Noise", "normal noise, standard deviation 5 of 255", _noise, chance=True),
    Change("brightness", "Brightness", "10 % brighter", _brighter),
    Change("contrast", "Contrast", "15 % less contrast", _flatter),
    Change("jpeg", "JPEG", "compressed as JPEG of quality 50", _jpeg),
    Change("blur", "Blur", "blurred over 0.4 % of the width", _blur),
    Change("shift", "Shift", "moved right by 1/16 of the width", _shifted, shift=SHIFT),
    Change("flip", "Flip", "left and right swapped", _flipped, flips=True),
)
CHANGES: dict[str, Change] = {change.key: change for change in ROWS}
IN_BALL = Change("ball", "Small ball", "each value changed by at most 5 of 255", _ball, chance=True)
"""What max-sensitivity draws; not one of the changes that are averaged."""
