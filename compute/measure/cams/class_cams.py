"""Where a classifier looks on each image of a data set: a class activation map on a small grid."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from compute.measure.matching import class_indices, refuse_task
from compute.measure.measure import Measure, Read, TableColumn, Values, stacked
from data_store.base.words import DataSet
from engine.arrays import Floats, Indices
from engine.errors import ModelError, ParamsError
from engine.gradients.plan import GradientMethod
from engine.gradients.table import ROWS
from engine.model import LayerGradients, LoadedModel, ModelFacts
from engine.strategies.preparing import GRID, on_grid

MAP = "map"
CAMS: dict[str, GradientMethod] = {row.key: row for row in ROWS}
PREDICTED, TRUE = "predicted", "true"
"""Class that is explained: the answer, or that of the image; the answer, too, where nobody knows that."""


@dataclass(frozen=True)
class CamReading:
    """How a map is read.

    Attributes:
        layer: name of a target layer.
        method: key of a gradient method.
    """

    layer: str
    method: str


@dataclass(frozen=True)
class ClassMaps(Measure):
    """Map of one class of each image.

    Columns: ``explained``, the class; ``peak``, the greatest value in logits, 0 where nothing in the layer
    speaks for the class; and ``map``, on disk in half precision, GRID x GRID values row by row as shares of
    the peak.

    Attributes:
        layer: name of a target layer.
        method: key of a gradient method.
        of: ``PREDICTED`` or ``TRUE``.
    """

    name: ClassVar[str] = "class-maps"
    heavy: ClassVar[frozenset[str]] = frozenset({MAP})
    layer: str
    method: str
    of: str = PREDICTED

    def meaning(self, data: DataSet, facts: ModelFacts) -> Any:
        refuse_task(data, facts)
        if facts.task != "classification":
            raise ModelError("Maps of classes need a model that names a class of the whole image.")
        evidence_of(self.method)
        return None if self.of == PREDICTED else _places(data, facts)

    def columns(self, facts: ModelFacts) -> Sequence[TableColumn]:
        return [
            TableColumn("explained", "int32"),
            TableColumn("peak", "float32"),
            TableColumn(MAP, "float16", GRID * GRID),
        ]

    def values(self, model: LoadedModel, data: DataSet, read: Sequence[Read]) -> Values:
        images = stacked(model, read)
        logits = model.score_batch(images, "logit")
        classes = logits.argmax(axis=1)
        if self.of == TRUE:
            classes = _true_or(classes, _places(data, model.facts), read)
        weights = np.eye(logits.shape[1], dtype=np.float32)[classes]
        evidence = evidence_maps(model, images, weights, CamReading(self.layer, self.method))
        maps = np.stack([on_grid(np.maximum(one, 0)) for one in evidence])
        peak = maps.max(axis=(1, 2))
        shares = maps / np.where(peak, peak, 1.0)[:, None, None]
        return {"explained": classes, "peak": peak, MAP: shares.reshape(len(maps), -1)}


def _places(data: DataSet, facts: ModelFacts) -> list[int]:
    return class_indices(data, facts) if data.labels else []


def _true_or(classes: Indices, places: Sequence[int], read: Sequence[Read]) -> Indices:
    """The true class of each image, or the given one where nobody knows it."""
    labels = [one.item.label for one in read]
    pairs = zip(classes.tolist(), labels, strict=True)
    return np.array([one if label is None else places[label] for one, label in pairs], np.intp)


def evidence_of(method: str) -> GradientMethod:
    """A gradient method by its key.

    Raises:
        ParamsError: there is none.
    """
    if method not in CAMS:
        raise ParamsError("{method} does not use gradients.", method=method)
    return CAMS[method]


def evidence_maps(model: LoadedModel, images: Floats, weights: Floats, asked: CamReading) -> list[Floats]:
    """Evidence float32 (h, w) of each image at a layer, before the ReLU.

    Args:
        model: the model.
        images: float32 (N, H, W, 3).
        weights: float32 (N, *output), on the logits.
        asked: the layer and the method.

    Raises:
        ModelError: there is no such layer, or a gradient is not a number.
    """
    if asked.layer not in {layer.name for layer in model.target_layers}:
        raise ModelError("There is no layer {layer!r} among the target layers.", layer=asked.layer)
    seen: LayerGradients = model.layer_gradients(images, weights, [asked.layer])[asked.layer]
    read = evidence_of(asked.method).evidence
    found = [read(*pair) for pair in zip(seen.activation, seen.gradient, strict=True)]
    if not np.isfinite(found).all():
        raise ModelError(
            "The gradient at the layer {layer} is not a number: this model cannot be explained there.",
            layer=asked.layer,
        )
    return found
