"""A layout of many images as a component of our own: WebGL points, a lasso and a box, small images."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from components.pieces import piece
from components.pieces.scatter.atlas import COLUMNS, EACH, TILE_PX, Atlas
from components.pieces.scatter.colouring import Colouring
from components.pieces.scatter.plotly_file import plotly_url
from components.session.cache import in_session
from components.session.media import delivered
from components.words import numbers
from components.words.i18n import _, language
from engine.arrays import Bools, Floats, Indices

_mount = piece("scatter", __file__, "delivered", "lasso", "thumbs", "cloud")


@dataclass(frozen=True, eq=False)
class ScatterScene:
    """What is drawn.

    Attributes:
        key: digest of points and names; equal keys draw the same, and a selection belongs to its key.
        points: float32 (N, 2) or (N, 3); nan where there is no point.
        names: what is said of each point, N of them, shown as they are.
        alt: the whole in words.
        atlas: small images, N of them, or None.
    """

    key: str
    points: Floats
    names: tuple[str, ...]
    alt: str
    atlas: Atlas | None = None

    def __post_init__(self) -> None:
        if self.points.ndim != 2 or self.points.shape[1] not in (2, 3) or len(self.names) != len(self.points):
            raise ValueError(f"{len(self.names)} names do not fit points of {self.points.shape}.")


@dataclass(frozen=True, eq=False)
class Marked:
    """What is shown as selected.

    Attributes:
        indices: of the points.
        revision: the browser adopts them when this number changes; its own selections do not need it.
    """

    indices: Indices
    revision: int = 0


NOTHING = Marked(np.empty(0, np.intp))


def scatter(
    scene: ScatterScene,
    colouring: Colouring,
    key: str,
    on_change: Callable[[], None],
    marked: Marked = NOTHING,
) -> None:
    """Draw points; ``selected_points`` and ``picked_point`` say what was done with them.

    Args:
        scene: geometry, names and images, which the browser gets once.
        colouring: of the points; a change is one byte for each.
        key: of the component.
        on_change: called when points are selected or one is clicked.
        marked: what is selected at first, or from elsewhere on the page.
    """
    points, names = _packed(scene.key, scene)
    data = {
        "library": plotly_url(),
        "key": scene.key,
        "count": len(scene.points),
        "dimensions": scene.points.shape[1],
        "points": delivered(points, f"{key}-points"),
        "names": delivered(names, f"{key}-names"),
        "colouring": {
            "title": colouring.title,
            "codes": delivered(colouring.codes.tobytes(), f"{key}-codes"),
            "palette": list(colouring.palette),
            "labels": list(colouring.labels),
            "ends": colouring.ends and list(colouring.ends),
        },
        "atlas": scene.atlas and _delivered_atlas(scene.atlas, key),
        "mask": selection_text(marked.indices, len(scene.points)),
        "rev": marked.revision,
        "alt": scene.alt,
        "language": language(),
        "texts": _texts(len(scene.points)),
    }
    states = {"selection": None, "pick": None}
    _mount(key=key, data=data, on_selection_change=on_change, on_pick_change=on_change, default=states)


def selected_points(key: str, scene: ScatterScene) -> Indices:
    """Points that were selected last in a component, in order; none after the scene has changed."""
    state = (st.session_state.get(key) or {}).get("selection") or {}
    if state.get("key") != scene.key:
        return np.empty(0, np.intp)
    return np.flatnonzero(mask_from_text(state.get("mask"), len(scene.points)))


def picked_point(key: str, scene: ScatterScene) -> int | None:
    """The point that was clicked last, or None."""
    state = (st.session_state.get(key) or {}).get("pick") or {}
    index = state.get("index")
    known = state.get("key") == scene.key and isinstance(index, int) and 0 <= index < len(scene.points)
    return index if known else None


def selection_text(indices: Indices, count: int) -> str:
    """Bits of a selection among so many points, the first in the lowest, as base 64.

    Example:
        >>> selection_text(np.array([0, 3]), 4)
        'CQ=='
    """
    mask = np.zeros(count, np.bool_)
    mask[indices] = True
    return base64.b64encode(np.packbits(mask, bitorder="little").tobytes()).decode()


def mask_from_text(text: Any, count: int) -> Bools:
    """The selection bool (count,) behind such a text; empty where it is none."""
    try:
        bits = np.frombuffer(base64.b64decode(text, validate=True), np.uint8)
    except (TypeError, ValueError):
        bits = np.empty(0, np.uint8)
    if len(bits) != (count + 7) // 8:
        return np.zeros(count, np.bool_)
    return np.unpackbits(bits, count=count, bitorder="little").astype(np.bool_)


@in_session(4)
def _packed(key: str, _scene: ScatterScene) -> tuple[bytes, bytes]:
    """Coordinates as little-endian float32, row by row; and names, one a line."""
    names = "\n".join(" ".join(name.split()) for name in _scene.names)
    return np.ascontiguousarray(_scene.points, "<f4").tobytes(), names.encode()


def _delivered_atlas(atlas: Atlas, key: str) -> dict[str, Any]:
    sheets = [delivered(sheet, f"{key}-sheet-{number}") for number, sheet in enumerate(atlas.sheets)]
    return {"sheets": sheets, "tile": TILE_PX, "columns": COLUMNS, "each": EACH}


def _texts(count: int) -> dict[str, str]:
    return {
        "bar": _("Points"),
        "move": _("Move"),
        "lasso": _("Lasso"),
        "box": _("Box"),
        "in": _("Zoom in"),
        "out": _("Zoom out"),
        "all": _("Show all"),
        "clear": _("Clear selection"),
        "selected": _("{{count}} of {total} selected").format(total=numbers.count(count)),
        "hint": _("Shift adds to a selection, Alt takes away. The table below has the same images."),
        "webgl": _("This browser cannot draw the points (no WebGL). The table below has the same images."),
        "failed": _("The points could not be loaded. Please reload the page."),
    }
