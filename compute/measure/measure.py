"""Contract of a measure: what is found out about each image of a data set, as columns of a table."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import numpy as np

from compute.decoding.items import item_picture
from data_store.base.words import DataSet, Item
from engine.arrays import Floats
from engine.batches import batch_size
from engine.errors import GoneDataSetError, VitrineError
from engine.images.picture import Picture
from engine.model import LoadedModel, ModelFacts
from engine.perturbation.run import fit_picture
from model_store.catalogue import ModelRef, as_seen

ITEM, SHA256, ERROR = "item", "sha256", "error"
POSITION = "position"
"""TableColumn of a view's table: which item of the order a row is of."""
RAGGED = 0


@dataclass(frozen=True)
class TableColumn:
    """A column of a table.

    Attributes:
        name: of the column.
        kind: of its numbers, as NumPy calls it, or "string".
        size: numbers in each row; None: one, not in a list; ``RAGGED``: as many as there are.
    """

    name: str
    kind: str
    size: int | None = None


COMMON = (TableColumn(ITEM, "string"), TableColumn(SHA256, "string"), TableColumn(ERROR, "string"))
"""Columns of all measures: digest of the item, sha256 of the image as the model sees it, and why there is no
answer.
"""
Values = Mapping[str, Any]
"""By the name of a column: an array (N,) or (N, size), or for ragged ones a list of N arrays or None."""


@dataclass(frozen=True)
class Read:
    """An image that was read.

    Attributes:
        item: of the data set.
        picture: as the model sees it.
    """

    item: Item
    picture: Picture


@dataclass(frozen=True)
class Measure(ABC):
    """A question about each image of a data set. Subclasses are frozen dataclasses of plain values.

    Attributes:
        name: of the kind of question.
        heavy: columns that stay on disk until they are asked for.
        chunk: images of a part of the work: a fraction of a second for a small network, some seconds for a
            large one.
        asks_model: whether rows depend on the model; where they do not, all models share them.
        ref: the model.
    """

    name: ClassVar[str]
    heavy: ClassVar[frozenset[str]] = frozenset()
    chunk: ClassVar[int] = 64
    asks_model: ClassVar[bool] = True
    ref: ModelRef

    @property
    def asked(self) -> tuple[Any, ...]:
        """Plain values: equal ones are the same question."""
        model = (str(self.ref),) if self.asks_model else ()
        return self.name, *model, *(getattr(self, field.name) for field in fields(self)[1:])

    def seen(self, picture: Picture) -> Picture:
        """What is looked at of an image: what the model sees of it."""
        return as_seen(self.ref, picture)

    @abstractmethod
    def meaning(self, data: DataSet, facts: ModelFacts) -> Any:
        """Plain values: what the labels of the data set mean to the model, as far as rows depend on it.

        Raises:
            VitrineError: the data set does not fit the model.
        """

    @abstractmethod
    def columns(self, facts: ModelFacts) -> Sequence[TableColumn]:
        """Columns besides the common ones."""

    @abstractmethod
    def values(self, model: LoadedModel, data: DataSet, read: Sequence[Read]) -> Values:
        """Values of the columns for images of one size at which the model looks.

        Raises:
            VitrineError: an image cannot be answered for; it is then asked about alone.
        """


def read_items(measure: Measure, data: DataSet, items: Sequence[Item]) -> Iterator[Read | VitrineError]:
    """The images of some items one after the other, or why one cannot be read.

    Raises:
        GoneDataSetError: the data set has been removed.
    """
    for item in items:
        try:
            yield Read(item, measure.seen(item_picture(data, item)))
        except GoneDataSetError:
            raise
        except VitrineError as error:
            yield error


def stacked(model: LoadedModel, read: Sequence[Read]) -> Floats:
    """float32 (N, H, W, 3): images as the model looks at them; they fit in one batch."""
    return np.stack([fit_picture(one.picture, model.input_size_hw(one.picture.size_hw)) for one in read])


def batches(model: LoadedModel, read: Sequence[Read]) -> Iterator[list[int]]:
    """Places of images that are asked together: neighbours of one size, as many as fit in a batch."""
    batch: list[int] = []
    size: tuple[int, int] | None = None
    for place, one in enumerate(read):
        now = model.input_size_hw(one.picture.size_hw)
        if batch and (now != size or len(batch) >= batch_size(now)):
            yield batch
            batch = []
        size = now
        batch.append(place)
    if batch:
        yield batch
