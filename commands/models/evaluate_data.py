"""`evaluate --data`: a model against a data set; an image that cannot be read does not stop the rest."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from operator import attrgetter
from typing import Any, TypeVar

import numpy as np

from commands.models.evaluate_classes import BATCH, class_figures, class_logits, class_places, ids_of
from commands.models.evaluate_masks import image_matrix, label_table, mask_figures
from compute.worker.sources import model_source
from data_store.base.words import DataSet, Item
from data_store.catalogue import data_set_at
from data_store.images import read_image, read_mask
from engine.arrays import Bytes
from engine.errors import DataSetError, VitrineError
from engine.images.picture import Picture
from engine.model import LoadedModel
from model_store.base.label_maps import IGNORED
from model_store.catalogue import ModelRef, as_seen

Read = TypeVar("Read")


def evaluate_data_set(model_key: str, place: str, split: str | None, mapping: str | None) -> dict[str, Any]:
    """Figures of a model on a data set, or on a part of it.

    Args:
        model_key: as in the catalogue.
        place: key of a data set, or its folder.
        split: the part; None for all of it.
        mapping: what the ids of masks mean; that of the data set without it.

    Raises:
        VitrineError: the data set has no labels for the model's task, none of its images can be read, or its
            classes are not those of the model.
    """
    data, ref = data_set_at(place), ModelRef.parse(model_key)
    task = model_source().facts(ref).task
    if data.task != task:
        raise DataSetError(
            "{title} has no {wanted} for {model}.",
            title=data.title,
            wanted="masks" if task == "segmentation" else "labels",
            model=model_key,
        )
    mask_or_label = attrgetter("mask" if task == "segmentation" else "label")
    items = [item for item in data.items_of(split) if mask_or_label(item) is not None]
    refused: list[dict[str, str]] = []
    figures = _mask_facts if task == "segmentation" else _class_facts
    found = figures(model_source().get(ref), data, _Reading(items, refused), mapping)
    about = {"model": model_key, "data": data.key, "data_digest": data.digest, "split": split}
    return {**about, **found, "refused": refused}


class _Reading:
    """Items that are read one after the other; those that cannot be are written down with the reason."""

    def __init__(self, items: Sequence[Item], refused: list[dict[str, str]]) -> None:
        self.items, self._refused = items, refused

    def each(self, read: Callable[[Item], Read]) -> Iterator[Read]:
        for item in self.items:
            try:
                yield read(item)
            except VitrineError as error:
                self._refused.append({"item": item.id, "why": str(error)})


def _class_facts(model: LoadedModel, data: DataSet, reading: _Reading, mapping: str | None) -> dict[str, Any]:
    if mapping is not None:
        raise DataSetError("--mapping is for masks; {title} has classes.", title=data.title)
    places = _class_indices(data.labels, model)
    ref = ModelRef.recorded(model.facts.key)

    def read(item: Item) -> tuple[Picture, int]:
        assert item.label is not None
        return as_seen(ref, read_image(data, item)), places[item.label]

    asked = [
        (class_logits(model, [picture for picture, _ in batch]), [index for _, index in batch])
        for batch in _batches(reading.each(read))
    ]
    _refuse_nothing(asked, data)
    logits = np.concatenate([part for part, _ in asked])
    return class_figures(
        logits, np.array([index for _, truth in asked for index in truth]), model.facts.labels
    )


def _batches(read: Iterable[Read]) -> Iterator[list[Read]]:
    """What is read, a few at a time: no more is in memory."""
    waiting = iter(read)
    while batch := list(islice(waiting, BATCH)):
        yield batch


def _class_indices(labels: Sequence[str], model: LoadedModel) -> list[int]:
    """The model's class of each class of a data set: by name, by WordNet id or, where all are numbers that no
    class is called as, by place.
    """
    try:
        places = class_places(labels, model.facts.labels, ids_of(model))
    except VitrineError:
        numbers = [int(label) for label in labels if label.isascii() and label.isdigit()]
        if len(numbers) < len(labels) or max(numbers) >= len(model.facts.labels):
            raise
        return numbers
    return [places[label] for label in labels]


def _mask_facts(model: LoadedModel, data: DataSet, reading: _Reading, mapping: str | None) -> dict[str, Any]:
    table = _mask_table(data, mapping, model.facts.labels)
    matrices = list(
        reading.each(lambda item: image_matrix(model, read_image(data, item), table[read_mask(data, item)]))
    )
    _refuse_nothing(matrices, data)
    return mask_figures(np.stack(matrices), model.facts.labels)


def _mask_table(data: DataSet, mapping: str | None, names: tuple[str, ...]) -> Bytes:
    """uint8 (256,): id in a mask to the model's class, 255 where it is ignored."""
    mapping = mapping or data.content.mapping
    if mapping is not None or not data.labels:
        return label_table(mapping, names)
    places = class_places(data.labels, names)
    table = np.full(256, IGNORED, np.uint8)
    table[: len(data.labels)] = [places[label] for label in data.labels]
    return table


def _refuse_nothing(found: Sequence[object], data: DataSet) -> None:
    if not found:
        raise DataSetError("No labelled image of {title} can be read.", title=data.title)
