"""Where a segmenter looks for the zones of a class on each image of a data set."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import cv2
import numpy as np

from compute.measure.cams.class_cams import CamReading, evidence_maps, evidence_of
from compute.measure.matching import mask_table, refuse_task
from compute.measure.measure import RAGGED, Measure, Read, TableColumn, Values, stacked
from data_store.base.words import DataSet
from data_store.images import read_mask
from engine.arrays import Bools, Bytes, Floats, LongInts
from engine.errors import ModelError
from engine.gradients.run import TARGETS_AT_ONCE, dense_weights
from engine.model import LoadedModel, ModelFacts
from engine.strategies.aligned import Box, align_map
from engine.strategies.preparing import GRID
from engine.zones import Zones, list_zones

if TYPE_CHECKING:
    import pyarrow as pa

MAPS, BOXES, AREAS, RIGHT = "maps", "boxes", "areas", "right"
MOST_ZONES = 8
"""Zones of an image that are asked about, the largest first; small ones are not."""


@dataclass(frozen=True)
class ZoneMaps(Measure):
    """Maps of the zones of one class, each aligned to the box of its zone with a ring around it.

    Columns, all ragged: ``maps``, of each zone GRID x GRID values row by row as shares of the greatest, in
    half precision; ``boxes``, four numbers each, as ``Box``; ``areas``, shares of the image; ``right``, the
    share of the zone's known pixels that are of the class, nan where none is known.

    Attributes:
        layer: name of a target layer.
        method: key of a gradient method.
        index: class of the zones.
    """

    name: ClassVar[str] = "zone-maps"
    chunk: ClassVar[int] = 8
    layer: str
    method: str
    index: int

    def meaning(self, data: DataSet, facts: ModelFacts) -> Any:
        refuse_task(data, facts)
        if facts.task != "segmentation" or not 0 <= self.index < len(facts.labels):
            raise ModelError("Maps of zones need a model that segments, and one of its classes.")
        evidence_of(self.method)
        return mask_table(data, None, facts.labels).tolist() if data.task else None

    def columns(self, facts: ModelFacts) -> Sequence[TableColumn]:
        return [
            TableColumn(MAPS, "float16", RAGGED),
            *(TableColumn(name, "float32", RAGGED) for name in (BOXES, AREAS, RIGHT)),
        ]

    def values(self, model: LoadedModel, data: DataSet, read: Sequence[Read]) -> Values:
        found: dict[str, list[Any]] = {name: [] for name in (MAPS, BOXES, AREAS, RIGHT)}
        table = mask_table(data, None, model.facts.labels) if data.task else None
        for one, image in zip(read, stacked(model, read), strict=True):
            zones = list_zones(model.score_batch(image[None], "probability")[0], model.facts.labels)
            kept = [zone.index for zone in zones.zones if zone.class_index == self.index and not zone.small]
            kept = kept[:MOST_ZONES]
            boxes = [_box(zones.labels == place) for place in kept]
            maps = self._maps(model, image, zones, kept)
            truth = None if table is None or one.item.mask is None else table[read_mask(data, one.item)]
            found[MAPS].append([_shares(align_map(*pair)) for pair in zip(maps, boxes, strict=True)])
            found[BOXES].append(boxes)
            found[AREAS].append([zones.zones[place].area for place in kept])
            found[RIGHT].append([_share_right(zones.labels == place, truth, self.index) for place in kept])
        return {name: [np.asarray(row).reshape(-1) for row in rows] for name, rows in found.items()}

    def _maps(self, model: LoadedModel, image: Floats, zones: Zones, kept: Sequence[int]) -> list[Floats]:
        """Of each zone the positive evidence (h, w) of the whole image."""
        asked = CamReading(self.layer, self.method)
        shape = (*zones.labels.shape, len(model.facts.labels))
        maps: list[Floats] = []
        for start in range(0, len(kept), TARGETS_AT_ONCE):
            some = kept[start : start + TARGETS_AT_ONCE]
            weights = dense_weights([zones.zone_target(place) for place in some], shape)
            maps += evidence_maps(model, np.repeat(image[None], len(some), axis=0), weights, asked)
        return [np.maximum(one, 0) for one in maps]


def _box(zone: Bools) -> Box:
    rows, columns = np.flatnonzero(zone.any(axis=1)), np.flatnonzero(zone.any(axis=0))
    height, width = zone.shape
    return (
        float(rows[0] / height),
        float(columns[0] / width),
        float((rows[-1] + 1) / height),
        float((columns[-1] + 1) / width),
    )


def _shares(values: Floats) -> Floats:
    reach = float(values.max())
    return values / reach if reach else values


def _share_right(zone: Bools, truth: Bytes | None, index: int) -> float:
    """Share of a zone's known pixels that are of the class; ids of no class are not known."""
    if truth is None:
        return float("nan")
    at_output = cv2.resize(truth, zone.shape[::-1], interpolation=cv2.INTER_NEAREST)[zone]
    known = at_output != 255
    return float((at_output[known] == index).mean()) if known.any() else float("nan")


@dataclass(frozen=True, eq=False)
class ZoneTable:
    """Zones of all images, one row each.

    Attributes:
        rows: int64 (Z,), the row of the table of its image.
        maps: float16 (Z, GRID, GRID).
        boxes: float32 (Z, 4).
        areas, right: float32 (Z,).
    """

    rows: LongInts
    maps: "np.typing.NDArray[np.float16]"
    boxes: Floats
    areas: Floats
    right: Floats


def zones_of(table: "pa.Table") -> ZoneTable:
    """The zones of the images of a table that have an answer."""
    counts = [len(row) for row in table[AREAS].to_pylist()]

    def flat(name: str) -> Any:
        return table[name].combine_chunks().flatten().to_numpy(zero_copy_only=False)

    return ZoneTable(
        rows=np.repeat(np.arange(len(counts)), counts),
        maps=flat(MAPS).reshape(-1, GRID, GRID),
        boxes=flat(BOXES).reshape(-1, 4),
        areas=flat(AREAS),
        right=flat(RIGHT),
    )
