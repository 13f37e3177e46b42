"""What was found in an upload, as the process that read it tells the server: plain values, checked again."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from data_store.base.words import DataSet, Draft, Item


@dataclass(frozen=True)
class UploadReading:
    """An upload as a data set.

    Attributes:
        kinds: all kinds that it can be read as, that it was read as first.
        data: the data set.
        left_out: number of files in the ZIP that no data set needs.
    """

    kinds: tuple[str, ...]
    data: DataSet
    left_out: int = 0

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        data = self.data
        items = [[one.id, one.label, one.mask, one.split, one.columns] for one in data.items]
        said = {name: getattr(data, name) for name in _SAID}
        draft = {**asdict(replace(data.content, items=())), "items": items}
        return {"kinds": self.kinds, "left_out": self.left_out, "data": said, "draft": draft}

    @classmethod
    def from_json(cls, values: Mapping[str, Any], key: str, root: Path) -> "UploadReading":
        """From plain values.

        Args:
            values: of ``to_json``.
            key: of the data set.
            root: its folder; no path of an item leads out of it.

        Raises:
            KeyError, TypeError, ValueError: they are not such values.
            DataSetError: they are no data set.
        """
        draft = {name: _plain(value) for name, value in values["draft"].items()}
        items = tuple(_item(*one) for one in draft.pop("items"))
        said = {name: _plain(values["data"][name]) for name in _SAID}
        data = DataSet(key=key, root=root, content=Draft(items, **draft), uploaded=True, **said)
        return cls(tuple(values["kinds"]), data, int(values["left_out"]))


_SAID = ("title", "kind", "digest", "licence", "credit", "item_digests")


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _item(name: str, label: int | None, mask: str | None, split: str, columns: list[str]) -> Item:
    for path in (name, *filter(None, [mask])):
        place = PurePosixPath(path)
        if place.is_absolute() or ".." in place.parts or not place.parts:
            raise ValueError("a path leads out of the folder")
    return Item(name, label, mask, split, tuple(columns))
