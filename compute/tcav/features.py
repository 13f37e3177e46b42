"""What layers make of images of a concept and of random ones, and how a score changes with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from compute.measure.concepts.places import ANY, MOST_HALF
from compute.measure.measure import RAGGED, Measure, Read, TableColumn, Values, stacked
from compute.work.measure import MeasureView
from data_store.base.words import DataSet
from engine.arrays import Array, Floats
from engine.errors import DataSetError, ModelError
from engine.gradients.run import dense_weights
from engine.images.picture import Picture
from engine.model import LoadedModel, ModelFacts
from engine.targets import ClassContrast, ClassTarget, ZoneTarget
from engine.tcav.cells import POOLED, cell_means, cell_sums
from engine.tcav.parts import GRID_SIDE, kept_cells

VECTORS, WIDTHS = "vectors", "widths"
CHUNK = 16
NO_CLASS = "The model has no class {index}."


@dataclass(frozen=True)
class ConceptFeatures(Measure):
    """What layers make of each image: ``vectors``, one layer after the other, on disk in half precision, and
    ``widths``, how many numbers each layer has.

    Attributes:
        layers: names of target layers.
        side: cells of the coarse grid on a side.
        cells: of ``GRID_SIDE`` x ``GRID_SIDE``, row by row, that are kept of an image, the rest being hidden;
            none for all of it.
    """

    name: ClassVar[str] = "tcav-features"
    heavy: ClassVar[frozenset[str]] = frozenset({VECTORS})
    chunk: ClassVar[int] = CHUNK
    layers: tuple[str, ...]
    side: int = POOLED
    cells: tuple[int, ...] = ()

    @property
    def asked(self) -> tuple[Any, ...]:
        return self.name, str(self.ref), list(self.layers), self.side, list(self.cells), GRID_SIDE

    def seen(self, picture: Picture) -> Picture:
        whole = super().seen(picture)
        return kept_cells(whole, self.cells) if self.cells else whole

    def meaning(self, data: DataSet, facts: ModelFacts) -> Any:
        return None

    def columns(self, facts: ModelFacts) -> Sequence[TableColumn]:
        return [TableColumn(VECTORS, "float16", RAGGED), TableColumn(WIDTHS, "int32", RAGGED)]

    def values(self, model: LoadedModel, data: DataSet, read: Sequence[Read]) -> Values:
        images = stacked(model, read)
        found = [cell_means(model.activations(images, layer), self.side) for layer in self.layers]
        return _beside([np.clip(one, -MOST_HALF, MOST_HALF) for one in found])


@dataclass(frozen=True)
class TargetGradients(Measure):
    """Derivatives of a logit by what layers make of each image, in columns as ``ConceptFeatures`` has them.

    Attributes:
        layers: names of target layers.
        index: the class; of a segmentation its mean logit over the zones that the model gives it.
        versus: the class that it is set against, ``ANY`` for none.
        side: cells of the coarse grid on a side.
    """

    name: ClassVar[str] = "tcav-gradients"
    heavy: ClassVar[frozenset[str]] = frozenset({VECTORS})
    chunk: ClassVar[int] = CHUNK
    layers: tuple[str, ...]
    index: int
    versus: int = ANY
    side: int = POOLED

    @property
    def asked(self) -> tuple[Any, ...]:
        return self.name, str(self.ref), list(self.layers), self.index, self.versus, self.side

    def meaning(self, data: DataSet, facts: ModelFacts) -> Any:
        for index in (self.index, self.versus):
            if not ANY <= index < len(facts.labels) or index == self.index == ANY:
                raise ModelError(NO_CLASS, index=index)
        if self.index == self.versus:
            raise ModelError("A class cannot be set against itself. Please select two classes.")
        return None

    def columns(self, facts: ModelFacts) -> Sequence[TableColumn]:
        return [TableColumn(VECTORS, "float32", RAGGED), TableColumn(WIDTHS, "int32", RAGGED)]

    def values(self, model: LoadedModel, data: DataSet, read: Sequence[Read]) -> Values:
        images = stacked(model, read)
        found = model.layer_gradients(images, self._weights(model, images), self.layers)
        return _beside([cell_sums(found[layer].gradient, self.side) for layer in self.layers])

    def _weights(self, model: LoadedModel, images: Floats) -> Floats:
        if model.facts.task == "segmentation":
            return np.stack([self._in_zones(one) for one in model.score_batch(images, "logit")])
        target = ClassTarget(self.index) if self.versus == ANY else ClassContrast(self.index, self.versus)
        weights = dense_weights([target], (len(model.facts.labels),))
        return np.repeat(weights, len(images), axis=0)

    def _in_zones(self, output: Floats) -> Floats:
        """Weights on an output (h, w, C).

        Raises:
            ModelError: the model sees none of the class.
        """
        zone = np.asarray(output.argmax(axis=-1) == self.index)
        if not zone.any():
            raise ModelError("The model sees none of it in this image.")
        classes = [self.index] if self.versus == ANY else [self.index, self.versus]
        found = dense_weights([ZoneTarget(one, zone) for one in classes], output.shape)
        return found[0] if len(classes) == 1 else found[0] - found[1]


def _beside(layers: Sequence[Floats]) -> Values:
    """Columns of layers (N, F) each."""
    widths = [layer.shape[1] for layer in layers]
    return {VECTORS: list(np.concatenate(layers, axis=1)), WIDTHS: [np.array(widths)] * len(layers[0])}


def layer_rows(view: MeasureView) -> list[Array]:
    """For each layer (N, F): the rows of a finished order of images that have an answer.

    Raises:
        DataSetError: no image has one; what is said of the first is told.
    """
    positions, values = view.heavy(VECTORS)
    table = view.table()
    if not len(positions):
        reason = next(filter(None, table["error"].to_pylist()), "There is none.")
        raise DataSetError("No image can be used: {reason}", reason=reason)
    widths = next(filter(None, table[WIDTHS].to_pylist()))
    return np.split(values, np.cumsum(widths)[:-1], axis=1)
