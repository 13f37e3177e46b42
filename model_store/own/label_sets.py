"""Names of classes that many models share, and names that somebody gives as text."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from engine.errors import ModelError
from engine.phrase import later
from model_store.base.entries import Colour
from model_store.base.label_maps import CATEGORIES
from model_store.base.palettes import CITYSCAPES, VOC_COLOURS, distinct_colours
from model_store.own.class_names import told_apart
from model_store.own.model import LONGEST_LABEL, MOST_LABELS, clean_name

_FILES = Path(__file__).resolve().parent / "label_sets"
_BACKGROUND = "background"
_NUMBERED = re.compile(r"^\s*(\d+)\s*[:\t]\s*(.+)$")
_NEUTRAL = (128, 128, 128)
_MOST_COLOURS = 256


@dataclass(frozen=True)
class LabelSet:
    """The classes of a public data set.

    Attributes:
        title: its name for people.
        labels: names, in the order of the ids that models answer.
        colours: one RGB triple 0-255 per class, or none.
        spare: a first class that some models have besides, and others lack: only the others are counted in
            the title.
    """

    title: str
    labels: tuple[str, ...]
    colours: tuple[Colour, ...] = ()
    spare: str = ""


@lru_cache(maxsize=2)
def _listed(name: str) -> tuple[str, ...]:
    return told_apart(tuple((_FILES / f"{name}.txt").read_text("utf-8").splitlines()))


def _plain(title: str, name: str) -> LabelSet:
    """A set whose names are in the file of that name."""
    return LabelSet(title, _listed(name))


def _with_background(title: str, name: str) -> LabelSet:
    """A set whose models may have a first class for what is none of the others."""
    return LabelSet(title, (_BACKGROUND, *_listed(name)), spare=_BACKGROUND)


LABEL_SETS: Mapping[str, LabelSet] = MappingProxyType(
    {
        "cityscapes": LabelSet(
            later("Cityscapes, 19 classes"),
            tuple(name for name, _ in CITYSCAPES),
            tuple(colour for _, colour in CITYSCAPES),
        ),
        "voc": LabelSet(
            later("Pascal VOC, 20 classes"), (_BACKGROUND, *_listed("voc")), VOC_COLOURS, spare=_BACKGROUND
        ),
        "imagenet": _with_background(later("ImageNet, 1,000 classes"), "imagenet"),
        "ade20k": _with_background(later("ADE20K, 150 classes"), "ade20k"),
        "coco": _with_background(later("COCO, 80 classes"), "coco"),
        "camvid": _plain(later("CamVid, 11 classes"), "camvid"),
        "cifar10": _plain(later("CIFAR-10, 10 classes"), "cifar10"),
        "cifar100": _plain(later("CIFAR-100, 100 classes"), "cifar100"),
        "mnist": _plain(later("MNIST, 10 digits"), "mnist"),
        "fashion": _plain(later("Fashion-MNIST, 10 classes"), "fashion"),
        "eurosat": _plain(later("EuroSAT, 10 classes"), "eurosat"),
        "pets": _plain(later("Oxford-IIIT Pet, 37 breeds"), "pets"),
        "categories": LabelSet(
            later("Streets, 8 categories"),
            tuple(category.name for category in CATEGORIES),
            tuple(category.colour_rgb for category in CATEGORIES),
            spare=CATEGORIES[0].name,
        ),
    }
)
"""By key; their papers are in docs/own-models.md."""


def labels_for(key: str, classes: int) -> tuple[str, ...]:
    """The names of a set for a model of so many classes; the spare class is there if the model has it.

    Raises:
        ModelError: there is no such set, or it does not fit.
    """
    return _set_of(key).labels[_skipped(key, classes) :]


def colours_for(key: str, classes: int) -> tuple[Colour, ...]:
    """The colours of a set, in the order of ``labels_for``; empty where it has none.

    Raises:
        ModelError: there is no such set, or it does not fit.
    """
    return _set_of(key).colours[_skipped(key, classes) :]


def fitting_sets(classes: int) -> tuple[str, ...]:
    """Keys of the sets that have so many classes."""
    return tuple(key for key, known in LABEL_SETS.items() if classes in _counts(known))


def labels_from_text(text: str, classes: int) -> tuple[str, ...]:
    """Names as somebody gives them: one on each line, or ``0: name``, or a JSON list, or a JSON object of ids
    and names.

    Control characters are taken out; a name that is there again gets a number.

    Raises:
        ModelError: another number of names than classes, or a name is empty.
    """
    names = [clean_name(str(name), LONGEST_LABEL) for name in _names_in(text[: MOST_LABELS * LONGEST_LABEL])]
    if len(names) != classes:
        raise ModelError(
            "The model returns {classes} classes, and {found} labels were given; please give one "
            "label for each class, one per line.",
            classes=classes,
            found=len(names),
        )
    if "" in names:
        raise ModelError(
            "Label {number} is empty; please give a name for each class.", number=names.index("") + 1
        )
    return told_apart(tuple(names))


def lone_set(classes: int) -> str:
    """Key of the only set that has so many classes; empty where none has, or several have."""
    known = fitting_sets(classes)
    return known[0] if len(known) == 1 else ""


def placeholder_labels(classes: int) -> tuple[str, ...]:
    """Names for a model that nobody has named the classes of."""
    return tuple(f"class {index}" for index in range(classes))


@lru_cache(maxsize=32)
def chosen_colours(count: int) -> tuple[Colour, ...]:
    """Colours for a model that brings none."""
    return distinct_colours(count) if count <= _MOST_COLOURS else (_NEUTRAL,) * count


def _set_of(key: str) -> LabelSet:
    if key not in LABEL_SETS:
        raise ModelError(
            "There are no labels called {key!r}; there are {known}.",
            key=key[:60],
            known=", ".join(LABEL_SETS),
        )
    return LABEL_SETS[key]


def _counts(known: LabelSet) -> tuple[int, ...]:
    """How many classes a model of a set may have."""
    return (len(known.labels) - 1, len(known.labels)) if known.spare else (len(known.labels),)


def _skipped(key: str, classes: int) -> int:
    """How many names at the start are left out."""
    known = _set_of(key)
    if classes not in _counts(known):
        raise ModelError(
            "{title} has {wanted} labels, and the model returns {classes} classes; please select "
            "other labels, or give your own.",
            title=known.title,
            wanted=" or ".join(f"{count:,}" for count in _counts(known)),
            classes=classes,
        )
    return len(known.labels) - classes


def _names_in(text: str) -> list[object]:
    stripped = text.strip().removeprefix("\ufeff")
    if stripped[:1] in "[{" and stripped:
        return _json_names(stripped)
    lines = [line for line in stripped.splitlines() if line.strip()]
    numbered = [_NUMBERED.match(line) for line in lines]
    if lines and all(numbered) and [int(match[1]) for match in numbered if match] == list(range(len(lines))):
        return [match[2] for match in numbered if match]
    return list(lines)


def _json_names(text: str) -> list[object]:
    try:
        content = json.loads(text)
        if isinstance(content, dict):
            content = content.get("id2label", content)
            content = [content[str(index)] for index in range(len(content))]
        return list(content)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ModelError(
            "The labels look like JSON and cannot be read; please give one name per line."
        ) from error
