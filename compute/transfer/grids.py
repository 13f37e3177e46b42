"""Features of a layer with their places: the whole map of each image, or the largest value of each four."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from compute.measure.features import FEATURES, MOST_HALF, LayerFeatures, layer_activation
from compute.measure.measure import RAGGED, Measure, Read, TableColumn, Values, stacked
from data_store.base.words import DataSet
from engine.arrays import Floats
from engine.model import LoadedModel, ModelFacts
from model_store.catalogue import ModelRef

Pooling = Literal["mean", "max", "flat"]


@dataclass(frozen=True)
class Representation:
    """Which features are learnt from.

    Attributes:
        layer: name of a target layer.
        pooling: what is made of its places.
    """

    layer: str
    pooling: Pooling = "mean"


@dataclass(frozen=True)
class GridFeatures(Measure):
    """Features of each image: all places and channels of a layer in one row, on disk in half precision.

    Attributes:
        layer: name of a target layer.
        pooling: "flat": all places; "max": the largest value of each 2 x 2 places, without a last odd one.
    """

    name: ClassVar[str] = "grid-features"
    heavy: ClassVar[frozenset[str]] = frozenset({FEATURES})
    layer: str
    pooling: Pooling

    def meaning(self, data: DataSet, facts: ModelFacts) -> Any:
        return None

    def columns(self, facts: ModelFacts) -> Sequence[TableColumn]:
        return [TableColumn(FEATURES, "float16", RAGGED)]

    def values(self, model: LoadedModel, data: DataSet, read: Sequence[Read]) -> Values:
        maps = layer_activation(model, stacked(model, read), self.layer)
        maps = np.clip(maps, -MOST_HALF, MOST_HALF)
        return {FEATURES: list(_POOLS[self.pooling](maps).reshape(len(maps), -1))}


def largest_of_four(maps: Floats) -> Floats:
    """float32 (N, h // 2, w // 2, K): the largest value of each 2 x 2 places.

    Example:
        >>> largest_of_four(np.arange(9, dtype=np.float32).reshape(1, 3, 3, 1)).ravel().tolist()
        [4.0]
    """
    height, width = maps.shape[1] // 2 * 2, maps.shape[2] // 2 * 2
    cut = maps[:, :height, :width]
    fours = cut.reshape(len(maps), height // 2, 2, width // 2, 2, maps.shape[3])
    found: Floats = fours.max(axis=(2, 4))
    return found


_POOLS: Mapping[Pooling, Callable[[Floats], Floats]] = {"flat": lambda maps: maps, "max": largest_of_four}


def feature_measure(ref: ModelRef, layer: str, pooling: Pooling) -> Measure:
    """The question about each image whose answers are learnt from."""
    return LayerFeatures(ref, layer) if pooling == "mean" else GridFeatures(ref, layer, pooling)
