"""Where a table of results goes: CSV, Parquet or LaTeX, as the name of the file says."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from commands.data.tables import check_table_path, write_rows
from compute.lab.latex import latex_table
from replacing import replacing

LATEX = ".tex"


def check_place(path: Path | None) -> None:
    """Lets a .csv, .parquet or .tex file pass whose folder is there.

    Raises:
        StoreError: it ends in something else, or its folder is not there.
    """
    if path is None or path.suffix.lower() != LATEX:
        check_table_path(path)
        return
    check_table_path(path.with_suffix(".csv"))


def write_results(rows: Sequence[Mapping[str, Any]], path: Path | None) -> None:
    """Write rows of one form; nothing where no file is named.

    Raises:
        StoreError: it cannot be written.
    """
    if path is None or path.suffix.lower() != LATEX:
        write_rows(rows, path)
        return
    with replacing(path) as file:
        file.write(latex_table(rows).encode())
