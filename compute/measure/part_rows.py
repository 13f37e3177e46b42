"""Rows of one part of a data set, whatever becomes of each image."""

from collections.abc import Sequence

import pyarrow as pa

from compute.measure.arrow import schema_of, table_of
from compute.measure.measure import Measure, Read, batches
from compute.worker.tasks import leave_if_unwanted
from data_store.base.words import DataSet
from engine.errors import VitrineError
from engine.model import LoadedModel


class PartRows:
    """What becomes of each image of a part.

    Args:
        measure: the question.
        model: that is asked.
        data: the data set.
    """

    def __init__(self, measure: Measure, model: LoadedModel, data: DataSet) -> None:
        self._measure, self._model, self._data = measure, model, data
        self._columns = measure.columns(model.facts)
        self._read: dict[int, Read] = {}
        self._errors: dict[int, str] = {}
        self._rows: dict[int, int] = {}
        self._tables: list[pa.Table] = []

    def enter(self, place: int, one: Read | VitrineError) -> None:
        """An image that was read, or why it could not be."""
        if isinstance(one, Read):
            self._read[place] = one
        else:
            self._errors[place] = str(one)

    def table(self, digests: Sequence[str]) -> pa.Table:
        """Rows of all images, by the digests of their items."""
        places = list(self._read)
        for batch in batches(self._model, list(self._read.values())):
            leave_if_unwanted()
            self._ask([places[row] for row in batch])
        everywhere, schema = range(len(digests)), schema_of(self._measure, self._model.facts)
        own = pa.schema([schema.field(column.name) for column in self._columns])
        rows = pa.array([self._rows.get(place) for place in everywhere], pa.int64())
        found = pa.concat_tables([own.empty_table(), *self._tables]).take(rows)
        hashes = [self._read[place].picture.sha256 if place in self._read else None for place in everywhere]
        common = [list(digests), hashes, [self._errors.get(place) for place in everywhere]]
        columns = [pa.array(values, pa.string()) for values in common]
        return pa.Table.from_arrays([*columns, *found.columns], schema=schema)

    def _ask(self, places: Sequence[int]) -> None:
        """Ask about some images together; where that fails, about each alone."""
        try:
            values = self._measure.values(self._model, self._data, [self._read[place] for place in places])
        except VitrineError as error:
            if len(places) == 1:
                self._errors[places[0]] = str(error)
                return
            for place in places:
                self._ask([place])
            return
        self._rows |= {place: len(self._rows) + row for row, place in enumerate(places)}
        self._tables.append(table_of(self._columns, values))
