"""Data sets: their words, checked when they are made."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.errors import DataSetError
from engine.model import Task
from model_store.base.label_maps import LABEL_MAPS

SPLITS: Mapping[str, str] = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
    "testing": "test",
}
"""Names of folders that are parts of a set, and what the parts are called."""
MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Item:
    """One image of a data set, without its pixels.

    Attributes:
        id: its path below the folder of the set, with ``/``; of a set without files its name.
        label: index of its class, or None where that is not known.
        mask: path of its mask below the folder, or its name; None where there is none.
        split: ``train``, ``validation``, ``test``, or another name; "" where the set has no parts.
        columns: further values, in the order of the set's ``columns``.
    """

    id: str
    label: int | None = None
    mask: str | None = None
    split: str = ""
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draft:
    """What a reader finds in a folder.

    Attributes:
        items: in a fixed order.
        labels: names of the classes; empty where masks have the classes of whatever model is asked.
        task: what models are measured on it; None where there are neither labels nor masks.
        mapping: what the ids of masks mean, a key of ``LABEL_MAPS``; None: they are the classes.
        columns: names of further columns.
        sources: files that say what the masks mean, besides the mapping.
        named: labels that are numbers are names, as those of digits are, and no places among a model's
            classes.
    """

    items: tuple[Item, ...]
    labels: tuple[str, ...] = ()
    task: Task | None = None
    mapping: str | None = None
    columns: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    named: bool = False


@dataclass(frozen=True)
class DataSet:
    """A set of images, labelled or not.

    Attributes:
        key: its name in commands and links.
        title: its name for people.
        kind: how it is read: a key of ``READERS`` for a folder, of ``SHIPPED`` for a set of Vitrine's own.
        root: its folder, or that of its cached files; None where it has no files.
        content: items, classes, columns.
        digest: hex sha256 of the content, wherever the folder lies.
        licence: terms of the images.
        credit: who made them.
        item_digests: what tells the items apart, in their order; see ``Digests``.
        uploaded: a visitor has brought it, so that its images are decoded in processes with limits.
    """

    key: str
    title: str
    kind: str
    root: Path | None
    content: Draft
    digest: str
    licence: str = ""
    credit: str = ""
    item_digests: tuple[str, ...] = ()
    uploaded: bool = False
    splits: Mapping[str, int] = field(init=False)
    """Number of items by split, in the order in which they come."""

    def __post_init__(self) -> None:
        check_draft(self.content)
        if len(self.item_digests) != len(self.items):
            raise ValueError(f"{len(self.items)} items need as many digests, not {len(self.item_digests)}.")
        object.__setattr__(self, "splits", dict(Counter(item.split for item in self.items)))

    @property
    def items(self) -> tuple[Item, ...]:
        """Its images, in a fixed order."""
        return self.content.items

    @property
    def task(self) -> Task | None:
        """What models are measured on it."""
        return self.content.task

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of its classes."""
        return self.content.labels

    def items_of(self, split: str | None) -> tuple[Item, ...]:
        """Items of a split; all of them where none is named.

        Raises:
            DataSetError: there is no such split.
        """
        if split is None:
            return self.items
        if split not in self.splits:
            raise DataSetError(
                "{title} has no split {split!r}; it has {known}.",
                title=self.title,
                split=shown_word(split),
                known=", ".join(shown_word(name) for name in list(self.splits)[:10] if name) or "none",
            )
        return tuple(item for item in self.items if item.split == split)


def shown_word(word: str) -> str:
    r"""A word of somebody's file as it stands in a sentence: short, and without what cannot be seen.

    Example:
        >>> shown_word("cat\x1b" + 100 * "s") == "cat?" + 56 * "s"
        True
    """
    return "".join(letter if letter.isprintable() else "?" for letter in word[:MOST_SHOWN])


def check_draft(draft: Draft) -> None:
    """Lets only what fits together be a data set.

    Raises:
        DataSetError: there are no images, one is there twice, or labels, columns or the mapping do not fit.
    """
    if not draft.items:
        raise DataSetError("There are no images in this data set.")
    if draft.mapping is not None and draft.mapping not in LABEL_MAPS:
        raise DataSetError(
            "There is no mapping {name!r}; there are {known}.",
            name=shown_word(draft.mapping),
            known=", ".join(LABEL_MAPS),
        )
    _check_names(draft.labels)
    seen: set[str] = set()
    for item in draft.items:
        _check_item(item, draft, seen)


def _check_names(names: tuple[str, ...]) -> None:
    twice = next((name for name, count in Counter(names).items() if count > 1), None)
    if twice is not None:
        raise DataSetError("Two classes of this data set are called {name!r}.", name=shown_word(twice))


def _check_item(item: Item, draft: Draft, seen: set[str]) -> None:
    if item.id in seen:
        raise DataSetError("{item} is in this data set twice.", item=shown_word(item.id))
    seen.add(item.id)
    if item.label is not None and not 0 <= item.label < len(draft.labels):
        raise DataSetError(
            "{item} has class {label} of {count} classes.",
            item=item.id,
            label=item.label,
            count=len(draft.labels),
        )
    if len(item.columns) != len(draft.columns):
        raise DataSetError(
            "{item} has {found} further values; this data set has {count} further columns.",
            item=item.id,
            found=len(item.columns),
            count=len(draft.columns),
        )
