"""Classes of a segmentation with their colours and shares."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from components.words import numbers
from components.words.i18n import _

if TYPE_CHECKING:
    from engine.zones import Zones

Colour = tuple[int, int, int]
_ROW = (
    '<li style="display:flex;align-items:center;gap:.55rem;padding:.12rem 0">'
    '<span aria-hidden="true" style="flex:none;width:1rem;height:1rem;border-radius:4px;background:{colour};'
    'box-shadow:inset 0 0 0 1px rgb(128 128 128/60%)"></span>'
    '<span style="flex:1 1 auto">{name}</span>'
    '<span style="font-variant-numeric:tabular-nums">{figures}</span></li>'
)


@dataclass(frozen=True)
class ClassShare:
    """One class of a segmentation.

    Attributes:
        name: of the class.
        colour: RGB 0-255.
        area: its share of the picture, 0-1.
        probability: mean probability over its pixels, 0-1.
        zones: how many zones it has.
    """

    name: str
    colour: Colour
    area: float
    probability: float
    zones: int


def class_shares(zones: Zones, colours: tuple[Colour, ...]) -> list[ClassShare]:
    """The classes that there are, the largest first."""
    found = []
    for index, name in enumerate(zones.class_names):
        own = [zone for zone in zones.zones if zone.class_index == index]
        area = sum(zone.area for zone in own)
        if own:
            probability = sum(zone.probability * zone.area for zone in own) / area
            found.append(ClassShare(name, colours[index], area, probability, len(own)))
    return sorted(found, key=lambda item: -item.area)


def show_legend(shares: list[ClassShare], detailed: bool = False) -> None:
    """Colour, name and share of each class; with mean probability and number of zones if detailed."""
    rows = "".join(
        _ROW.format(
            colour="#{:02x}{:02x}{:02x}".format(*item.colour),
            name=escape(_(item.name)),
            figures=_figures(item, detailed),
        )
        for item in shares
    )
    columns = "" if detailed else "columns:2 9rem;column-gap:1.5rem;"
    st.html(
        f'<ul style="list-style:none;margin:0;padding:0;{columns}" '
        f'aria-label="{escape(_("Classes"))}">{rows}</ul>'
    )


def _figures(item: ClassShare, detailed: bool) -> str:
    if not detailed:
        return numbers.share(item.area)
    return _("{share}, probability {probability}").format(
        share=numbers.share(item.area), probability=numbers.probability(item.probability)
    )
