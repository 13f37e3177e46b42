"""`prototypes`: images that stand for a class of a data set, and images that those do not stand for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from commands.data.embed import layer_of, readable_image
from commands.runners import images_bar, open_runner
from commands.targets import class_index_of
from compute.measure.examples.prototypes import PrototypeOrder, PrototypeSpec, example_rows
from compute.measure.examples.zone_features import ZoneFeatures
from compute.measure.features import FEATURES, LayerFeatures
from compute.measure.layout import FeatureTable
from compute.work.examples.zone_reading import zone_rows, zones_found
from compute.work.measure import MeasureOrder, MeasureSpec
from compute.worker.sources import model_source
from data_store.catalogue import data_set_at
from engine.errors import ParamsError
from model_store.catalogue import ModelRef


@dataclass(frozen=True)
class PrototypesQuestion:
    """What is asked, as it was typed.

    Attributes:
        model: key of the model.
        data: key or folder of a data set.
        split: part of the data set; None for all of it.
        layer: name of a target layer; the best one where it is None.
        class_name: class of the data set; all images where it is None.
        spec: how many, and the seed.
        scheduler: address of a Dask cluster, or None.
        zones: class of a segmentation model whose zones are chosen among, in place of whole images.
    """

    model: str
    data: str
    split: str | None = None
    layer: str | None = None
    class_name: str | None = None
    spec: PrototypeSpec = field(default_factory=PrototypeSpec)
    scheduler: str | None = None
    zones: str | None = None


def find_examples(asked: PrototypesQuestion) -> dict[str, Any]:
    """Measure the features of a data set and choose among its images, ready for JSON.

    Raises:
        VitrineError: the question cannot be answered; wrong words are found before the model runs.
    """
    if asked.zones is not None:
        return _find_zones(asked, asked.zones)
    data, ref = data_set_at(asked.data), ModelRef.parse(asked.model)
    label = None if asked.class_name is None else class_index_of(data.labels, asked.class_name)
    sample = readable_image(data, ref, asked.split)
    with open_runner(asked.scheduler) as runner, images_bar() as follow:
        layer = layer_of(runner, ref, sample, asked.layer)
        order = MeasureOrder(MeasureSpec(LayerFeatures(ref, layer), asked.split), data)
        positions, values = runner.run(order, follow).heavy(FEATURES)
        items = [order.items[place] for place in positions.tolist()]
        rows = np.array([row for row, item in enumerate(items) if label in (None, item.label)], np.int64)
        found = runner.run(PrototypeOrder(asked.spec, FeatureTable(values[rows]))).result()
    assert found is not None
    return {
        "model": order.facts.key,
        "data": data.key,
        "layer": layer,
        "class": None if label is None else data.labels[label],
        "images": found.considered,
        "examples": example_rows([items[row] for row in rows.tolist()], data.labels, found),
    }


def _find_zones(asked: PrototypesQuestion, name: str) -> dict[str, Any]:
    """Prototypes and criticisms among the zones of a class."""
    if asked.class_name is not None:
        raise ParamsError("Please name a class of images with --class, or of zones with --zones.")
    data, ref = data_set_at(asked.data), ModelRef.parse(asked.model)
    index = class_index_of(model_source().facts(ref).labels, name)
    sample = readable_image(data, ref, asked.split)
    with open_runner(asked.scheduler) as runner, images_bar() as follow:
        layer = layer_of(runner, ref, sample, asked.layer)
        order = MeasureOrder(MeasureSpec(ZoneFeatures(ref, layer, index), asked.split), data)
        zones = zones_found(runner.run(order, follow))
        found = runner.run(PrototypeOrder(asked.spec, FeatureTable(zones.features))).result()
    assert found is not None
    return {
        "model": order.facts.key,
        "data": data.key,
        "layer": layer,
        "class": order.facts.labels[index],
        "zones": found.considered,
        "examples": [
            row | {"label": order.facts.labels[index]} for row in zone_rows(zones, order.items, found)
        ],
    }
