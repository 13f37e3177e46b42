"""A folder of class folders as batches to learn from and batches to validate on."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from training.classify.pictures import find_classes, label_names, read_rgb, share_of, squared
from training.tune.settings import TuneError, TuneSettings


@dataclass(frozen=True)
class Split:
    """Pictures by what they are for.

    Attributes:
        labels: names of the classes, in the order of the outputs.
        train: path and index of the class of each picture that is learnt.
        validation: the same for those that decide.
    """

    labels: list[str]
    train: list[tuple[Path, int]]
    validation: list[tuple[Path, int]]


def split(classes: Mapping[str, list[Path]], share: float) -> Split:
    """Keeps a share of each class aside, at least one picture, by a hash of the file names.

    Raises:
        TuneError: a class has one picture only.
    """
    train: list[tuple[Path, int]] = []
    validation: list[tuple[Path, int]] = []
    for index, (name, paths) in enumerate(classes.items()):
        if len(paths) < 2:
            raise TuneError(
                f"The class {name!r} has one picture; each class needs at least two, one to learn "
                "from and one to validate on."
            )
        ordered = sorted(paths, key=lambda path: share_of(path.stem))
        kept = min(len(paths) - 1, max(1, round(share * len(paths))))
        validation += [(path, index) for path in ordered[:kept]]
        train += [(path, index) for path in ordered[kept:]]
    return Split(label_names(list(classes)), train, validation)


def read_split(settings: TuneSettings) -> Split:
    """The pictures of a search.

    Raises:
        ConfigError: the folder has no classes.
        TuneError: a class has one picture only.
    """
    return split(find_classes(settings.data), settings.validation)


def dataset(pictures: list[tuple[Path, int]], settings: TuneSettings, shuffle: bool) -> Any:
    """A data set of RGB 0-255 float32 (B, size, size, 3) and class indices (B,)."""

    def read(path: bytes) -> np.ndarray:
        return squared(read_rgb(Path(path.decode())), settings.size).astype(np.float32)

    def load(path: Any, label: Any) -> tuple[Any, Any]:
        pixels = tf.numpy_function(read, [path], tf.float32)
        return tf.ensure_shape(pixels, (settings.size, settings.size, 3)), label

    paths, labels = [str(path) for path, _ in pictures], [label for _, label in pictures]
    found = tf.data.Dataset.from_tensor_slices((paths, labels))
    found = found.shuffle(len(paths), seed=settings.seed) if shuffle else found
    return found.map(load, num_parallel_calls=2).batch(settings.batch).prefetch(2)
