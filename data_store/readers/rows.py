"""Rows of a manifest: CSV, or Parquet; both within bounds, all values as text."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from data_store.base.files import read_bytes
from data_store.base.listing import check_count
from engine.errors import DataSetError

MOST_BYTES = 64 * 2**20
MOST_COLUMNS = 64
MOST_SIGNS = 1000
"""In one value."""
_DELIMITERS = ",;\t"
_MAGIC = b"PAR1"
_MOST_FOOTER = 8 * 2**20
_MOST_UNPACKED = 512 * 2**20
_AT_ONCE = 4096
"""Rows of Parquet that are unpacked together."""


class ManifestRows(NamedTuple):
    """A table of texts.

    Attributes:
        names: of its columns.
        values: a row of as many values each; in the first column of the table comes first.
    """

    names: tuple[str, ...]
    values: list[tuple[str, ...]]


def read_csv(path: Path) -> ManifestRows:
    """Rows of a CSV file in UTF-8, separated by commas, semicolons or tabs.

    Raises:
        DataSetError: it is none, or has more than a manifest may have.
    """
    try:
        text = read_bytes(path, MOST_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataSetError("{name} is not a text in UTF-8.", name=path.name) from error
    head = text.partition("\n")[0][: MOST_COLUMNS * MOST_SIGNS]
    delimiter = max(_DELIMITERS, key=head.count)
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        return _checked(path.name, _whole(path.name, lines))
    except csv.Error as error:
        raise DataSetError("{name} cannot be read as CSV: {reason}.", name=path.name, reason=error) from error


def _whole(name: str, lines: Iterator[list[str]]) -> Iterator[Sequence[str]]:
    """The head and all lines that are not empty, each as long as the head."""
    head = next(lines, [])
    yield head
    for number, line in enumerate(lines, 2):
        if line and len(line) != len(head):
            raise DataSetError(
                "Row {row} of {name} has {found} values; its header has {count}.",
                row=number,
                name=name,
                found=len(line),
                count=len(head),
            )
        if line:
            yield line


def _checked(name: str, lines: Iterator[Sequence[str]]) -> ManifestRows:
    """The table, if its head is one and nothing in it is too long or too much."""
    names = tuple(word.strip() for word in next(lines, ()))
    if not names or len(names) > MOST_COLUMNS or len(set(names)) < len(names) or "" in names:
        raise DataSetError(
            "{name} needs a header of at most {most} different column names.",
            name=name,
            most=MOST_COLUMNS,
        )
    values = []
    for line in lines:
        if any(len(value) > MOST_SIGNS for value in (*names, *line)):
            raise DataSetError(
                "{name} has a value of more than {most} characters.", name=name, most=MOST_SIGNS
            )
        values.append(tuple(value.strip() for value in line))
        check_count(len(values))
    return ManifestRows(names, values)


def read_parquet(path: Path) -> ManifestRows:
    """Rows of a Parquet file whose columns are texts, numbers, dates or truth values.

    Its size, its footer and what it says of itself are looked at first; texts stay unrepeated until each is
    known to be short.

    Raises:
        DataSetError: it is none, or has more than a manifest may have.
    """
    data = read_bytes(path, MOST_BYTES)
    footer = int.from_bytes(data[-8:-4], "little")
    if data[:4] != _MAGIC or data[-4:] != _MAGIC or not 0 < footer <= min(_MOST_FOOTER, len(data) - 12):
        raise DataSetError("{name} is not a Parquet file.", name=path.name)
    try:
        return _checked(path.name, _parquet_lines(data, path.name))
    except DataSetError:
        raise
    except Exception as error:  # damage makes the library raise whatever it likes
        raise DataSetError("{name} cannot be read as Parquet. It may be damaged.", name=path.name) from error


def _parquet_lines(data: bytes, name: str) -> Iterator[Sequence[str]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    limits = {"thrift_string_size_limit": _MOST_FOOTER, "thrift_container_size_limit": 100_000}
    about = pq.read_metadata(pa.BufferReader(data))
    names = _flat_names(about, name)
    yield names
    check_count(about.num_rows)
    file = pq.ParquetFile(pa.BufferReader(data), read_dictionary=names, memory_map=False, **limits)
    for batch in file.iter_batches(_AT_ONCE, use_threads=False):
        columns = [_texts(column, name) for column in batch.columns]
        yield from zip(*columns, strict=True)


def _flat_names(about: Any, name: str) -> list[str]:
    """Names of the columns, none of which is nested."""
    parts = [about.schema.column(number) for number in range(min(about.num_columns, MOST_COLUMNS + 1))]
    nested = [part.path for part in parts if part.max_repetition_level or part.max_definition_level > 1]
    groups = range(about.num_row_groups)
    if nested or sum(about.row_group(number).total_byte_size for number in groups) > _MOST_UNPACKED:
        raise DataSetError("{name} has columns that are nested or too large.", name=name)
    return [part.name for part in parts]


def _texts(column: Any, name: str) -> list[str]:
    """Values of a column as texts; an empty one where there is none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        longest = pc.max(pc.binary_length(column.dictionary)).as_py()
        if (longest or 0) > MOST_SIGNS * 4:
            raise DataSetError(
                "{name} has a value of more than {most} characters.", name=name, most=MOST_SIGNS
            )
        column = column.dictionary_decode()
    if not _plain(column.type):
        raise DataSetError("{name} has columns that are nested or too large.", name=name)
    return [value or "" for value in column.cast(pa.string()).to_pylist()]


def _plain(kind: Any) -> bool:
    from pyarrow import types

    known = (types.is_string, types.is_large_string, types.is_integer, types.is_floating, types.is_boolean)
    return any(fits(kind) for fits in (*known, types.is_date, types.is_timestamp, types.is_null))
