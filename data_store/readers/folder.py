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


def read_folder(root: Path, key: str = "") -> DataSet:
    """The data set in a folder.

    Args:
        root: the folder.
        key: its name in commands; that of the folder without it.

    Raises:
        DataSetError: there is no such folder, no image in it, or something in it cannot be read.
    """
    files = list_folder(root)
    about = _read_about(files)
    kind = next((kind for kind, reader in READERS.items() if reader.fits(files)), None)
    if kind is None:
        raise DataSetError("There are no images in {folder}.", folder=root)
    draft = _with_about(READERS[kind].read(files), about)
    check_count(len(draft.items))
    key = key or root.resolve().name
    digests = data_digests(draft, files)
    return DataSet(
        key, about.title or key, kind, root, draft, digests.whole, about.licence, about.credit, digests.items
    )


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
