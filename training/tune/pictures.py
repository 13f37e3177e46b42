"""A folder of class folders, or a list, as batches to learn from and batches to validate on."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from training.classify.pictures import find_classes, label_names, read_rgb, share_of, squared
from training.tune.settings import TuneError, TuneSettings

Labelled = list[tuple[Path, int]]
"""Path of each picture, and index of its class."""


def image_name(path: Path) -> str:
    """Name of a file with that of its folder, which is its class."""
    return f"{path.parent.name}/{path.name}"


class HeldOut:
    """Pictures that are asked about once, after everything was chosen."""

    def __init__(self, pictures: Labelled) -> None:
        self._pictures, self._taken = pictures, False

    def __len__(self) -> int:
        return len(self._pictures)

    @property
    def names(self) -> list[str]:
        """Names of the files, for digests; nothing is read."""
        return [image_name(path) for path, _ in self._pictures]

    def take(self) -> Labelled:
        """The pictures, for the one look.

        Raises:
            TuneError: they were taken before.
        """
        if self._taken:
            raise TuneError("The test part was looked at already; a second look would choose by it.")
        self._taken = True
        return self._pictures


@dataclass(frozen=True)
class Split:
    """Pictures by what they are for.

    Attributes:
        labels: names of the classes, in the order of the outputs.
        train: those that are learnt.
        validation: those that decide.
        test: those that are asked about once.
    """

    labels: list[str]
    train: Labelled
    validation: Labelled
    test: HeldOut

    @property
    def digests(self) -> dict[str, str]:
        """Part -> hex sha256 of the names of its files."""
        named = {
            "train": [image_name(path) for path, _ in self.train],
            "validation": [image_name(path) for path, _ in self.validation],
            "test": self.test.names,
        }
        return {part: hashlib.sha256("\n".join(names).encode()).hexdigest() for part, names in named.items()}


def split(classes: Mapping[str, list[Path]], validation: float, test: float = 0.0) -> Split:
    """Keeps shares of each class aside, at least one picture for each part, by a hash of the file names.

    Raises:
        TuneError: a class has too few pictures.
    """
    parts: tuple[Labelled, Labelled, Labelled] = ([], [], [])
    least = 3 if test else 2
    for index, (name, paths) in enumerate(classes.items()):
        if len(paths) < least:
            raise TuneError(
                f"The class {name!r} has {len(paths)} pictures; each class needs at least {least}, so that "
                "there is one to learn from and one for each other part."
            )
        ordered = [(path, index) for path in sorted(paths, key=lambda path: share_of(path.stem))]
        asked = max(1, round(test * len(paths))) if test else 0
        decide = min(len(paths) - asked - 1, max(1, round(validation * len(paths))))
        ends = (0, asked, asked + decide, len(ordered))
        for part, first, last in zip((parts[2], parts[1], parts[0]), ends, ends[1:], strict=False):
            part += ordered[first:last]
    return Split(label_names(list(classes)), parts[0], parts[1], HeldOut(parts[2]))


def read_split(settings: TuneSettings) -> Split:
    """The pictures of a search.

    Raises:
        ConfigError: the folder has no classes.
        TuneError: a class has too few pictures, or a class that is asked for is not there.
    """
    if settings.data.is_file():
        return split_of_list(settings)
    classes = find_classes(settings.data)
    missing = [name for name in settings.classes if name not in classes]
    if missing:
        raise TuneError(f"There is no folder {missing[0]!r}; there are {', '.join(list(classes)[:20])}.")
    kept = {
        name: files for name, files in classes.items() if not settings.classes or name in settings.classes
    }
    fewer = {
        name: sorted(files, key=lambda path: share_of(f"most {path.stem}"))[: settings.most or None]
        for name, files in kept.items()
    }
    return split(fewer, settings.validation, settings.test)


def split_of_list(settings: TuneSettings) -> Split:
    """Pictures of a list in JSON: {"labels": [name, ...], "items": [[path, class, part], ...]}.

    Those of the part `test` are the test part where there are any; likewise `validation`; what is left is
    divided by the shares of the settings.

    Raises:
        TuneError: it is no such list, or a class has too few pictures.
    """
    try:
        said = json.loads(settings.data.read_text("utf-8"))
        labels = [str(name) for name in said["labels"]]
        items = [(Path(path), int(label), str(part)) for path, label, part in said["items"]]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise TuneError(f"{settings.data.name} is not a list of images: {error}.") from error
    apart = {
        part: [(path, label) for path, label, own in items if own == part] for part in ("test", "validation")
    }
    rest = {
        name: [path for path, label, part in items if label == index and not apart.get(part)]
        for index, name in enumerate(labels)
    }
    found = split(rest, settings.validation, 0.0 if apart["test"] else settings.test)
    validation = apart["validation"]
    if validation:  # what was divided off is learnt from, too
        found = Split(found.labels, found.train + found.validation, validation, found.test)
    test = HeldOut(apart["test"]) if apart["test"] else found.test
    return Split(labels, found.train, found.validation, test)


def dataset(pictures: Labelled, settings: TuneSettings, shuffle: bool) -> Any:
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
