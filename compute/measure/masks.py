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
from engine.arrays import Floats, Indices, LongInts
from engine.evaluation.confusion import confusion_matrix
from engine.model import LoadedModel, ModelFacts

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class MaskAnswers(Measure):
    """Pixels of each pair of classes, at the size of the mask.

    Columns: ``cells`` and ``pixels``, the cells of the confusion matrix that are not empty (truth times the
    number of classes plus prediction) and their counts; both null for an image without a mask.

    Attributes:
        mapping: what the ids of masks mean, a key of ``LABEL_MAPS``; that of the data set where it is None.
    """

    name: ClassVar[str] = "masks"
    mapping: str | None = None

    def meaning(self, data: DataSet, facts: ModelFacts) -> Any:
        refuse_task(data, facts)
        return mask_table(data, self.mapping, facts.labels).tolist()

    def columns(self, facts: ModelFacts) -> Sequence[TableColumn]:
        return [TableColumn("cells", "int32", RAGGED), TableColumn("pixels", "int64", RAGGED)]

    def values(self, model: LoadedModel, data: DataSet, read: Sequence[Read]) -> Values:
        table, classes = mask_table(data, self.mapping, model.facts.labels), len(model.facts.labels)
        cells, pixels = [], []
        for one, logits in zip(read, model.score_batch(stacked(model, read), "logit"), strict=True):
            if one.item.mask is None:
                counted = None
            else:
                truth = table[read_mask(data, one.item)]
                height, width = truth.shape
                counted = confusion_matrix(truth, winners(logits, (height, width)), classes).reshape(-1)
            places = None if counted is None else np.flatnonzero(counted)
            cells.append(places)
            pixels.append(None if counted is None else counted[places])
        return {"cells": cells, "pixels": pixels}


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
