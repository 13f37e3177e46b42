"""A folder as a data set: what it says of itself, its kind, its content."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from data_store.base.digest import data_digests
from data_store.base.files import read_json_object
from data_store.base.listing import FolderFiles, check_count, list_folder
from data_store.base.words import DataSet, Draft, shown_word
from data_store.readers.table import READERS
from engine.errors import DataSetError

ABOUT = "dataset.json"
"""What a folder says of itself; nothing of it is needed."""
_MOST_ABOUT = 2**20
_TEXTS = ("title", "licence", "credit", "mapping")
_MOST_SIGNS = 1000


@dataclass(frozen=True)
class About:
    """What ``dataset.json`` says.

    Attributes:
        title: for people.
        licence: terms of the images.
        credit: who made them.
        mapping: what the ids of masks mean, a key of ``LABEL_MAPS``.
        labels: names of the classes of masks, by id.
    """

    title: str = ""
    licence: str = ""
    credit: str = ""
    mapping: str = ""
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class FolderDraft:
    """What is found in a folder.

    Attributes:
        kinds: all kinds that it can be read as, that it is read as first.
        draft: its content.
        about: what it says of itself.
    """

    kinds: tuple[str, ...]
    draft: Draft
    about: About


def read_folder(root: Path, key: str = "") -> DataSet:
    """The data set in a folder.

    Args:
        root: the folder.
        key: its name in commands; that of the folder without it.

    Raises:
        DataSetError: there is no such folder, no image in it, or something in it cannot be read.
    """
    files = list_folder(root)
    found = draft_of(files)
    about, key = found.about, key or root.resolve().name
    digests = data_digests(found.draft, files)
    title, kind = about.title or key, found.kinds[0]
    whole, items = digests.whole, digests.items
    return DataSet(key, title, kind, root, found.draft, whole, about.licence, about.credit, items)


def draft_of(files: FolderFiles, kind: str = "") -> FolderDraft:
    """What is in a folder.

    Args:
        files: of the folder.
        kind: how it is read, where it can be read so; the first that fits otherwise.

    Raises:
        DataSetError: there is no image in it, or something in it cannot be read.
    """
    about = _read_about(files)
    fitting = [name for name, reader in READERS.items() if reader.fits(files)]
    if not fitting:
        raise DataSetError("There are no images in {folder}.", folder=files.root)
    kinds = sorted(fitting, key=lambda name: name != kind)
    draft = _with_about(READERS[kinds[0]].read(files), about)
    check_count(len(draft.items))
    return FolderDraft(tuple(kinds), draft, about)


def _with_about(draft: Draft, about: About) -> Draft:
    if draft.task != "segmentation":
        return draft
    return replace(draft, mapping=about.mapping or draft.mapping, labels=draft.labels or about.labels)


def _read_about(files: FolderFiles) -> About:
    if ABOUT not in files:
        return About()
    said = read_json_object(files.root / ABOUT, _MOST_ABOUT)
    unknown = sorted(set(said) - {*_TEXTS, "labels"})
    if unknown:
        raise DataSetError(
            "{name} has no entry {entry!r}; it may have {known}.",
            name=ABOUT,
            entry=shown_word(unknown[0]),
            known=", ".join((*_TEXTS, "labels")),
        )
    texts = {name: _text(name, said.get(name, "")) for name in _TEXTS}
    labels = said.get("labels", [])
    if not isinstance(labels, list) or len(labels) > 255:
        raise DataSetError(
            "In {name}, {entry!r} must be a list of at most 255 names.", name=ABOUT, entry="labels"
        )
    return About(**texts, labels=tuple(_text("labels", label) for label in labels))


def _text(entry: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > _MOST_SIGNS:
        raise DataSetError(
            "In {name}, {entry!r} must be a text of at most {most} characters.",
            name=ABOUT,
            entry=entry,
            most=_MOST_SIGNS,
        )
    return value
