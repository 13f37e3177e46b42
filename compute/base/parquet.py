"""Parquet files of our own, read within bounds."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROWS_PER_BYTE, BYTES_PER_BYTE = 8, 1000
"""So many rows, and bytes once they are unpacked, a table of ours has at most for each byte of its file."""
DAMAGE = (OSError, KeyError, ValueError, TypeError, MemoryError, pa.ArrowException)
"""What reading a damaged table raises."""


@contextmanager
def opened_table(path: Path) -> Iterator[pq.ParquetFile]:
    """A table to read that claims no more than its file can hold; otherwise one of ``DAMAGE`` is raised."""
    with pq.ParquetFile(path) as stored:
        size, facts = path.stat().st_size, stored.metadata
        groups = [facts.row_group(number) for number in range(facts.num_row_groups)]
        rows = sum(group.num_rows for group in groups)
        nbytes = sum(group.total_byte_size for group in groups)
        if rows != facts.num_rows or rows > ROWS_PER_BYTE * size or nbytes > BYTES_PER_BYTE * size:
            raise ValueError("it has not as many rows as it says")
        yield stored
