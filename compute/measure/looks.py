"""How each image of a data set looks, whatever model is asked: size, brightness, contrast, hash."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from PIL import Image

from compute.measure.measure import Measure, Read, TableColumn, Values
from data_store.base.words import DataSet
from engine.evaluation.hygiene.duplicates import perceptual_hash
from engine.images.picture import Picture
from engine.model import LoadedModel, ModelFacts

HASH = "hash"
SHARES = ("width", "height", "brightness", "contrast")
"""Columns that are numbers."""


@dataclass(frozen=True)
class ImageLooks(Measure):
    """Looks of each image.

    Columns: ``width`` and ``height`` in pixels of its file, ``brightness`` and ``contrast``, the mean and the
    standard deviation of its greys, 0-255, and ``hash``, the 64 bits of a perceptual hash.
    """

    name: ClassVar[str] = "looks"
    asks_model: ClassVar[bool] = False

    def meaning(self, data: DataSet, facts: ModelFacts) -> Any:
        return None

    def seen(self, picture: Picture) -> Picture:
        """All of it."""
        return picture

    def columns(self, facts: ModelFacts) -> Sequence[TableColumn]:
        return [
            *(TableColumn(name, "int32") for name in SHARES[:2]),
            *(TableColumn(name, "float32") for name in SHARES[2:]),
            TableColumn(HASH, "uint64"),
        ]

    def values(self, model: LoadedModel, data: DataSet, read: Sequence[Read]) -> Values:
        pictures = [one.picture for one in read]
        sizes = [picture.file_hw or picture.size_hw for picture in pictures]
        greys = [np.asarray(Image.fromarray(picture.pixels).convert("L")) for picture in pictures]
        return {
            "width": [width for _height, width in sizes],
            "height": [height for height, _width in sizes],
            "brightness": [float(grey.mean()) for grey in greys],
            "contrast": [float(grey.std()) for grey in greys],
            HASH: np.array([perceptual_hash(picture.pixels) for picture in pictures], np.uint64),
        }
