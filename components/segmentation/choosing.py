"""Choice of the image: the worst ones first, as a strip of small pictures and as a list."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from components.data.grid import small_jpeg
from components.data.mask_rows import MaskRows
from components.data.measured import Measured
from components.data.selection import ImageSelection
from components.session.choosing import choose_from_list
from components.session.guard import attempt
from components.session.keys import MASK_IMAGE, MASK_SORT, STRIP_PAGE, recall, remember
from components.session.offers.data_sets import data_image
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from engine.errors import VitrineError

IN_STRIP = 6
LISTED = 300
"""So many of the worst images can be chosen."""
IousByPlace = Mapping[int, Sequence[float]]
"""Mean IoU of an image in each model, by the place of its item."""


def choose_image(
    found: Sequence[Measured], counted: Sequence[MaskRows], picked: ImageSelection | None = None
) -> int:
    """The place of an item that all models have answered, of a selection if it has any of these."""
    ious = _picked(found[0], _ious(counted), picked)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        places = _ordered(found, ious)[:LISTED]
        by_name = {found[0].items[place].id: place for place in places}
        titles = {name: f"{name} · {_said(ious[place])}" for name, place in by_name.items()}
        name = choose_from_list(MASK_IMAGE, _("Image"), list(by_name), lambda name: titles[name], width=340)
        _offer_pages(len(places))
    _show_strip(found[0], places, ious)
    return by_name[name]


def _picked(found: Measured, ious: IousByPlace, picked: ImageSelection | None) -> IousByPlace:
    if picked is None:
        return ious
    return {place: one for place, one in ious.items() if found.items[place].id in picked.ids} or ious


def _ious(counted: Sequence[MaskRows]) -> IousByPlace:
    """Of the images that all models have answered and that have any class."""
    each = [
        {
            place: value
            for place, value in zip(one.positions.tolist(), one.image_ious.tolist(), strict=True)
            if not np.isnan(value)
        }
        for one in counted
    ]
    both = set(each[0]).intersection(*each[1:])
    return {place: [one[place] for one in each] for place in sorted(both)}


def _ordered(found: Sequence[Measured], ious: IousByPlace) -> list[int]:
    """Places of images, the worst first, or those first in which two models differ most."""
    titles = {
        f"{number}": _("Worst first: {model}").format(model=one.title) for number, one in enumerate(found)
    }
    if len(found) > 1:
        titles["gap"] = _("Largest difference first")
    key = choose_from_list(MASK_SORT, _("Order"), list(titles), lambda key: titles[key], width=340)
    if key == "gap":
        return sorted(ious, key=lambda place: -abs(ious[place][0] - ious[place][1]))
    return sorted(ious, key=lambda place: ious[place][int(key)])


def _said(ious: Sequence[float]) -> str:
    return " | ".join(numbers.decimal(one, 2) for one in ious)


def _pages(count: int) -> int:
    return max(1, -(-count // IN_STRIP))


def _page(count: int) -> int:
    return min(int(recall(STRIP_PAGE, 0)), _pages(count) - 1)


def _offer_pages(count: int) -> None:
    page, pages = _page(count), _pages(count)
    if pages > 1:
        for sign, step, title in (("←", -1, _("Previous images")), ("→", 1, _("Next images"))):
            there = 0 <= page + step < pages
            turn: dict[str, Any] = {"on_click": remember, "args": (STRIP_PAGE, page + step)}
            st.button(sign, key=f"strip-{step}", disabled=not there, help=title, **turn)


def _show_strip(found: Measured, places: Sequence[int], ious: IousByPlace) -> None:
    first = _page(len(places)) * IN_STRIP
    shown = places[first : first + IN_STRIP]
    for column, place in zip(st.columns(IN_STRIP, gap="small"), shown, strict=False):
        item = found.items[place]
        with column:
            picture = attempt(data_image, found.view.order.data.key, item.id)
            if not isinstance(picture, VitrineError):
                st.image(small_jpeg(picture.pixels), alt=item.id, width="stretch")
            st.caption(_("Mean IoU {value}").format(value=_said(ious[place])))
            help_text = as_text(item.id)
            select: dict[str, Any] = {"on_click": remember, "args": (MASK_IMAGE, item.id), "help": help_text}
            st.button(_("Select"), key=f"select-{place}", **select)
