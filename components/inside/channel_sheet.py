"""The channels of a layer as a sheet of small maps, page by page, and one of them large."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from components.pieces import picked
from components.pieces.map_sheet import Group, SheetLayout, Tile, map_sheet
from components.pieces.map_sheet.encode import PlainMap
from components.pieces.map_view import MapDisplay
from components.session.choosing import choose_from_list, choose_one, choose_or_not
from components.session.keys import (
    CHANNEL,
    LARGE,
    LAYER_SCALE,
    MADE,
    ORDER,
    SHEET,
    SHEET_PAGE,
    recall,
    remember,
)
from components.words import numbers
from components.words.i18n import _
from engine.features import LayerFacts
from engine.images.picture import Picture
from engine.visualise.channels import ORDERS, Channels, joined, reduced
from engine.visualise.render import Scale

PAGE = 24
SIDE = 96
"""Cells on the longer side of a small map: a larger one is averaged over blocks, unless it is shown large."""

LOOK = MapDisplay(opacity=1.0, smooth=False, flat=True)
AFTER, BEFORE = "after", "before"


@dataclass(frozen=True, eq=False)
class PictureChannels:
    """What a layer makes of a picture.

    Attributes:
        picture: the picture.
        sides: channels after the activation, and before it where there is one.
        name: in the keys of its pieces.
    """

    picture: Picture
    sides: dict[str, Channels]
    name: str = ""


@dataclass(frozen=True)
class SheetChoice:
    """How channels are shown.

    Attributes:
        side: ``AFTER`` or ``BEFORE`` the activation.
        order: by what they are sorted.
        same: one scale for the layer, or one for each channel.
    """

    side: str
    order: str
    same: bool


def choose_sheet(facts: LayerFacts) -> SheetChoice:
    """Before or after the activation, sorted by what, on which scale."""
    left, middle, right = st.columns([4, 3, 3], vertical_alignment="bottom")
    with left:
        side = _choose_side(facts)
    with middle:
        order = choose_from_list(ORDER, _("Sorted by"), list(ORDERS), _order_title)
    with right:
        same = st.toggle(_("Common scale for the layer"), key=LAYER_SCALE, bind="query-params")
    return SheetChoice(side, order, same)


def _order_title(order: str) -> str:
    return {"index": _("Number"), "mean": _("Mean"), "maximum": _("Maximum"), "active": _("Active cells")}[
        order
    ]


def _choose_side(facts: LayerFacts) -> str:
    if not facts.activation:
        st.markdown(_("No activation follows this step."))
        return AFTER
    return choose_one(MADE, _("Values"), (AFTER, BEFORE), partial(side_title, facts), AFTER)


def side_title(facts: LayerFacts, side: str) -> str:
    """After ReLU, or before it."""
    if not facts.activation:
        return _("Output")
    return (_("After {activation}") if side == AFTER else _("Before {activation}")).format(
        activation=facts.activation
    )


def show_sheets(
    seen: Sequence[PictureChannels],
    facts: LayerFacts,
    chosen: SheetChoice,
    marked: int | None,
    places: Sequence[Any],
) -> list[int]:
    """A page of channels for each picture, in the order of the first, one marked; the page's channels.

    Args:
        seen: what the layer makes of each picture.
        facts: of the layer.
        chosen: how channels are shown.
        marked: the channel that is large; None for none.
        places: where the sheet of each picture stands; the number of the page stands here.
    """
    order = seen[0].sides[chosen.side].order(chosen.order)
    page = _choose_page(len(order))
    shown = order[(page - 1) * PAGE : page * PAGE]
    for column, one in zip(places, seen, strict=True):
        with column:
            scales = {channel: _scale(seen, chosen, chosen.side, channel) for channel in shown}
            layout = SheetLayout(
                "7.5rem", "shared" if chosen.same else "each", chosen=str(marked), display=LOOK
            )
            _sheet(
                one,
                _("{name}: {text}").format(name=side_title(facts, chosen.side), text=_(one.picture.name)),
                one.sides[chosen.side],
                scales,
                layout,
            )
    return shown


def _choose_page(count: int) -> int:
    """The page that is shown, from 1."""
    pages = -(-count // PAGE)
    if (recall(SHEET_PAGE, None) or 1) > pages:
        remember(SHEET_PAGE, 1)
    st.caption(_("{count} channels, counted from 0").format(count=numbers.count(count)))
    return st.pagination(pages, key=SHEET_PAGE, bind="query-params") if pages > 1 else 1


def _scale(seen: Sequence[PictureChannels], chosen: SheetChoice, side: str, channel: int) -> Scale:
    """Of the channel or of the layer, for all pictures: they can be compared."""
    sides = [one.sides[side] for one in seen]
    return joined([channels.scale if chosen.same else channels.scale_of(channel) for channels in sides])


def _sheet(
    seen: PictureChannels, title: str, channels: Channels, scales: Mapping[int, Scale], layout: SheetLayout
) -> None:
    tiles = tuple(_tile(channels, channel, scale) for channel, scale in scales.items())
    key = SHEET + seen.name
    map_sheet(seen.picture, [Group(title, tiles)], layout, key, lambda: _adopt_pick(key))
    if max(channels.values.shape[:2]) > SIDE:
        st.caption(_("Small maps are averaged over blocks of cells; the large one below shows every value."))


def _adopt_pick(key: str) -> None:
    """A click on a title chooses the channel."""
    wanted = picked(key)
    if wanted is not None:
        remember(CHANNEL, int(wanted))


def _tile(channels: Channels, channel: int, scale: Scale) -> Tile:
    values = reduced(channels.values[..., channel], SIDE)
    title = _("Channel {number}").format(number=channel)
    return Tile(
        str(channel),
        title,
        PlainMap(values, channels.signed, _("the layer's response to the image")),
        note=channel_line(channels, channel),
        scale=scale,
    )


def channel_line(channels: Channels, channel: int) -> str:
    """Mean, maximum and share of active places of a channel."""
    mean, top = float(channels.mean[channel]), float(channels.maximum[channel])
    text = _("mean {mean} · max {top} · active {active}")
    reach = max(abs(mean), abs(top))
    return text.format(
        mean=numbers.raw(mean, reach),
        top=numbers.raw(top, reach),
        active=numbers.share(float(channels.active[channel])),
    )


def choose_channel(count: int) -> int | None:
    """The channel that is large; None for the first of the page."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.subheader(_("One channel, enlarged"), anchor=False)
        empty, display = _("the first on this page"), {"label_visibility": "collapsed", "width": 260}
        return choose_or_not(CHANNEL, _("Channel"), range(count), str, empty, **display)


def show_channel(
    seen: Sequence[PictureChannels], facts: LayerFacts, chosen: SheetChoice, channel: int
) -> None:
    """One channel large, before and after its activation; without one, pictures stand side by side."""
    sides = [side for side in (BEFORE, AFTER) if side in seen[0].sides]
    places = st.columns(2, gap="medium") if len(sides) == 1 else [st.container() for _one in seen]
    for place, one in zip(places, seen, strict=False):
        tiles = tuple(
            _large_tile(
                one.sides[side], channel, side_title(facts, side), _scale(seen, chosen, side, channel)
            )
            for side in sides
        )
        group = Group(_(one.picture.name) if len(seen) > 1 else "", tiles)
        with place:
            map_sheet(
                one.picture,
                [group],
                SheetLayout("22rem", picks=False, large=True, display=MapDisplay(smooth=False)),
                LARGE + one.name,
            )


def _large_tile(channels: Channels, channel: int, title: str, scale: Scale) -> Tile:
    shown = PlainMap(
        channels.values[..., channel], channels.signed, _("channel {number}").format(number=channel)
    )
    rows, columns, _count = channels.values.shape
    return Tile("", title, shown, note=f"{rows} x {columns} · {channel_line(channels, channel)}", scale=scale)
