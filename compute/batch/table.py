"""The table of a batch: one row for each picture and target, in Parquet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from compute.batch.batch import BatchSpec
from compute.batch.files import Row, replacing
from compute.work.specs import Prediction
from engine.errors import VitrineError
from engine.explanation import Explanation
from engine.images.picture import Picture
from engine.target_sets import Wanted, column
from engine.visualise.strength import strength

SCHEMA = pa.schema(
    [
        pa.field(name, kind, metadata={"about": about})
        for name, kind, about in (
            ("batch", pa.string(), "key of the question: model, method, parameters and which targets"),
            ("model", pa.string(), "key in the catalogue"),
            ("method", pa.string(), "key in the table of methods"),
            ("params", pa.string(), "JSON"),
            ("picture", pa.string(), "name below the folder of pictures"),
            (
                "sha256",
                pa.string(),
                "digest of the picture's pixels as they were looked at; null if it cannot be read",
            ),
            ("height", pa.int32(), "pixels of the upright picture in its file"),
            ("width", pa.int32(), "pixels of the upright picture in its file"),
            ("target", pa.string(), "what is explained"),
            ("kind", pa.string(), "class, zone, border or shared border"),
            ("class", pa.string(), "of the target; of a shared border that of its first zone"),
            ("layer", pa.string(), "at which the map was read, for methods that have one"),
            (
                "probability",
                pa.float64(),
                "score of the target: a mean probability 0-1, of a border inside less outside",
            ),
            ("logit", pa.float64(), "the same score before softmax or sigmoid"),
            ("predicted", pa.string(), "class that the model names: of the picture, or of the zone"),
            (
                "share",
                pa.float64(),
                "share of the picture that the zone covers, 0-1; null for classes and shared borders",
            ),
            (
                "runs",
                pa.int64(),
                "pictures run through the model; all targets of a perturbation pass share them",
            ),
            ("gradients", pa.int64(), "gradients taken"),
            ("seconds", pa.float64(), "time that the runs took; shared as they are"),
            ("strongest_row", pa.int32(), "row of the strongest cell on the map's grid, from 0 at the top"),
            ("strongest_column", pa.int32(), "its column, from 0 at the left"),
            ("strongest_value", pa.float64(), "its raw value"),
            ("grid_rows", pa.int32(), "rows of the map"),
            ("grid_columns", pa.int32(), "columns of the map"),
            (
                "stability",
                pa.float64(),
                "rank correlation between maps of independent parts of the runs, -1 to 1; null if unknown",
            ),
            ("warnings", pa.list_(pa.string()), "in plain words"),
            ("maps", pa.string(), "NPZ with the raw maps, below the folder of results"),
            ("error", pa.string(), "why there is no map"),
        )
    ]
)
KINDS = {
    "ClassTarget": "class",
    "ZoneTarget": "zone",
    "BorderTarget": "border",
    "SharedBorderTarget": "shared border",
}
GROUP_ROWS = 4096


def row_of(
    prediction: Prediction, picture: Picture, wanted: Wanted, explanation: Explanation
) -> dict[str, Any]:
    """What the table says of one map; without what all maps of a batch have in common."""
    strongest = np.unravel_index(np.argmax(strength(explanation)), explanation.values.shape)
    height, width = picture.file_hw or picture.size_hw
    return {
        "params": json.dumps(dict(explanation.params), sort_keys=True),
        "picture": picture.name,
        "sha256": picture.sha256,
        "height": height,
        "width": width,
        "target": explanation.target.label,
        "kind": KINDS[type(explanation.target).__name__],
        **_class_facts(prediction, wanted),
        "layer": explanation.params.get("layer"),
        "probability": float(column(prediction.base["probability"], wanted)),
        "logit": float(column(prediction.base["logit"], wanted)),
        "runs": explanation.cost.forwards,
        "gradients": explanation.cost.backwards,
        "seconds": round(explanation.cost.seconds, 4),
        "strongest_row": int(strongest[0]),
        "strongest_column": int(strongest[1]),
        "strongest_value": float(explanation.values[strongest]),
        "grid_rows": explanation.values.shape[0],
        "grid_columns": explanation.values.shape[1],
        "stability": explanation.stability,
        "warnings": list(explanation.warnings),
    }


def _class_facts(prediction: Prediction, wanted: Wanted) -> dict[str, Any]:
    labels, zones = prediction.facts.labels, prediction.zones
    if zones is None:
        index = wanted[0] if isinstance(wanted, tuple) else wanted
        return {
            "class": labels[index],
            "predicted": labels[int(np.argmax(prediction.class_scores))],
            "share": None,
        }
    found = [zones.zones[place] for place in prediction.targets.zones_of(wanted)]
    name = labels[found[0].class_index]
    return {"class": name, "predicted": name, "share": found[0].area if len(found) == 1 else None}


def common_facts(spec: BatchSpec, key: str) -> dict[str, Any]:
    """What all rows of a batch have in common."""
    params = json.dumps(spec.params.as_dict(), sort_keys=True)
    return {"batch": key, "model": str(spec.ref), "method": spec.method, "params": params}


def failure_row(name: str, sha256: str | None, error: VitrineError) -> dict[str, Any]:
    """The row of a picture without a map."""
    return {"picture": name, "sha256": sha256, "warnings": [], "error": str(error)}


def table_of(rows: Iterable[Row]) -> pa.Table:
    """Rows as a table; what a row does not say is null."""
    return pa.Table.from_pylist(list(rows), SCHEMA)


def write_table(path: Path, key: str, pictures: Iterable[Iterable[Row]]) -> None:
    """Write the table of a batch, picture by picture; rows of other batches that the file has stay in it.

    Args:
        path: Parquet file; it is replaced at once.
        key: of the batch.
        pictures: the rows of each picture.

    Raises:
        StoreError: it cannot be written.
    """
    with replacing(path) as file, pq.ParquetWriter(file, SCHEMA, compression="zstd") as writer:
        for others in _other_batches(path, key):
            writer.write_table(others)
        waiting: list[Row] = []
        for rows in pictures:
            waiting.extend(rows)
            if len(waiting) >= GROUP_ROWS:
                writer.write_table(table_of(waiting))
                waiting.clear()
        writer.write_table(table_of(waiting))


def _other_batches(path: Path, key: str) -> Iterator[pa.Table]:
    """Rows of a table that belong to other questions, some at a time; none of a file that is damaged or of
    another kind.
    """
    try:
        with pq.ParquetFile(path) as stored:
            if not stored.schema_arrow.equals(SCHEMA):
                return
            for batch in stored.iter_batches(GROUP_ROWS):
                table = pa.Table.from_batches([batch])
                yield table.filter(pc.not_equal(table["batch"], key)).cast(SCHEMA)
    except (OSError, pa.ArrowException):
        return
