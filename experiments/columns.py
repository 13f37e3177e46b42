"""Parquet files of a run: curves over its epochs, and answers image by image."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import ExperimentError
from replacing import replacing

CURVES, IMAGES = "curves.parquet", "images.parquet"
LARGEST_BYTES, MOST_ROWS = 32 * 2**20, 1_000_000
Curves = Mapping[str, Sequence[tuple[int, float]]]
"""Name of a figure -> its epochs, from 1, and its values."""


@dataclass(frozen=True)
class ImageFigures:
    """A figure of each image, so that two runs can be compared on the same ones.

    Attributes:
        name: of the figure whose mean over images it is: accuracy, iou.
        values: image -> value; of accuracy 1 where the answer is right, else 0.
    """

    name: str
    values: Mapping[str, float]


def write_curves(folder: Path, curves: Curves) -> None:
    """Write the curves of a run.

    Raises:
        ExperimentError: there are too many values.
        StoreError: the disk takes none.
    """
    rows = [(epoch, name, value) for name, points in curves.items() for epoch, value in points]
    epochs, names, values = zip(*rows, strict=True) if rows else ((), (), ())
    _write(
        folder / CURVES, {"epoch": ("int32", epochs), "name": ("string", names), "value": ("float64", values)}
    )


def read_curves(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """The curves of a run; empty where it has none.

    Raises:
        ExperimentError: the file is damaged or too large.
    """
    found: dict[str, list[tuple[int, float]]] = {}
    for row in _read(folder / CURVES, ("epoch", "name", "value")):
        found.setdefault(row["name"], []).append((row["epoch"], row["value"]))
    return found


def write_image_figures(folder: Path, figures: ImageFigures) -> None:
    """Write a figure of each image.

    Raises:
        ExperimentError: there are too many images.
        StoreError: the disk takes none.
    """
    names = [figures.name] * len(figures.values)
    columns = {"image": ("string", list(figures.values)), "name": ("string", names)}
    _write(folder / IMAGES, {**columns, "value": ("float64", list(figures.values.values()))})


def read_image_figures(folder: Path) -> ImageFigures | None:
    """The figure of each image, or None where the run has none.

    Raises:
        ExperimentError: the file is damaged or too large.
    """
    rows = _read(folder / IMAGES, ("image", "name", "value"))
    return ImageFigures(rows[0]["name"], {row["image"]: row["value"] for row in rows}) if rows else None


def replace_file(path: Path, content: bytes) -> None:
    """Write a file that is there completely or not at all.

    Raises:
        StoreError: the disk is full or cannot be written to.
    """
    with replacing(path) as file:
        file.write(content)


def _write(path: Path, columns: Mapping[str, tuple[str, Sequence[Any]]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({name: pa.array(values, kind) for name, (kind, values) in columns.items()})
    if table.num_rows > MOST_ROWS:
        raise ExperimentError(
            "A run may have {most:,} values; received {count:,}.", most=MOST_ROWS, count=len(table)
        )
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    replace_file(path, sink.getvalue().to_pybytes())


def _read(path: Path, names: Sequence[str]) -> list[dict[str, Any]]:
    if not path.is_file():
        return []
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        _check_size(path.stat().st_size, LARGEST_BYTES)
        with pq.ParquetFile(path) as file:
            _check_size(file.metadata.num_rows, MOST_ROWS)
            _check_size(
                sum(file.metadata.row_group(at).total_byte_size for at in range(file.num_row_groups)),
                LARGEST_BYTES,
            )
            return file.read(columns=list(names)).select(names).to_pylist()
    except (OSError, ValueError, KeyError, pa.ArrowException) as error:
        raise ExperimentError(
            "{file} is damaged: {reason}.", file=path.name, reason=str(error)[:120]
        ) from error


def _check_size(found: int, most: int) -> None:
    if found > most:
        raise ValueError(f"it is larger than {most:,}")
