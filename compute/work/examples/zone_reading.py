"""Zones of a class over many images, as they are read from a finished table."""

from dataclasses import dataclass

import numpy as np

from compute.measure.examples.zone_features import BOXES, VECTORS
from compute.work.measure import MeasureView
from engine.arrays import Floats, LongInts
from engine.concepts.placing import Box
from engine.errors import DataSetError


@dataclass(frozen=True, eq=False)
class ZonesFound:
    """Zones of all images, one row each.

    Attributes:
        features: float32 (n, K).
        positions: int64 (n,), which item of the order each is of.
        boxes: of each, in shares of its image.
    """

    features: Floats
    positions: LongInts
    boxes: tuple[Box, ...]


def zones_found(view: MeasureView) -> ZonesFound:
    """The zones of a finished order.

    Raises:
        DataSetError: the model sees none of the class.
    """
    table = view.table()
    boxes = {
        int(place): np.array(row, np.float64).reshape(-1, 4)
        for place, row in zip(table["position"].to_pylist(), table[BOXES].to_pylist(), strict=True)
        if row
    }
    places, rows = view.ragged(VECTORS)
    kept = [(int(place), row) for place, row in zip(places, rows, strict=True) if int(place) in boxes]
    if not kept:
        raise DataSetError("The model sees nothing of this class in {title}.", title=view.order.data.title)
    features = [np.asarray(row, np.float32).reshape(len(boxes[place]), -1) for place, row in kept]
    return ZonesFound(
        np.concatenate(features),
        np.repeat([place for place, _row in kept], list(map(len, features))).astype(np.int64),
        tuple(
            (top, left, bottom, right)
            for place, _row in kept
            for top, left, bottom, right in boxes[place].tolist()
        ),
    )
