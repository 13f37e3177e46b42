"""`predict`: what a model sees in a picture."""

from pathlib import Path
from typing import Any

import numpy as np

from commands.pictures import open_picture
from compute.run.runners import LocalRunner, predict_with
from compute.work.predict import Prediction
from engine.images.picture import Picture
from engine.zones import Zones
from model_store.catalogue import ModelRef


def prediction_facts(model: str, image: Path, top: int) -> dict[str, Any]:
    """Classes and zones of a picture, ready for JSON; of a classifier the best classes.

    Shares are of the picture, points are ROW,COL in pixels of the upright file.
    """
    ref = ModelRef.parse(model)
    picture = open_picture(image, ref)
    prediction = predict_with(LocalRunner(), ref, picture)
    facts = prediction.facts
    described = {
        "model": facts.key,
        "picture": picture.name,
        "picture_sha256": picture.sha256,
        "licence": facts.licence,
        "seconds_per_run": round(prediction.seconds_per_run, 4),
        "runs_on": prediction.backend.name,
    }
    if prediction.zones is None:
        return described | {"top": best_classes(prediction, top)}
    shares = {
        name: round(float(score), 4)
        for name, score in zip(facts.labels, prediction.class_scores, strict=True)
    }
    return described | {"classes": shares, "zones": _zone_rows(prediction.zones, picture)}


def best_classes(prediction: Prediction, top: int) -> list[dict[str, Any]]:
    """The most probable classes of a classifier, best first."""
    best = np.argsort(-prediction.class_scores, kind="stable")[: max(top, 1)]
    logits = prediction.base["logit"]
    return [
        {
            "class": prediction.facts.labels[index],
            "index": int(index),
            "probability": round(float(prediction.class_scores[index]), 4),
            "logit": round(float(logits[index]), 3),
        }
        for index in best
    ]


def _zone_rows(zones: Zones, picture: Picture) -> list[dict[str, Any]]:
    return [
        {
            "zone": zone.index + 1,
            "class": zones.class_names[zone.class_index],
            "area_percent": round(100 * zone.area, 2),
            "probability": round(zone.probability, 3),
            "point": point_inside(zones, zone.index, picture.file_hw or picture.size_hw),
            "small": zone.small,
        }
        for zone in zones.zones
    ]


def point_inside(zones: Zones, index: int, size_hw: tuple[int, int]) -> str:
    """ROW,COL in pixels of a point inside a zone, near its middle: what ``--point`` takes."""
    pixels = np.argwhere(zones.labels == index)
    middle = pixels[np.argmin(((pixels - pixels.mean(axis=0)) ** 2).sum(axis=1))]
    row, column = ((middle + 0.5) * np.array(size_hw) / zones.labels.shape).astype(int)
    return f"{row},{column}"
