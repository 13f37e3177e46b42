"""Every training picture in memory: its pixels, its class and the teacher's opinion of it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.arrays import Pixels
from training.classify.config import ClassifierConfig
from training.classify.pictures import (
    PARTS,
    find_classes,
    find_pictures,
    more_classes,
    read_more,
    read_rgb,
    squared,
)
from training.common.config import ConfigError


@dataclass(frozen=True)
class PictureSet:
    """Some pictures of one size.

    Attributes:
        stems: names without endings, N of them.
        pixels: RGB 0-255, (N, size, size, 3).
        labels: index of the class among all classes, (N,).
    """

    stems: list[str]
    pixels: Pixels
    labels: np.ndarray


@dataclass(frozen=True)
class Classes:
    """Names of the classes.

    Attributes:
        names: all of them, in the order of the outputs while learning.
        groups: folders of `pictures.folder` in alphabetical order, which is the order of the outputs of the
            exported network.
        own: index among `names` of each of the groups, (K,).
    """

    names: list[str]
    groups: list[str]
    own: np.ndarray


@dataclass(frozen=True)
class Material:
    """What a classifier learns from: pictures of `pictures.folder`, and those of `pictures.more`, which may
    be none.
    """

    classes: Classes
    parts: tuple[PictureSet, PictureSet]


def read_classes(config: ClassifierConfig, data: Path) -> Classes:
    """The classes of a run, without reading pictures.

    Raises:
        ConfigError: a class of `folder` is not among those of `more`.
    """
    groups = list(find_classes(data / config.pictures.folder))
    own = [config.names.get(group, group) for group in groups]
    names = more_classes(data / config.pictures.more) if config.pictures.more else sorted(own)
    missing = sorted(set(own) - set(names))
    if missing:
        raise ConfigError(
            f"{config.pictures.more} has no class {missing[0]!r}; write under [names] what it is "
            "called there."
        )
    return Classes(names, groups, np.array([names.index(name) for name in own], np.int64))


def _kept(found: list[tuple[int, str, Pixels]], size: int) -> PictureSet:
    pixels = np.stack([pixels for _, _, pixels in found]) if found else np.zeros((0, size, size, 3), np.uint8)
    return PictureSet(
        [stem for _, stem, _ in found], pixels, np.array([label for label, _, _ in found], np.int64)
    )


def load_material(config: ClassifierConfig, data: Path) -> Material:
    """Reads every picture that may be learnt from; those of `more` that are in `folder` too, whatever for,
    are left out.
    """
    classes = read_classes(config, data)
    samples = find_pictures(config, data, PARTS)
    known = {sample.stem for sample in samples}
    labels = dict(zip(classes.groups, classes.own, strict=True))
    size, side = config.pictures.size, config.pictures.more_size
    train = [sample for sample in samples if sample.part == "train"]
    own = [(labels[sample.group], sample.stem, squared(read_rgb(sample.path), size)) for sample in train]
    others = read_more(data / config.pictures.more) if config.pictures.more else ()
    more = [
        (classes.names.index(group), stem, squared(image(), side))
        for group, stem, image in others
        if stem not in known
    ]
    return Material(classes, (_kept(own, size), _kept(more, side)))
