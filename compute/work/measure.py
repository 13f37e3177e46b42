"""Measuring a model on a data set: many images in chunks, rows of a table that is found again.

Tables are imported when there is one: what draws pages knows this module, and Arrow takes long.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, ClassVar

from compute.base.keys import FORMAT, digest_of
from compute.base.store import ResultStore
from compute.measure.measure import Measure, read_items
from compute.work.contract import BACKGROUND, Order, Part, Price, View
from compute.worker.sources import model_source
from compute.worker.tasks import guarded, leave_if_unwanted
from compute.worker.workbench import workbench
from data_store.base.words import DataSet, Item
from engine.arrays import Array, LongInts
from engine.model import ModelFacts

if TYPE_CHECKING:
    import pyarrow as pa

    from compute.measure.row_sheet import RowSheet
    from compute.measure.shelf import Shelf


@dataclass(frozen=True)
class MeasureSpec:
    """What workers are told: the question, and of which part of the data set it is asked.

    Attributes:
        measure: the question.
        split: part of the data set; None for all of it.
    """

    measure: Measure
    split: str | None = None


class MeasureView(View["MeasureOrder", "RowSheet"]):
    """The table as far as it goes."""

    def table(self) -> pa.Table:
        """Rows of the images that are done, in the order of the data set, without heavy columns; the column
        ``position`` says which item of the order a row is of.
        """
        return self.sheet.table()

    def heavy(self, name: str) -> tuple[LongInts, Array]:
        """Positions (n,) of the images that have a value, and a heavy column (n, K)."""
        return self.sheet.heavy(name)

    def ragged(self, name: str) -> tuple[LongInts, list[Array]]:
        """Positions (n,) of the images that have a value, and a heavy column of values of any length."""
        return self.sheet.ragged(name)


@dataclass(frozen=True, eq=False)
class MeasureOrder(Order[MeasureView]):
    """A question about each image of a data set.

    Attributes:
        spec: the question.
        data: the data set; workers read its files where the server does.
        folder: of tables; that of the server where it is None.
    """

    kind: ClassVar[str] = "measure"
    priority: ClassVar[int] = BACKGROUND
    chunked: ClassVar[bool] = True

    spec: MeasureSpec
    data: DataSet
    folder: Path | None = None

    @cached_property
    def facts(self) -> ModelFacts:
        """Of the model."""
        return model_source().facts(self.spec.measure.ref)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """The images that are asked about.

        Raises:
            DataSetError: there is no such split.
        """
        return self.data.items_of(self.spec.split)

    @cached_property
    def digests(self) -> tuple[str, ...]:
        """Of the items: equal ones have equal rows.

        Raises:
            DataSetError: there is no such split.
        """
        wanted = set(self.items)
        pairs = zip(self.data.items, self.data.item_digests, strict=True)
        return tuple(digest for item, digest in pairs if item in wanted)

    @cached_property
    def table_key(self) -> str:
        """Names the table: all that a row depends on besides its item.

        Raises:
            VitrineError: the data set does not fit the model.
        """
        measure = self.spec.measure
        meaning = measure.meaning(self.data, self.facts)
        model = self.facts.fingerprint if measure.asks_model else ""
        return digest_of(FORMAT, measure.asked, model, self.data.kind, meaning)[:32]

    @cached_property
    def key(self) -> str:
        return f"measure-{digest_of(self.table_key, self.digests)}"

    @property
    def identity(self) -> Hashable:
        return self.spec, self.data.digest

    @property
    def price(self) -> Price:
        return Price(len(self.items))

    @property
    def run(self) -> Callable[..., pa.Table]:
        return measure_items

    @property
    def shared(self) -> Mapping[str, Any]:
        return {"data": self.data}

    def shelf(self) -> Shelf:
        """Where its rows are kept."""
        from compute.measure.arrow import schema_of
        from compute.measure.shelf import Shelf, shelves

        measure = self.spec.measure
        root = self.folder or shelves()
        return Shelf(root / self.table_key, schema_of(measure, self.facts), measure.heavy)

    def sheet(self) -> RowSheet:
        from compute.measure.row_sheet import RowSheet

        return RowSheet(self.digests, self.shelf(), self.spec.measure.chunk)

    def view(self, sheet: RowSheet) -> MeasureView:
        return MeasureView(self, sheet)

    def find(self, store: ResultStore | None) -> RowSheet:
        sheet = self.sheet()
        sheet.find()
        return sheet

    def keep(self, store: ResultStore | None, sheet: RowSheet) -> None:
        from compute.measure.shelf import forget_oldest

        if sheet.complete:
            sheet.shelf.flush()
            forget_oldest(sheet.shelf.folder.parent, spare=sheet.shelf.folder)


@guarded
def measure_items(part: Part, asked: MeasureSpec, data: DataSet) -> pa.Table:
    """Rows of some items of a data set, whatever becomes of each: an image without an answer has a row that
    says why. The metadata has the seconds that it took.
    """
    from compute.measure.part_rows import PartRows
    from compute.measure.row_sheet import SECONDS

    measure, began = asked.measure, perf_counter()
    model = workbench().model(measure.ref)
    kept = [place for place, item in enumerate(data.items) if asked.split in (None, item.split)]
    places = kept[part[0] : part[1]]
    rows = PartRows(measure, model, data)
    for place, one in enumerate(read_items(measure, data, [data.items[place] for place in places])):
        leave_if_unwanted()
        rows.enter(place, one)
    table = rows.table([data.item_digests[place] for place in places])
    return table.replace_schema_metadata({SECONDS: str(perf_counter() - began)})
