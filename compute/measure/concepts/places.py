"""What a layer makes of places in each image of a data set: what concepts are looked for in."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from compute.measure.measure import RAGGED, Measure, Read, TableColumn, Values, stacked
from data_store.base.words import DataSet
from engine.arrays import Bools, Floats, LongInts
from engine.concepts.placing import zone_regions
from engine.errors import ModelError
from engine.model import LoadedModel, ModelFacts

VECTORS, CELLS, GRID = "vectors", "cells", "grid"
MOST_PLACES = 200
"""Places of an image that are kept; of a class of zones half of them lie in its zones."""
MOST_HALF = 65504.0
"""Largest number in half precision."""
ANY = -1
"""No class: places anywhere in the image."""


@dataclass(frozen=True)
class LayerPlaces(Measure):
    """Activations of a layer at places of each image.

    Columns: ``vectors``, on disk in half precision, one after the other; ``cells``, their places on the grid
    of the layer, row by row; ``grid``, its rows and columns. Images without a zone of the class have none.

    Attributes:
        layer: name of a target layer.
        index: class of a segmentation model in whose zones half of the places lie; ``ANY`` of a classifier.
    """

    name: ClassVar[str] = "concept-places"
    heavy: ClassVar[frozenset[str]] = frozenset({VECTORS})
    chunk: ClassVar[int] = 16
    layer: str
    index: int = ANY

    def meaning(self, data: DataSet, facts: ModelFacts) -> Any:
        if (facts.task == "segmentation") != (self.index != ANY) or self.index >= len(facts.labels):
            raise ModelError("Concepts of zones need a model that segments, and one of its classes.")
        return None

    def columns(self, facts: ModelFacts) -> Sequence[TableColumn]:
        return [
            TableColumn(VECTORS, "float16", RAGGED),
            TableColumn(CELLS, "int32", RAGGED),
            TableColumn(GRID, "int32", 2),
        ]

    def values(self, model: LoadedModel, data: DataSet, read: Sequence[Read]) -> Values:
        images = stacked(model, read)
        activation = model.activations(images, self.layer)
        count, height, width, _ = activation.shape
        zones = self._zones(model, images)
        rows = [
            _drawn(zone, (height, width), one.picture.sha256) for zone, one in zip(zones, read, strict=True)
        ]
        flat = np.clip(activation.reshape(count, height * width, -1), -MOST_HALF, MOST_HALF)
        return {
            VECTORS: [place[cells].reshape(-1) for place, cells in zip(flat, rows, strict=True)],
            CELLS: rows,
            GRID: np.tile([height, width], (count, 1)),
        }

    def _zones(self, model: LoadedModel, images: Floats) -> list[Bools | None]:
        if self.index == ANY:
            return [None] * len(images)
        classes = model.score_batch(images, "logit").argmax(axis=-1)
        return [np.asarray(one == self.index) for one in classes]


def _drawn(zone: Bools | None, grid_hw: tuple[int, int], name: str) -> LongInts:
    """Cells of an image in their order; none where it has no zone of the class."""
    rng = np.random.default_rng(int(hashlib.sha256(name.encode()).hexdigest()[:8], 16))
    cells = np.arange(grid_hw[0] * grid_hw[1])
    if zone is None:
        return np.sort(rng.permutation(cells)[:MOST_PLACES])
    if not zone.any():
        return np.zeros(0, np.int64)
    inside = zone_regions(zone, grid_hw).ravel() == 0
    parts = [rng.permutation(cells[kept])[: MOST_PLACES // 2] for kept in (inside, ~inside)]
    return np.sort(np.concatenate(parts))
