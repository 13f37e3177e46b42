"""Which images of a data set concepts are looked for in."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from compute.measure.matching import class_indices
from data_store.base.words import DataSet, Item
from engine.errors import DataSetError
from engine.model import ModelFacts

MOST_IMAGES = 100
"""Images in which concepts are looked for, drawn evenly from all of the class."""
ASKED_IMAGES = 24
"""Images that are asked how far they depend on concepts."""
MOST_ANSWERS = 1000
"""Images without labels whose answers are looked through for a class."""


def some_images(data: DataSet, places: Sequence[int], most: int = MOST_IMAGES) -> DataSet:
    """A part of a data set: at most so many of the items at some places, evenly drawn, in their order.

    Raises:
        DataSetError: there are none.
    """
    if not len(places):
        raise DataSetError("{title} has no images of this class.", title=data.title)
    drawn = np.unique(np.linspace(0, len(places) - 1, min(most, len(places))).round().astype(int))
    kept = [places[one] for one in drawn]
    digests = tuple(data.item_digests[place] for place in kept)
    return replace(
        data,
        content=replace(data.content, items=tuple(data.items[place] for place in kept)),
        digest=hashlib.sha256("".join((data.digest, *digests)).encode()).hexdigest(),
        item_digests=digests,
    )


def places_of_class(data: DataSet, split: str | None, index: int, facts: ModelFacts) -> list[int]:
    """Places in the data set of the images of a class of the model, by their labels."""
    classes = class_indices(data, facts)
    return [
        place
        for place, item in _in_split(data, split)
        if item.label is not None and classes[item.label] == index
    ]


def places_in_split(data: DataSet, split: str | None) -> list[int]:
    """Places in the data set of all images of a split."""
    return [place for place, _ in _in_split(data, split)]


def places_known(data: DataSet, split: str | None, index: int, facts: ModelFacts) -> list[int] | None:
    """Places in the data set of the images of a class of the model: by their labels, and all of them for one
    that segments; None where the model has to answer first, on ``images_to_answer``.
    """
    if facts.task == "segmentation":
        return places_in_split(data, split)
    return places_of_class(data, split, index, facts) if data.labels else None


def images_to_answer(data: DataSet, split: str | None) -> DataSet:
    """Images whose answers are looked through for a class."""
    return some_images(data, places_in_split(data, split), MOST_ANSWERS)


def places_answered(table: Any, index: int, some: DataSet, data: DataSet) -> list[int]:
    """Places in a data set of the images that a model takes for a class.

    Args:
        table: what ``ClassAnswers`` found.
        index: of the class.
        some: the part of the data set that was asked.
        data: the whole of it.
    """
    rows = np.flatnonzero(np.asarray(table["prediction"].fill_null(-1)) == index)
    known = {item: place for place, item in enumerate(data.items)}
    return [known[some.items[place]] for place in table["position"].to_numpy()[rows]]


def _in_split(data: DataSet, split: str | None) -> list[tuple[int, Item]]:
    return [(place, item) for place, item in enumerate(data.items) if split in (None, item.split)]
