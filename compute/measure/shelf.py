"""Tables of measures on disk: Parquet parts that only grow in number, one folder for each question."""

import logging
import shutil
import threading
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from compute.base.parquet import DAMAGE, opened_table
from compute.measure.measure import ITEM
from engine.errors import StoreError
from replacing import remove_leftovers, replacing
from settings import MEGABYTE, settings

PART_ROWS, PART_SECONDS = 2048, 5.0
"""A part is written when it has so many rows, or is so old: more is not lost with the process."""
logger = logging.getLogger(__name__)


def shelves() -> Path:
    """Where tables of data sets are kept that the server offers."""
    return settings().cache / "tables"


class Shelf:
    """The rows of one question, whichever data sets their images came from.

    A disk that is full or read-only is a warning in the log: the rows are then made again.

    Args:
        folder: of the question; made when it is needed.
        schema: of all columns.
        heavy: columns that are read when they are asked for.
    """

    def __init__(self, folder: Path, schema: pa.Schema, heavy: Collection[str]) -> None:
        self.folder = folder
        self._schema, self._heavy = schema, heavy
        self._waiting: list[pa.Table] = []
        self._since = monotonic()
        self._lock = threading.RLock()

    def light(self, table: pa.Table) -> pa.Table:
        """Columns that are kept in memory."""
        return table.select([name for name in self._schema.names if name not in self._heavy])

    def empty(self) -> pa.Table:
        """A table without rows, and without heavy columns."""
        return self.light(self._schema.empty_table())

    def find(self) -> Iterator[pa.Table]:
        """Rows that were kept, part by part, without heavy columns; damaged parts are removed."""
        names = [name for name in self._schema.names if name not in self._heavy]
        return self._read(names)

    def heavy(self, name: str) -> pa.Table:
        """The digests of all rows and a heavy column, in no order."""
        with self._lock:
            waiting = [table.select([ITEM, name]) for table in self._waiting]
            kept = list(self._read([ITEM, name]))
        empty = self._schema.empty_table().select([ITEM, name])
        return pa.concat_tables([empty, *kept, *waiting])

    def add(self, table: pa.Table) -> None:
        """Keep some rows; they are written with others."""
        with self._lock:
            self._waiting.append(table)
            rows = sum(len(waiting) for waiting in self._waiting)
            if rows >= PART_ROWS or monotonic() - self._since >= PART_SECONDS:
                self.flush()

    def flush(self) -> None:
        """Write what is only in memory."""
        with self._lock:
            self._since = monotonic()
            if not self._waiting:
                return
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                remove_leftovers(self.folder)
                with replacing(self.folder / f"{uuid4().hex}.parquet") as file:
                    pq.write_table(pa.concat_tables(self._waiting), file, compression="zstd")
            except (OSError, StoreError) as error:
                logger.warning("a part of a table is not kept: %s", error)
                return
            self._waiting = []

    def _read(self, names: list[str]) -> Iterator[pa.Table]:
        for path in sorted(self.folder.glob("*.parquet")):
            try:
                with opened_table(path) as stored:
                    if not stored.schema_arrow.equals(self._schema):
                        raise ValueError("it has other columns")
                    yield stored.read(names)
            except DAMAGE as error:
                logger.warning("a part of a table cannot be read: %s", error)
                with suppress(OSError):
                    path.unlink()


def forget_oldest(root: Path, spare: Path) -> None:
    """Remove the questions that nobody has asked for longest, until the rest fits on disk.

    Args:
        root: folder of questions.
        spare: one that stays.
    """
    with suppress(OSError):
        found = sorted(
            (path for path in root.iterdir() if path.is_dir()), key=lambda one: one.stat().st_mtime
        )
        sizes = {path: sum(file.stat().st_size for file in path.iterdir()) for path in found}
        left = sum(sizes.values())
        for path in found:
            if left <= settings().limit_tables * MEGABYTE:
                return
            if path != spare:
                shutil.rmtree(path, ignore_errors=True)
                left -= sizes[path]
