"""Sets of random changes of images and their labels, as rows of a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np

from engine.arrays import Bytes, Pixels
from model_store.base.label_maps import IGNORED
from training.common.config import ConfigError


@dataclass(frozen=True)
class Augmentation:
    """A set; each number is the largest change, drawn evenly, and 0 leaves things as they are.

    Attributes:
        flip: whether half of the images are mirrored.
        degrees: of rotation.
        shift: share of a side.
        zoom: relative change of size.
        stretch: relative change of the width alone.
        light: relative change of brightness and of contrast.
        gamma: exponent of e in the gamma.
        one_of: whether light and gamma take turns.
    """

    flip: bool = False
    degrees: float = 0.0
    shift: float = 0.0
    zoom: float = 0.0
    stretch: float = 0.0
    light: float = 0.0
    gamma: float = 0.0
    one_of: bool = False


AUGMENTATIONS: Mapping[str, Augmentation] = MappingProxyType(
    {
        "none": Augmentation(),
        "flip-rotate-light": Augmentation(flip=True, degrees=15, light=0.2),
        "flip-light": Augmentation(flip=True, light=0.2, gamma=0.2, one_of=True),
        "shape": Augmentation(degrees=15, shift=0.1, zoom=0.2, stretch=0.2),
    }
)
"""`flip-rotate-light` and `flip-light` are note 003's two sets (its third was found by a search of policies,
and was by far the worst); `shape` is note 001's: rotation, shift, zoom, stretch."""


def find_augmentation(key: str) -> Augmentation:
    """The set of a key.

    Raises:
        ConfigError: there is none.
    """
    if key not in AUGMENTATIONS:
        raise ConfigError(f"There is no augmentation {key!r}; write one of {', '.join(AUGMENTATIONS)}.")
    return AUGMENTATIONS[key]


def augmented(
    pixels: Pixels, labels: Bytes, change: Augmentation, rng: np.random.Generator
) -> tuple[Pixels, Bytes]:
    """An image (H, W, 3) and its labels (H, W), moved alike; labels stay ids, and are 255 outside."""
    if change.flip and rng.random() < 0.5:
        pixels, labels = np.ascontiguousarray(pixels[:, ::-1]), np.ascontiguousarray(labels[:, ::-1])
    if change.degrees or change.shift or change.zoom or change.stretch:
        pixels, labels = _moved(pixels, labels, change, rng)
    return _lit(pixels, change, rng), labels


def _moved(
    pixels: Pixels, labels: Bytes, change: Augmentation, rng: np.random.Generator
) -> tuple[Pixels, Bytes]:
    height, width = labels.shape
    matrix = cv2.getRotationMatrix2D(
        ((width - 1) / 2, (height - 1) / 2),
        rng.uniform(-1, 1) * change.degrees,
        1 + rng.uniform(-1, 1) * change.zoom,
    )
    matrix[0] *= 1 + rng.uniform(-1, 1) * change.stretch
    matrix[:, 2] = matrix[:, 2] + rng.uniform(-1, 1, 2) * change.shift * np.array([width, height])
    size = (width, height)
    moved = cv2.warpAffine(pixels, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    ids = cv2.warpAffine(
        labels,
        matrix,
        size,
        flags=cv2.INTER_NEAREST,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(IGNORED,) * 4,
    )
    return np.asarray(moved, np.uint8), np.asarray(ids, np.uint8)


def _lit(pixels: Pixels, change: Augmentation, rng: np.random.Generator) -> Pixels:
    """The image in other light, by one table of 256 values."""
    ramp = np.arange(256) / 255
    turn = rng.random() < 0.5
    if change.gamma and (turn or not change.one_of):
        ramp = ramp ** np.exp(rng.uniform(-1, 1) * change.gamma)
    if change.light and not (turn and change.one_of):
        bright, contrast = 1 + rng.uniform(-1, 1, 2) * change.light
        middle = float(pixels.mean()) / 255
        ramp = ((ramp - middle) * contrast + middle) * bright
    return np.asarray(np.clip(np.rint(ramp * 255), 0, 255).astype(np.uint8)[pixels])
