"""A Keras model of somebody's own that takes gigabytes for one image, among toy models."""

import json
from pathlib import Path

from compute.worker.sources import CatalogueSource
from engine.model import LoadedModel, ModelFacts
from model_store.base.entries import FixedSize
from model_store.catalogue import ModelRef
from model_store.own.model import OwnModel
from model_store.own.store import store_model
from tests.compute.toy_source import ToySource
from tests.model_store.strangers import archive, layer

SOURCE = f"{__name__}:HungrySource"
KEY = "own-hungry"
SIDE, TIMES = 256, 64
BYTES = (SIDE * TIMES) ** 2 * 3 * 4
"""Of the one activation of the model: the image, enlarged."""


def store_hungry_model(folder: Path) -> ModelRef:
    """Put it among the own models, as if it had been examined; its answer is the mean of each colour."""
    inside = [
        _part("InputLayer", "picture", batch_shape=[None, SIDE, SIDE, 3]),
        _part("UpSampling2D", "enlarge", size=[TIMES, TIMES]),
        _part("GlobalAveragePooling2D", "mean"),
    ]
    described = _part("Sequential", "hungry", "keras", layers=inside)
    file = archive(folder / "hungry.keras", json.dumps(described))
    own = OwnModel("Hungry", "classification", "keras", ("red", "green", "blue"), FixedSize(SIDE, SIDE))
    return ModelRef(store_model(KEY, own, {"hungry.keras": file}))


def _part(kind: str, name: str, module: str = "keras.layers", **config: object) -> dict:
    return {**layer(kind, module), "config": {"name": name, **config}}


class HungrySource(ToySource):
    """Takes own models from the catalogue, and all others from the toys."""

    def __init__(self) -> None:
        self._catalogue = CatalogueSource()

    def facts(self, ref: ModelRef) -> ModelFacts:
        return self._catalogue.facts(ref) if _is_own(ref) else super().facts(ref)

    def get(self, ref: ModelRef) -> LoadedModel:
        return self._catalogue.get(ref) if _is_own(ref) else super().get(ref)


def _is_own(ref: ModelRef) -> bool:
    return ref.key.startswith("own-")
