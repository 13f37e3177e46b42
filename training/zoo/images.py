"""Labelled images in memory at the size at which a network of the zoo learns, and batches of them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from engine.arrays import Bytes, Pixels
from model_store.base.label_maps import CATEGORY_NAMES
from training.common.config import ConfigError
from training.segment.config import DataSource
from training.segment.measure import resized
from training.segment.sources import LabelledPicture, find_labelled, learnt_labels, read_pixels
from training.zoo.augment import augmented, find_augmentation
from training.zoo.config import ZooConfig, ZooShape

PART_NAMES = {"train": "train", "select": "validation", "report": "test"}
MOST_WATCHED = 64
"""Images of the validation part that are looked at after each epoch, spread evenly."""


@dataclass(frozen=True, eq=False)
class LabelledArrays:
    """Images RGB 0-255 (N, H, W, 3) and categories (N, H, W), 255 where they are not known or void."""

    pixels: Pixels
    labels: Bytes

    def __len__(self) -> int:
        return len(self.pixels)


def find_parts(sources: Sequence[DataSource], data: Path) -> dict[str, tuple[LabelledPicture, ...]]:
    """The images of each part: `train`, `select` and `report`.

    Raises:
        ConfigError: nothing is left to learn from, to watch or to report on.
    """
    found: dict[str, list[LabelledPicture]] = {part: [] for part in PART_NAMES}
    for source in sources:
        for sample in find_labelled(source, data):
            found[sample.part].append(sample)
    if empty := [PART_NAMES[part] for part, samples in found.items() if not samples]:
        raise ConfigError(
            f"There is no image for the part {empty[0]!r}: name some under `select` and `report` of "
            "[[sources]], or give `select_share` and `report_share`."
        )
    return {part: tuple(samples) for part, samples in found.items()}


def images_digest(samples: Sequence[LabelledPicture]) -> str:
    """Of the sources and names of some images."""
    names = "\n".join(f"{sample.source.name}/{sample.stem}" for sample in samples)
    return hashlib.sha256(names.encode()).hexdigest()[:16]


def load_labelled(samples: Sequence[LabelledPicture], size_hw: tuple[int, int]) -> LabelledArrays:
    """Images and labels at a size; labels stay ids. The runs of a grid read them once."""
    return _load(tuple(_Read(sample) for sample in samples), size_hw)


class _Read:
    """A labelled image, known by its files."""

    def __init__(self, sample: LabelledPicture) -> None:
        self.sample, self._files = sample, (sample.picture, sample.label, sample.source.mapping)

    def __hash__(self) -> int:
        return hash(self._files)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Read) and other._files == self._files


@lru_cache(maxsize=2)
def _load(found: tuple[_Read, ...], size_hw: tuple[int, int]) -> LabelledArrays:
    pixels = np.stack([resized(read_pixels(one.sample), size_hw) for one in found])
    labels = np.stack([_small_labels(learnt_labels(one.sample), size_hw) for one in found])
    return LabelledArrays(pixels, labels)


def _small_labels(labels: Bytes, size_hw: tuple[int, int]) -> Bytes:
    return np.asarray(cv2.resize(labels, size_hw[::-1], interpolation=cv2.INTER_NEAREST_EXACT), np.uint8)


def watched(samples: Sequence[LabelledPicture]) -> tuple[LabelledPicture, ...]:
    """At most `MOST_WATCHED` of some images, spread evenly."""
    places = np.unique(np.linspace(0, len(samples) - 1, MOST_WATCHED).round().astype(int))
    return tuple(samples[place] for place in places)


def class_weights(labels: Bytes, power: float) -> tuple[float, ...]:
    """Inverse frequencies of the categories to a power; a category without a pixel has the mean of others."""
    counts = np.bincount(labels.ravel(), minlength=256)[: len(CATEGORY_NAMES)].astype(float)
    known = counts > 0
    weights = np.where(known, (counts.sum() / np.maximum(counts, 1)) ** power, 0.0)
    weights[~known] = weights[known].mean() if known.any() else 1.0
    return tuple(float(weight) for weight in weights)


def numbered_batch(images: LabelledArrays, config: ZooConfig, number: int) -> tuple[Pixels, Bytes]:
    """The batch of a number: it depends on seed and number alone.

    Each time through the images has an order of its own.
    """
    shape, rng = config.zoo, np.random.default_rng([config.seed, number])
    change = find_augmentation(shape.augmentation)
    chosen = [_place(len(images), config, number * shape.batch + place) for place in range(shape.batch)]
    pairs = [augmented(images.pixels[place], images.labels[place], change, rng) for place in chosen]
    pixels, labels = (np.stack(parts) for parts in zip(*pairs, strict=True))
    return pixels, labels


def _place(count: int, config: ZooConfig, draw: int) -> int:
    """The image of a draw, counted over the whole training."""
    turn, place = divmod(draw, count)
    return int(np.random.default_rng([config.seed, 1, turn]).permutation(count)[place])


def steps_of(shape: ZooShape, images: int) -> int:
    """Steps of an epoch."""
    return shape.steps or -(-images // shape.batch)
