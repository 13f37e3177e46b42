"""What a layer of a network makes of each image of a data set: the mean of each channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from compute.measure.measure import Columns, Measure, Read, stacked
from data_store.base.words import DataSet
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

    def fields(self, facts: ModelFacts) -> Sequence[pa.Field]:
        return [pa.field(FEATURES, pa.list_(pa.float16()))]

    def columns(self, model: LoadedModel, data: DataSet, read: Sequence[Read]) -> Columns:
        if self.layer not in {layer.name for layer in model.target_layers}:
            raise ModelError("There is no layer {layer!r} among the target layers.", layer=self.layer)
        images = stacked(model, read)
        weights = np.zeros_like(model.score_batch(images[:1], "logit")).repeat(len(images), axis=0)
        activation = model.layer_gradients(images, weights, [self.layer])[self.layer].activation
        means = np.clip(activation.mean(axis=(1, 2)), -MOST_HALF, MOST_HALF).astype(np.float16)
        return {FEATURES: pa.array(list(means), pa.list_(pa.float16()))}
