"""A map over its picture as a component of our own: raw values and bands without asking the server."""

from dataclasses import dataclass
from typing import Any
from weakref import ref

import numpy as np
import streamlit as st

from components.pieces import nothing, piece
from components.pieces.ink_facts import CONTOURED, ORDER_OPEN, USUAL, contour_facts, ink_texts, view_facts
from components.session.media import photo_url
from components.words import numbers
from components.words.i18n import _
from engine.arrays import Bools
from engine.explanation import Explanation
from engine.images.picture import Picture
from engine.methods import get_method
from engine.phrase import later
from engine.visualise.annotations import rings_of
from engine.visualise.inks import Look
from engine.visualise.overlays import contour_for, share_kept
from engine.visualise.render import Scale
from engine.visualise.scales import scale_for
from engine.visualise.strength import order_is_told, strength

_mount = piece("map", __file__, "elements", "maps")
TOP = 6
OUTLINED = later(
    "Outlined cells are significant: above the average cell, with at most one false outline in twenty maps."
)
NONE_SURE = later("No cell is significantly above the average cell.")


@dataclass(frozen=True)
class MapDisplay(Look):
    """How a map is shown.

    Attributes:
        sure: outline the cells that lie surely above the average cell.
    """

    sure: bool = True


FIRST_LOOK = MapDisplay()


@dataclass(frozen=True, eq=False)
class MapScene:
    """A map, the picture under it, and the masks bool (h, w) whose outlines are drawn."""

    explanation: Explanation
    picture: Picture
    outlined: tuple[Bools, ...] = ()


def map_display(key: str, default: MapDisplay = FIRST_LOOK) -> MapDisplay:
    """What was set last under a map, or above a sheet of maps."""
    chosen = (st.session_state.get(key) or {}).get("view") or {}
    return MapDisplay(
        float(np.clip(chosen.get("opacity", default.opacity * 100), 0, 100)) / 100,
        **{name: bool(chosen.get(name, getattr(default, name))) for name in ("smooth", "flat", "sure")},
    )


def map_view(scene: MapScene, key: str) -> None:
    """Draw a map; what is set under it is ``map_display(key)``."""
    explanation, picture = scene.explanation, scene.picture
    scale = scale_for(explanation)
    rows, columns = explanation.values.shape
    display = map_display(key)
    cells = cell_texts(explanation)
    data = {
        "photo": photo_url(picture),
        "width": picture.size_hw[1],
        "height": picture.size_hw[0],
        "rows": rows,
        "columns": columns,
        "values": [float(f"{value:.5g}") for value in explanation.values.ravel()],
        "sure": None if explanation.sure is None else explanation.sure.ravel().tolist(),
        "scale": {"low": scale.low, "high": scale.high, "signed": scale.signed},
        "inks": ink_texts(scale),
        "kept": share_kept(explanation),
        "contour": contour_facts(contour_for(explanation)),
        "ticks": ticks(scale),
        "cells": cells,
        "top": top_cells(explanation),
        "outlines": [outline(mask) for mask in scene.outlined],
        "view": {**view_facts(display), "sure": display.sure},
        "usual": USUAL,
        "title": _(get_method(explanation.method).measures).split(":")[0].rstrip(". \u00a0"),
        "alt": _alternative(explanation, cells),
        "texts": _texts(explanation),
    }
    _mount(key=key, data=data, on_view_change=nothing, default={"view": None})


_OUTLINES: dict[int, tuple[ref[Bools], dict[str, Any]]] = {}
"""By the identity of their masks; those of masks that are gone are forgotten."""


def outline(mask: Bools) -> dict[str, Any]:
    """Outline of a mask bool (h, w) for the browser; nobody may change the mask, or what is given."""
    place = id(mask)
    known = _OUTLINES.get(place)
    if known is None:
        found = {"width": mask.shape[1], "height": mask.shape[0], "rings": rings_of(mask)}
        known = _OUTLINES[place] = ref(mask, lambda _gone: _OUTLINES.pop(place, None)), found
    return known[1]


