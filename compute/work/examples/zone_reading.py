"""Zones of a class over many images, as they are read from a finished table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from compute.measure.examples.prototypes import chosen_of
from compute.measure.examples.zone_features import BOXES, VECTORS
from compute.work.measure import MeasureView
from data_store.base.words import Item
from engine.arrays import Floats, LongInts
from engine.concepts.placing import Box
from engine.errors import DataSetError
from engine.examples.prototypes import Prototypes


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


def zone_rows(zones: ZonesFound, items: Sequence[Item], found: Prototypes) -> list[dict[str, Any]]:
    """A row for each zone that was chosen, as plain values.

    Args:
        zones: that were chosen among.
        items: of their order.
        found: by places in ``zones``.
    """
    return [
        {
            "kind": kind,
            "image": items[int(zones.positions[place])].id,
            "value": value,
            "box": [round(share, 4) for share in zones.boxes[place]],
        }
        for kind, place, value in chosen_of(found)
    ]
