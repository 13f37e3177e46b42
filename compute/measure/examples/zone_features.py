"""What a layer makes of each zone of a class in the images of a data set: means of its channels inside."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from compute.measure.features import MOST_HALF
from compute.measure.measure import RAGGED, Measure, Read, TableColumn, Values, stacked
from data_store.base.words import DataSet
from engine.arrays import Bools, Floats
from engine.concepts.placing import Box
from engine.errors import ModelError
from engine.model import LoadedModel, ModelFacts
from engine.zones import list_zones

VECTORS, BOXES = "vectors", "boxes"
MOST_ZONES = 12
"""Zones of an image, the largest first."""


@dataclass(frozen=True)
class ZoneFeatures(Measure):
    """Features of the zones that the model gives a class.

    Columns: ``vectors``, the means of a layer's channels over each zone, one after the other, on disk in half
    precision; ``boxes``, top, left, bottom and right of each as shares of the image, 0-1. Zones under 0.2 %
    of the image are left out.

    Attributes:
        layer: name of a target layer.
        index: class of a segmentation model.
    """

    name: ClassVar[str] = "zone-features"
    heavy: ClassVar[frozenset[str]] = frozenset({VECTORS})
    chunk: ClassVar[int] = 16
    layer: str
    index: int

    def meaning(self, data: DataSet, facts: ModelFacts) -> Any:
        if facts.task != "segmentation" or not 0 <= self.index < len(facts.labels):
            raise ModelError("Zones of a class need a model that segments, and one of its classes.")
        return None

    def columns(self, facts: ModelFacts) -> Sequence[TableColumn]:
        return [TableColumn(VECTORS, "float16", RAGGED), TableColumn(BOXES, "float32", RAGGED)]

    def values(self, model: LoadedModel, data: DataSet, read: Sequence[Read]) -> Values:
        images = stacked(model, read)
        activations = model.activations(images, self.layer)
        outputs = model.score_batch(images, "logit")
        found = [list(self._masks(one, model.facts.labels)) for one in outputs]
        means = [
            np.concatenate([np.zeros(0, np.float32), *(zone_mean(one, mask) for mask in masks)])
            for one, masks in zip(activations, found, strict=True)
        ]
        boxes = [np.array([box_of(mask) for mask in masks], np.float32).ravel() for masks in found]
        return {VECTORS: [np.clip(one, -MOST_HALF, MOST_HALF) for one in means], BOXES: boxes}

    def _masks(self, output: Floats, labels: tuple[str, ...]) -> Iterator[Bools]:
        zones = list_zones(output, labels)
        own = [zone for zone in zones.zones if zone.class_index == self.index and not zone.small]
        for zone in own[:MOST_ZONES]:
            yield np.asarray(zones.labels == zone.index)


def zone_mean(activation: Floats, mask: Bools) -> Floats:
    """float32 (K,): the mean over a zone, each cell as much as the zone covers of it.

    Args:
        activation: (h, w, K).
        mask: bool (H, W).

    Example:
        >>> activation = np.array([[[1.0], [5.0]]], np.float32)
        >>> zone_mean(activation, np.array([[True, True, True, False]])).round(2).tolist()  # one and a half
        [2.33]
    """
    import cv2

    height, width, _ = activation.shape
    cover = cv2.resize(mask.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
    total = max(float(cover.sum()), 1e-12)
    return np.asarray(np.einsum("hwk,hw->k", activation, cover / total), np.float32)


def box_of(mask: Bools) -> Box:
    """Top, left, bottom and right of a zone (H, W) as shares of height and width.

    Example:
        >>> box_of(np.array([[False, True, True, False], [False, False, True, False]]))
        (0.0, 0.25, 1.0, 0.75)
    """
    ends = []
    for axis in (1, 0):
        inside = np.flatnonzero(mask.any(axis=axis))
        ends.append((int(inside[0]) / mask.shape[1 - axis], (int(inside[-1]) + 1) / mask.shape[1 - axis]))
    (top, bottom), (left, right) = ends
    return top, left, bottom, right
