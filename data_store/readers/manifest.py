"""A manifest: a table of paths with labels, masks, splits and further columns."""

from collections.abc import Callable, Iterable
from pathlib import Path

from data_store.base.listing import FolderFiles
from data_store.base.words import SPLITS, Draft, Item, shown_word
from data_store.readers.rows import ManifestRows, read_csv, read_parquet
from engine.errors import DataSetError
from engine.model import Task

ROWS: dict[str, Callable[[Path], ManifestRows]] = {"manifest.csv": read_csv, "manifest.parquet": read_parquet}
"""Names that a manifest may have, and how its rows are read; the first that is there counts."""
PATH, LABEL, MASK, SPLIT = "path", "label", "mask", "split"
MOST_CLASSES = 10_000


def fits_manifest(files: FolderFiles) -> bool:
    """Whether there is one."""
    return any(name in files for name in ROWS)


def read_manifest(files: FolderFiles) -> Draft:
    """The images that a manifest lists, in its order.

    Raises:
        DataSetError: it cannot be read, has no paths, or names what is not in the folder.
    """
    name = next(name for name in ROWS if name in files)
    rows = ROWS[name](files.root / name)
    if PATH not in rows.names:
        raise DataSetError(
            "{name} needs a column {column!r}; it has {known}.",
            name=name,
            column=PATH,
            known=", ".join(map(shown_word, rows.names[:5])),
        )
    table = _Columns(rows)
    _check_paths(name, table.of(PATH), files)
    _check_paths(name, (path for path in table.of(MASK) if path), files)
    return table.draft()


class _Columns:
    """The columns of a manifest; one that it does not have is empty."""

    def __init__(self, rows: ManifestRows) -> None:
        self._values = {name: [row[place] for row in rows.values] for place, name in enumerate(rows.names)}
        self._none = [""] * len(rows.values)
        self._masked = MASK in self._values

    def of(self, name: str) -> list[str]:
        return self._values.get(name, self._none)

    def draft(self) -> Draft:
        """Items with their masks or their classes; beside masks, a column of labels is a further one."""
        own = {PATH, SPLIT, MASK if self._masked else LABEL}
        more = tuple(name for name in self._values if name not in own)
        further = zip(*map(self.of, more), strict=True) if more else ((),) * len(self._none)
        labels = ordered_names(set(self._none if self._masked else self.of(LABEL)) - {""})
        order = {label: index for index, label in enumerate(labels)}
        columns = (self.of(PATH), self.of(LABEL), self.of(MASK), self.of(SPLIT), further)
        items = tuple(
            Item(path, order.get(label), mask or None, SPLITS.get(split.lower(), split), others)
            for path, label, mask, split, others in zip(*columns, strict=True)
        )
        return Draft(items, labels, self._task(labels), columns=more)

    def _task(self, labels: tuple[str, ...]) -> Task | None:
        if self._masked:
            return "segmentation"
        return "classification" if labels else None


def _check_paths(name: str, paths: Iterable[str], files: FolderFiles) -> None:
    """Only what is in the folder can be named: neither links nor what lies elsewhere."""
    for path in paths:
        if path not in files:
            raise DataSetError(
                "{name} names {path!r}, which is not a file in its folder.", name=name, path=shown_word(path)
            )


def ordered_names(names: set[str]) -> tuple[str, ...]:
    """Names in the order of the alphabet; numbers by their value.

    Raises:
        DataSetError: there are too many.

    Example:
        >>> ordered_names({"10", "9"}), ordered_names({"b10", "b9"})
        (('9', '10'), ('b10', 'b9'))
    """
    if len(names) > MOST_CLASSES:
        raise DataSetError("A data set has at most {most:,} classes.", most=MOST_CLASSES)
    numbers = all(name.isascii() and name.isdigit() for name in names)
    return tuple(sorted(names, key=lambda name: (int(name) if numbers else 0, name)))