def ticks(scale: Scale) -> list[str]:
    """Raw values at the ends and the middle of the colour bar; it says where values lie beyond an end."""
    reach = max(abs(scale.low), abs(scale.high))
    low, middle, high = (
        numbers.raw(value, reach) for value in (scale.low, (scale.low + scale.high) / 2, scale.high)
    )
    if not scale.clipped:
        return [low, middle, high]
    return [f"≤ {low}" if scale.signed else low, middle, f"≥ {high}"]


def cell_texts(explanation: Explanation) -> list[dict[str, str]]:
    """Name, value and band of each cell, in words."""
    reach = float(np.abs(explanation.values).max())
    return [cell_text(explanation, place, reach) for place in np.ndindex(explanation.values.shape)]


def cell_text(explanation: Explanation, place_rc: tuple[int, ...], reach: float) -> dict[str, str]:
    """Name, value and band of the cell in a row and column, in words.

    Args:
        explanation: the map.
        place_rc: row and column, from 0.
        reach: greatest magnitude of the map.
    """
    row, column = (numbers.count(number + 1) for number in place_rc)
    name = _("row {row}, column {column}").format(row=row, column=column)
    value = numbers.raw(float(explanation.values[place_rc]), reach)
    if explanation.lower is None or explanation.upper is None:
        return {"name": name, "text": value}
    low, high = (numbers.raw(float(end[place_rc]), reach) for end in (explanation.lower, explanation.upper))
    text = _("{value}, 95 % band {low} to {high}").format(value=value, low=low, high=high)
    return {"name": name, "text": text}


def top_cells(explanation: Explanation) -> list[dict[str, Any]]:
    """The strongest cells, strongest first, with their bands, as shares of the widest bar; none where nobody
    can tell their order.
    """
    values, strong = explanation.values.ravel(), strength(explanation).ravel()
    if not strong.any() or not order_is_told(explanation):
        return []
    reach = float(np.abs(values).max())
    order = np.argsort(-strong, kind="stable")[:TOP]
    ends = [reach] if explanation.upper is None else np.abs(explanation.upper.ravel()[order])
    widest = max(reach, float(np.max(ends)))
    bands = None
    if explanation.lower is not None and explanation.upper is not None:
        bands = np.clip(
            np.stack([explanation.lower.ravel(), explanation.upper.ravel()], axis=1) / widest, 0, 1
        )
    return [
        {
            "cell": int(cell),
            "number": numbers.raw(float(values[cell]), reach),
            "share": round(float(abs(values[cell])) / widest, 4),
            "band": None if bands is None else [round(float(end), 4) for end in bands[cell]],
        }
        for cell in order
    ]


def _alternative(explanation: Explanation, cells: list[dict[str, str]]) -> str:
    """The map in words."""
    title = _("Map of {target} over the image.").format(target=_(explanation.target.label))
    if not order_is_told(explanation):
        return f"{title} {_(ORDER_OPEN)}"
    strongest = "; ".join(
        f"{cells[item['cell']]['name']}: {item['number']}" for item in top_cells(explanation)[:3]
    )
    return f"{title} " + _("Strongest cells: {cells}.").format(cells=strongest or _("none"))


def map_note(explanation: Explanation) -> str:
    """What the lines on bars and cells mean, as far as there are any."""
    if not order_is_told(explanation):
        return _(ORDER_OPEN)
    sure = explanation.sure
    said = [_("The line on each bar is the 95 % band.")] if explanation.lower is not None else []
    said += [] if sure is None else [_(OUTLINED if sure.any() else NONE_SURE)]
    said += [] if contour_for(explanation) is None else [_(CONTOURED)]
    return " ".join(said)


def _texts(explanation: Explanation) -> dict[str, str]:
    return {
        "bar": _("Map display"),
        "opacity": _("Map"),
        "smooth": _("Smooth"),
        "flat": _("Uniform overlay"),
        "sure": _("Outline significant cells"),
        "top": _("Strongest cells"),
        "note": map_note(explanation),
    }
