"""Classes of a data set as classes of a model."""

from collections.abc import Sequence

import numpy as np

from data_store.base.words import DataSet
from engine.arrays import Bytes
from engine.errors import DataSetError, ModelError, VitrineError
from engine.model import ModelFacts, Task
from engine.phrase import Phrase, later
from model_store.base.label_maps import CATEGORY_NAMES, IGNORED, LABEL_MAPS, VOID
from model_store.catalogue import CATALOGUE, ModelRef
from model_store.own.class_names import wordnet_ids
from model_store.own.label_sets import placeholder_labels

NO_TRUTH: dict[Task, str] = {
    "segmentation": later("{title} has no masks for {model}."),
    "classification": later("{title} has no labels for {model}."),
}
"""Why a data set does not fit a model, by the model's task."""
NOTHING = CATEGORY_NAMES[VOID]
"""Class of pixels that are in no other: what a mask calls so is counted nowhere."""
UNKNOWN = -1
"""Class of an image whose class nobody knows."""


def ids_of(key: str) -> tuple[str, ...]:
    """WordNet ids of the classes of a model by its recorded key; none where they are not known."""
    entry = CATALOGUE.get(ModelRef.recorded(key).key)
    try:
        return () if entry is None else wordnet_ids(entry)
    except OSError:  # the file with the classes is not here
        return ()


def class_places(words: Sequence[str], names: Sequence[str], ids: Sequence[str] = ()) -> dict[str, int]:
    """The index of the class that each word means, by name or by id.

    Raises:
        VitrineError: a word means none.
    """
    places = {_plain(name): index for known in (ids, names) for index, name in enumerate(known)}
    strange = [word for word in words if _plain(word) not in places]
    if strange:
        raise VitrineError(
            "No class is called {strange}; folders are called as the classes of the model, such as {known}.",
            strange=", ".join(strange[:5]),
            known=", ".join(names[:10]),
        )
    return {word: places[_plain(word)] for word in words}


def _plain(name: str) -> str:
    return name.replace("_", " ").casefold()


def class_indices(data: DataSet, facts: ModelFacts) -> list[int]:
    """The model's class of each class of a data set: by name, by WordNet id or, where all are numbers that no
    class is called as, by place. Numbers that are names are places only where the model has no names.

    Raises:
        VitrineError: a label means no class.
    """
    labels = data.labels
    try:
        places = class_places(labels, facts.labels, ids_of(facts.key))
    except VitrineError:
        numbers = [int(label) for label in labels if label.isascii() and label.isdigit()]
        named = data.content.named and facts.labels != placeholder_labels(len(facts.labels))
        if named or len(numbers) < len(labels) or max(numbers) >= len(facts.labels):
            raise
        return numbers
    return [places[label] for label in labels]


def label_table(mapping: str | None, names: Sequence[str]) -> Bytes:
    """uint8 (256,): label id in a file to the model's class, 255 where it is ignored.

    Raises:
        VitrineError: unknown mapping, or the model does not know the categories.
    """
    if mapping is None:
        own = np.array([index if index < len(names) else IGNORED for index in range(256)], np.uint8)
        return _without_void(own, names)
    if mapping not in LABEL_MAPS:
        raise VitrineError(
            "There is no mapping {name!r}; there are {known}.", name=mapping, known=", ".join(LABEL_MAPS)
        )
    if not set(names) <= set(CATEGORY_NAMES):
        raise ModelError(
            "The mapping leads to the street categories, which this model does not have. Try KEY@grouped."
        )
    places = [names.index(name) if name in names else IGNORED for name in CATEGORY_NAMES]
    table = np.array(places + [IGNORED] * (256 - len(places)), np.uint8)[LABEL_MAPS[mapping]]
    return _without_void(table, names)


def mask_table(data: DataSet, mapping: str | None, names: Sequence[str]) -> Bytes:
    """uint8 (256,): id in a mask of a data set to the model's class, 255 where it is ignored.

    Args:
        data: the data set.
        mapping: what the ids mean, a key of ``LABEL_MAPS``; that of the data set where it is None.
        names: classes of the model.

    Raises:
        VitrineError: the classes are not those of the model.
    """
    mapping = mapping or data.content.mapping
    if mapping is not None or not data.labels:
        return label_table(mapping, names)
    places = class_places(data.labels, names)
    table = np.full(256, IGNORED, np.uint8)
    table[: len(data.labels)] = [places[label] for label in data.labels]
    return _without_void(table, names)


def _without_void(table: Bytes, names: Sequence[str]) -> Bytes:
    """The table without the class of pixels that are nothing; a prediction of it stays an error."""
    if NOTHING in names:
        table[table == names.index(NOTHING)] = IGNORED
    return table


def refuse_task(data: DataSet, facts: ModelFacts) -> None:
    """Lets only a data set that has labels, or none at all, be measured with a model.

    Raises:
        DataSetError: it has classes where the model finds zones, or masks where it classifies.
    """
    if data.task is not None and data.task != facts.task:
        raise DataSetError(NO_TRUTH[facts.task], title=Phrase(data.title), model=facts.key)
