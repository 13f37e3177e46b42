"""Downloads of a batch: the table, and everything; each is made when it is asked for."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from components.batch.jobs import RunningBatch
from components.session.files import offer_files
from components.words.i18n import _

if TYPE_CHECKING:
    from compute.batch.run import PictureOutcome


def offer_batch_downloads(found: RunningBatch, outcomes: Sequence[PictureOutcome]) -> None:
    """Three buttons."""
    rows = [row for outcome in outcomes for row in outcome.rows]
    folder = found.job.batch.folder
    files = (
        ("get-batch-uet", _("Table (Parquet)"), "parquet", lambda: parquet_bytes(rows)),
        ("get-batch-csv", _("Table (CSV)"), "csv", lambda: csv_bytes(rows)),
        ("get-batch-zip", _("Table and maps (ZIP)"), "zip", lambda: zip_bytes(rows, folder)),
    )
    with st.container(horizontal=True):
        offer_files(f"vitrine-{found.spec.method}-batch", files)


def parquet_bytes(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The file content of the table."""
    import pyarrow.parquet as pq

    from compute.batch.explanation_rows import SCHEMA
    from compute.batch.table import batch_table

    buffer = io.BytesIO()
    pq.write_table(batch_table(rows, SCHEMA), buffer, compression="zstd")
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
