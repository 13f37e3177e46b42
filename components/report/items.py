"""Items of a session's report: explanations as they were shown, in order, within bounds.

They stay in the server's memory as long as the session; the bounds are those of a bundle.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from PIL import Image

from components.grades.known import known_grades
from components.maps.figure import map_pixels
from components.pieces.map_view import MapDisplay, MapScene
from components.session.keys import REPORT, REPORT_NOTES, forget, once, recall, remember
from compute.replay.bundle import MAX_BYTES, MAX_ITEMS
from engine.arrays import Pixels
from engine.trust.metric import Grade

Notes = dict[str, str]
"""Texts by the key of the field that they were typed into."""

REMARK = "report-remark-"
THUMBNAIL = 360
"""Width in pixels."""


@dataclass(frozen=True, eq=False)
class ReportItem:
    """One map of the report.

    Attributes:
        key: the same for the same map.
        scene: map, picture and outlines.
        display: how it was shown.
        title: what is explained.
        thumbnail: the map, small, uint8 (h, w, 3).
        grades: of the map, by key of the metric, as far as somebody has asked for them.
    """

    key: str
    scene: MapScene
    display: MapDisplay
    title: str
    thumbnail: Pixels
    grades: Mapping[str, Grade] = field(default_factory=dict)

    def remark(self, notes: Notes) -> str:
        """What the person says about it."""
        return notes.get(REMARK + self.key, "")


def notes() -> Notes:
    """What the person has typed: one object per session, so that a file made outside has the last words."""
    return once(REPORT_NOTES, dict)


def items() -> list[ReportItem]:
    """The items in their order, with the grades that are known by now."""
    return [replace(item, grades=known_grades(item.scene.explanation)) for item in recall(REPORT, [])]


def scene_key(scene: MapScene) -> str:
    """16 hex digits that tell one map from another, without its values."""
    found = scene.explanation
    origin = found.provenance
    asked = (found.method, dict(found.params), found.target.digest, found.cost.forwards)
    return hashlib.sha256(repr((origin.fingerprint, origin.picture_sha256, *asked)).encode()).hexdigest()[:16]


def add(scene: MapScene, display: MapDisplay, title: str) -> None:
    """Put a map at the end, unless it is there or there is no room."""
    key = scene_key(scene)
    if key not in [item.key for item in items()] and has_room(scene):
        remember(REPORT, [*items(), ReportItem(key, scene, display, title, _thumbnail(scene, display))])


def _thumbnail(scene: MapScene, display: MapDisplay) -> Pixels:
    drawn = Image.fromarray(map_pixels(scene, display))
    drawn.thumbnail((THUMBNAIL, 2 * THUMBNAIL))
    return np.asarray(drawn)


def remove(key: str) -> None:
    """Take a map out, with what was said about it."""
    remember(REPORT, [item for item in items() if item.key != key])
    forget(REMARK + key)
    notes().pop(REMARK + key, None)


def drop_pictures(pictures: Collection[str]) -> None:
    """Take out all maps of some pictures, by their sha256."""
    for item in items():
        if item.scene.picture.sha256 in pictures:
            remove(item.key)


def move(key: str, by: int) -> None:
    """Move a map up or down."""
    order = items()
    place = next((place for place, item in enumerate(order) if item.key == key), None)
    if place is not None and 0 <= place + by < len(order):
        order.insert(place + by, order.pop(place))
        remember(REPORT, order)


def has_room(scene: MapScene) -> bool:
    """Whether one more map fits."""
    scenes = [*(item.scene for item in items()), scene]
    pictures = {each.picture.sha256: each.picture.pixels.nbytes for each in scenes}
    arrays = sum(array.nbytes for each in scenes for array in each.explanation.arrays().values())
    return len(scenes) <= MAX_ITEMS and sum(pictures.values()) + arrays <= MAX_BYTES
