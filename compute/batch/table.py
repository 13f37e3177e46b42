"""Table of a batch in Parquet."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from compute.base.parquet import DAMAGE, opened_table
from compute.batch.each import TableRow
from replacing import replacing

GROUP_ROWS = 4096


def batch_table(rows: Iterable[TableRow], schema: pa.Schema) -> pa.Table:
    """Rows as a table; what a row does not say is null."""
    return pa.Table.from_pylist(list(rows), schema)


def write_table(path: Path, schema: pa.Schema, key: str, pictures: Iterable[Iterable[TableRow]]) -> None:
    """Write the table of a batch, picture by picture; rows of other batches that the file has stay in it.

    Args:
        path: Parquet file; it is replaced at once.
        schema: of the table.
        key: of the batch.
        pictures: the rows of each picture.

    Raises:
        StoreError: it cannot be written.
    """
    with replacing(path) as file, pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for others in _other_batches(path, schema, key):
            writer.write_table(others)
        waiting: list[TableRow] = []
        for rows in pictures:
            waiting.extend(rows)
            if len(waiting) >= GROUP_ROWS:
                writer.write_table(batch_table(waiting, schema))
                waiting.clear()
        writer.write_table(batch_table(waiting, schema))


def _other_batches(path: Path, schema: pa.Schema, key: str) -> Iterator[pa.Table]:
    """Rows of a table of other questions, some at a time; none of a damaged file or another kind."""
    try:
        with opened_table(path) as stored:
            if not stored.schema_arrow.equals(schema):
                return
            for batch in stored.iter_batches(GROUP_ROWS):
                table = pa.Table.from_batches([batch])
                yield table.filter(pc.not_equal(table["batch"], key)).cast(schema)
    except DAMAGE:
        return
