"""The clickable picture: zones of a segmentation under a grid, as a Streamlit component of our own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from components.pieces import piece
from components.pieces.zone_picker.geometry import run_lengths, zone_shapes
from components.pieces.zone_picker.hatches import hatches
from components.session.cache import in_session
from components.session.media import photo_url
from components.words import numbers
from components.words.i18n import _
from engine.images.picture import Picture
from engine.zones import Zones

Ask = Literal["zone", "border", "shared"]
_mount = piece("picker", __file__, "elements", "grid", "view")


@dataclass(frozen=True)
class Selection:
    """What the picker shows as chosen.

    Attributes:
        zone: index of the zone, or None.
        other: index of the second zone of a shared border, or None.
        revision: the browser adopts the two when this number changes; its own clicks do not need it.
    """

    zone: int | None = None
    other: int | None = None
    revision: int = 0


@dataclass(frozen=True, eq=False)
class PickerScene:
    """What is drawn and can be clicked.

    Attributes:
        picture: the picture.
        zones: its zones.
        colours: one RGB triple 0-255 per class.
        key: digest of picture and zones: equal keys draw the same.
    """

    picture: Picture
    zones: Zones
    colours: tuple[tuple[int, int, int], ...]
    key: str


@in_session(8)
def _shapes(key: str, _labels: Any) -> tuple[list[int], list[dict[str, Any]]]:
    return run_lengths(_labels), zone_shapes(_labels)


def zone_name(zones: Zones, index: int) -> str:
    """Name of a zone within its class: vehicle 1 of 4."""
    return _(zones.title(index))


def zone_about(zones: Zones, index: int) -> str:
    """Facts of a zone in words: 4.1 % of the picture, mean probability 0.93."""
    zone = zones.zones[index]
    text = _("{share} of the image, mean probability {probability}")
    facts = text.format(share=numbers.share(zone.area), probability=numbers.probability(zone.probability))
    return _("{facts}, a very small zone").format(facts=facts) if zone.small else facts


def picker_zones(scene: PickerScene) -> tuple[list[int], list[dict[str, Any]]]:
    """Run lengths of the labels, and what the browser knows of each zone."""
    runs, shapes = _shapes(scene.key, scene.zones.labels)
    near: list[list[int]] = [[] for _shape in shapes]
    for low, high in scene.zones.touching:
        near[low].append(high)
        near[high].append(low)
    signs = hatches(scene.colours)
    facts = [
        {
            **shape,
            "name": zone_name(scene.zones, index),
            "about": zone_about(scene.zones, index),
            "fill": "#{:02x}{:02x}{:02x}".format(*scene.colours[scene.zones.zones[index].class_index]),
            "hatch": signs[scene.zones.zones[index].class_index],
            "near": near[index],
        }
        for index, shape in enumerate(shapes)
    ]
    return runs, facts


def zone_picker(
    scene: PickerScene, ask: Ask, selection: Selection, key: str, on_pick: Callable[[], None]
) -> None:
    """Draw the picture; a click stores ``{"slot", "row", "column", "click"}`` under ``pick`` in ``key``.

    ``slot`` is "zone" or "with" (the second zone of a shared border); ``row`` and ``column`` are shares 0-1
    of height and width, or None where the slot was emptied.
    """
    runs, facts = picker_zones(scene)
    height, width = scene.zones.labels.shape
    data = {
        "geo": scene.key,
        "photo": photo_url(scene.picture),
        "width": scene.picture.size_hw[1],
        "height": scene.picture.size_hw[0],
        "labels": {"width": width, "height": height, "runs": runs},
        "zones": facts,
        "ask": ask,
        "zone": selection.zone,
        "other": selection.other,
        "rev": selection.revision,
        "title": _("Zones of the image {name}").format(name=_(scene.picture.name)),
        "texts": _texts(),
    }
    _mount(key=key, data=data, on_pick_change=on_pick, default={"pick": None})


def _texts() -> dict[str, str]:
    return {
        "bar": _("Image display"),
        "in": _("Zoom in"),
        "out": _("Zoom out"),
        "whole": _("Show the whole image"),
        "colours": _("Colours"),
        "cells": _("Grid"),
        "cell": _("Row {row}, column {column}"),
        "picked": _("Selected:"),
        "cleared": _("Nothing selected."),
    }
