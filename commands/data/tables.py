"""Tables of the command line: in files, Parquet or CSV as the name says, and as the terminal shows them."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from engine.errors import StoreError
from replacing import replacing

SUFFIXES = (".csv", ".parquet")


def check_table_path(path: Path | None) -> None:
    """Lets only a file pass whose name says what it is, and whose folder is there, before anything is asked.

    Raises:
        StoreError: it ends in something else, or its folder is not there.
    """
    if path is None:
        return
    if path.suffix.lower() not in SUFFIXES:
        raise StoreError("A table is a .csv or a .parquet file; received {path}.", path=path)
    if not path.absolute().parent.is_dir():
        raise StoreError("There is no folder {folder} for the table.", folder=path.absolute().parent)


def save_table(table: pa.Table, path: Path) -> None:
    """Write a table as CSV or, where the file is called so, Parquet.

    Raises:
        StoreError: it cannot be written.
    """
    with replacing(path) as file:
        if path.suffix.lower() == ".parquet":
            pq.write_table(table, file, compression="zstd")
        else:
            file.write(table.to_pandas().to_csv(index=False).encode())


def write_rows(rows: Sequence[Mapping[str, Any]], path: Path | None) -> None:
    """Write rows of one form; nothing where no file is named.

    Raises:
        StoreError: it cannot be written.
    """
    if path is not None:
        save_table(pa.Table.from_pylist([dict(row) for row in rows]), path)


def shown_rows(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows for the terminal: numbers with four digits, and nothing where there is none; without columns that
    are empty.

    Example:
        >>> shown_rows([{"image": "a.png", "loss": 0.123456, "margin": float("nan")}])
        [{'image': 'a.png', 'loss': '0.1235'}]
    """
    texts = [{name: _shown(value) for name, value in row.items()} for row in rows]
    kept = {name for row in texts for name, text in row.items() if text != ""}
    return [{name: text for name, text in row.items() if name in kept} for row in texts]


def _shown(value: Any) -> Any:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return f"{value:.4g}" if isinstance(value, float) else value
