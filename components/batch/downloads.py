"""Downloads of a batch: the table, and everything; each is made when it is asked for."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from components.batch.jobs import Running
from components.words.i18n import _

if TYPE_CHECKING:
    from compute.batch.run import Outcome


def offer_batch_downloads(found: Running, outcomes: Sequence[Outcome]) -> None:
    """Three buttons."""
    rows = [row for outcome in outcomes for row in outcome.rows]
    stem = f"vitrine-{found.spec.method}-batch"
    files = (
        (
            _("Table (Parquet)"),
            f"{stem}.parquet",
            "application/vnd.apache.parquet",
            lambda: parquet_bytes(rows),
        ),
        (_("Table (CSV)"), f"{stem}.csv", "text/csv", lambda: csv_bytes(rows)),
        (
            _("Table and maps (ZIP)"),
            f"{stem}.zip",
            "application/zip",
            lambda: zip_bytes(rows, found.job.batch.folder),
        ),
    )
    with st.container(horizontal=True):
        for label, name, mime, make in files:
            st.download_button(
                label, make, name, mime, key=f"get-batch-{name[-3:]}", on_click="ignore", width="content"
            )


def parquet_bytes(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The file content of the table."""
    import pyarrow.parquet as pq

    from compute.batch.explanation_rows import SCHEMA
    from compute.batch.table import table_of

    buffer = io.BytesIO()
    pq.write_table(table_of(rows, SCHEMA), buffer, compression="zstd")
    return buffer.getvalue()


def csv_bytes(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The file content of the table as text; warnings of a row stand behind each other.

    A name that begins as a formula does would be one in a spreadsheet: it gets an apostrophe.
    """
    from compute.batch.explanation_rows import SCHEMA

    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, SCHEMA.names, extrasaction="ignore")
    writer.writeheader()
    for row in rows:
        told = {**row, "warnings": " ".join(row["warnings"])}
        writer.writerow({name: _tame(value) for name, value in told.items()})
    return buffer.getvalue().encode("utf-8-sig")


def _tame(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t")) else value


def zip_bytes(rows: Sequence[Mapping[str, Any]], folder: Path) -> bytes:
    """The file content of an archive with the table and the maps of each picture."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:  # what is inside is compressed already
        archive.writestr("scores.parquet", parquet_bytes(rows))
        for maps in sorted({row["maps"] for row in rows if row.get("maps")}):
            archive.write(folder / maps, maps)
    return buffer.getvalue()
