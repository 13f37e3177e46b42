"""What a layer of a network makes of each image of a data set: the mean of each channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from compute.measure.measure import RAGGED, Measure, Read, TableColumn, Values, stacked
from data_store.base.words import DataSet
from engine.arrays import Floats
from engine.errors import ModelError
from engine.model import LoadedModel, ModelFacts

FEATURES = "features"
MOST_HALF = 65504.0
"""Largest number in half precision."""


@dataclass(frozen=True)
class LayerFeatures(Measure):
    """Features of each image: ``features``, the means of a layer's channels over all places, on disk in half
    precision.

    Attributes:
        layer: name of a target layer.
    """

    name: ClassVar[str] = "features"
    heavy: ClassVar[frozenset[str]] = frozenset({FEATURES})
    layer: str

    def meaning(self, data: DataSet, facts: ModelFacts) -> Any:
        return None

    def columns(self, facts: ModelFacts) -> Sequence[TableColumn]:
        return [TableColumn(FEATURES, "float16", RAGGED)]

    def values(self, model: LoadedModel, data: DataSet, read: Sequence[Read]) -> Values:
        return {FEATURES: list(layer_means(model, stacked(model, read), self.layer))}


def layer_activation(model: LoadedModel, images: Floats, layer: str) -> Floats:
    """float32 (N, h, w, K): what a layer makes of images.

    Args:
        model: the model.
        images: float32 (N, H, W, 3).
        layer: name of a target layer.

    Raises:
        ModelError: there is no such layer.
    """
    if layer not in {known.name for known in model.target_layers}:
        raise ModelError("There is no layer {layer!r} among the target layers.", layer=layer)
    weights = np.zeros_like(model.score_batch(images[:1], "logit")).repeat(len(images), axis=0)
    return model.layer_gradients(images, weights, [layer])[layer].activation


def layer_means(model: LoadedModel, images: Floats, layer: str) -> Floats:
    """float32 (N, K): the mean of each channel of a layer, within what half precision can hold.

    Raises:
        ModelError: there is no such layer.
    """
    return np.clip(layer_activation(model, images, layer).mean(axis=(1, 2)), -MOST_HALF, MOST_HALF)
