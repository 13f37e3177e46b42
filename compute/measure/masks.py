"""What a segmenter answers on each image of a data set, counted against its mask."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import cv2
import numpy as np

from compute.measure.matching import mask_table, refuse_task
from compute.measure.measure import RAGGED, Measure, Read, TableColumn, Values, stacked
from data_store.base.words import DataSet
from data_store.images import read_mask
from engine.arrays import Bytes, Floats, Indices, LongInts
from engine.evaluation.boundaries import RATIOS, BoundaryCounts, boundary_counts
from engine.evaluation.confusion import confusion_matrix
from engine.model import LoadedModel, ModelFacts

if TYPE_CHECKING:
    import pyarrow as pa


CELLS, PIXELS = "cells", "pixels"
BORDERS = "borders"
COUNTS = {
    "border_both": "intersection",
    "border_either": "union",
    "border_truth": "truth",
    "band_right": "band_right",
    "band": "band",
}
"""Columns of counts along borders, and what they are of ``BoundaryCounts``."""
MOST_CLASSES = 255
"""With more, borders are not counted: ids of masks are bytes."""


@dataclass(frozen=True)
class MaskAnswers(Measure):
    """Pixels of each pair of classes, and those along borders, at the size of the mask.

    Columns: ``cells`` and ``pixels``, the cells of the confusion matrix that are not empty (truth times the
    number of classes plus prediction) and their counts. ``borders``, pairs of a width and a class with any
    border (place in ``RATIOS`` times the number of classes plus class), and their counts in the columns of
    ``COUNTS``. All are null for an image without a mask.

    Attributes:
        mapping: what the ids of masks mean, a key of ``LABEL_MAPS``; that of the data set where it is None.
    """

    name: ClassVar[str] = "masks"
    chunk: ClassVar[int] = 8
    mapping: str | None = None

    def meaning(self, data: DataSet, facts: ModelFacts) -> Any:
        refuse_task(data, facts)
        return [mask_table(data, self.mapping, facts.labels).tolist(), list(RATIOS), sorted(COUNTS)]

    def columns(self, facts: ModelFacts) -> Sequence[TableColumn]:
        return [
            TableColumn(CELLS, "int32", RAGGED),
            TableColumn(PIXELS, "int64", RAGGED),
            TableColumn(BORDERS, "int32", RAGGED),
            *(TableColumn(name, "int32", RAGGED) for name in COUNTS),
        ]

    def values(self, model: LoadedModel, data: DataSet, read: Sequence[Read]) -> Values:
        table, classes = mask_table(data, self.mapping, model.facts.labels), len(model.facts.labels)
        found: list[dict[str, LongInts]] = []
        for one, logits in zip(read, model.score_batch(stacked(model, read), "logit"), strict=True):
            truth = None if one.item.mask is None else table[read_mask(data, one.item)]
            found.append({} if truth is None else _counted(truth, logits, classes))
        return {name: [one.get(name) for one in found] for name in (CELLS, PIXELS, BORDERS, *COUNTS)}


def _counted(truth: Bytes, logits: Floats, classes: int) -> dict[str, LongInts]:
    """The columns of an image with a mask."""
    height, width = truth.shape
    predicted = winners(logits, (height, width))
    matrix = confusion_matrix(truth, predicted, classes).reshape(-1)
    places = np.flatnonzero(matrix)
    return {CELLS: places, PIXELS: matrix[places], **_bordering(truth, predicted, classes)}


def _bordering(truth: Bytes, predicted: Indices, classes: int) -> dict[str, LongInts]:
    """The columns of borders; none where the classes are too many."""
    if classes > MOST_CLASSES:
        return {}
    counts = boundary_counts(truth, predicted, classes)
    kept = np.flatnonzero(counts.union)
    return {BORDERS: kept} | {name: getattr(counts, part).reshape(-1)[kept] for name, part in COUNTS.items()}


def winners(logits: Floats, size_hw: tuple[int, int]) -> Indices:
    """(H, W): the winning class of logits float32 (h, w, C) at a size, as a rule that of a mask; they are
    spread bilinearly first.
    """
    return np.argmax(cv2.resize(logits, size_hw[::-1], interpolation=cv2.INTER_LINEAR), axis=-1)


def matrices_of(table: "pa.Table", classes: int) -> LongInts:
    """int64 (N, C, C), rows = truth: the confusion matrix of each image of a table that has a mask."""
    counted = table.filter(table["cells"].is_valid())
    cells = counted["cells"].to_pylist()
    matrices = np.zeros((len(cells), classes * classes), np.int64)
    for matrix, places, pixels in zip(matrices, cells, counted["pixels"].to_pylist(), strict=True):
        matrix[places] = pixels
    return matrices.reshape(-1, classes, classes)


def borders_of(table: "pa.Table", classes: int) -> list[BoundaryCounts]:
    """Counts along the borders of each image of a table that has them, in the order of ``matrices_of``.

    There are as many as matrices, or none at all, where the classes are too many.
    """
    counted = table.filter(table[BORDERS].is_valid())
    places = counted[BORDERS].to_pylist()
    found = np.zeros((len(COUNTS), len(places), len(RATIOS) * classes), np.int64)
    for part, name in zip(found, COUNTS, strict=True):
        for row, kept, counts in zip(part, places, counted[name].to_pylist(), strict=True):
            row[kept] = counts
    by_image = found.reshape(len(COUNTS), -1, len(RATIOS), classes).swapaxes(0, 1)
    return [BoundaryCounts(RATIOS, **dict(zip(COUNTS.values(), one, strict=True))) for one in by_image]
