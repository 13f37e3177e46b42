"""Rows of a batch of explanations: one for each image and target."""

import json
from typing import Any

import numpy as np
import pyarrow as pa

from compute.batch.grade_columns import GRADE_COLUMNS
from compute.work.predict import Prediction
from engine.explanation import Explanation
from engine.images.picture import Picture
from engine.target_sets import TargetIndex, column
from engine.visualise.strength import strength

COLUMNS = (
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
    ("runs", pa.int64(), "pictures run through the model; all targets of a perturbation pass share them"),
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
    *GRADE_COLUMNS,
    ("warnings", pa.list_(pa.string()), "in plain words"),
    ("maps", pa.string(), "NPZ with the raw maps, below the folder of results"),
    ("error", pa.string(), "why there is no map"),
)
SCHEMA = pa.schema([pa.field(name, kind, metadata={"about": about}) for name, kind, about in COLUMNS])
KINDS = {
    "ClassTarget": "class",
    "ZoneTarget": "zone",
    "BorderTarget": "border",
    "SharedBorderTarget": "shared border",
}


def row_of(
    prediction: Prediction, picture: Picture, wanted: TargetIndex, explanation: Explanation
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


def _class_facts(prediction: Prediction, wanted: TargetIndex) -> dict[str, Any]:
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
