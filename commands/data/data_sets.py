"""`data`: which data sets there are, and what is in one."""

from collections import Counter
from typing import Any

from data_store.base.words import DataSet, Item
from data_store.catalogue import Offer, data_set_at, data_sets
from engine.errors import DataSetError


def data_set_rows() -> list[dict[str, Any]]:
    """A row for each data set that has a key; one that cannot be read has its sentence."""
    return [{"key": key, **_row(offer)} for key, offer in data_sets().items()]


def _row(offer: Offer) -> dict[str, Any]:
    try:
        data = offer.read()
    except DataSetError as error:
        return dict.fromkeys(("kind", "task", "images", "classes", "splits"), "") | {"why": str(error)}
    return {
        "kind": "shipped" if offer.shipped else data.kind,
        "task": data.task or "",
        "images": len(data.items),
        "classes": len(data.labels),
        "splits": ", ".join(f"{name} {count}" for name, count in data.splits.items() if name),
        "why": "",
    }


def describe_data(place: str) -> dict[str, Any]:
    """What is in a data set, ready for JSON.

    Args:
        place: its key, or its folder.

    Raises:
        DataSetError: there is no such data set, or it cannot be read.
    """
    data = data_set_at(place)
    return {
        "key": data.key,
        "title": data.title,
        "kind": data.kind,
        "task": data.task,
        "images": len(data.items),
        "splits": dict(data.splits),
        "classes": class_counts(data),
        "masks": sum(item.mask is not None for item in data.items) or None,
        "mapping": data.content.mapping,
        "columns": list(data.content.columns),
        "digest": data.digest,
        "licence": data.licence,
        "credit": data.credit,
        "first": [item.id for item in data.items[:3]],
    }


def item_rows(place: str) -> list[dict[str, Any]]:
    """A row for each image of a data set: name, split, class, mask, further columns.

    Raises:
        DataSetError: there is no such data set, or it cannot be read.
    """
    data = data_set_at(place)
    return [_item_row(item, data) for item in data.items]


def _item_row(item: Item, data: DataSet) -> dict[str, Any]:
    own = {
        "image": item.id,
        "split": item.split,
        "label": None if item.label is None else data.labels[item.label],
        "mask": item.mask,
    }
    further = zip(data.content.columns, item.columns, strict=True)
    return own | {name: value for name, value in further if name not in own}


def class_counts(data: DataSet) -> dict[str, int]:
    """Number of images of each class, in the order of the classes."""
    counts = Counter(item.label for item in data.items)
    return {name: counts[index] for index, name in enumerate(data.labels)}


def description_rows(facts: dict[str, Any]) -> list[dict[str, str]]:
    """The same as a table of two columns; what is empty is left out."""
    texts = {name: _text(value) for name, value in facts.items()}
    return [{"": name, "value": text} for name, text in texts.items() if text]


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name or 'none'} {count or ''}".strip() for name, count in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
