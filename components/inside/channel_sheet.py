"""The channels of a layer as a sheet of small maps, page by page, and one of them large."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from components.pieces.map_sheet import Group, Look, SheetLayout, Tile, map_sheet, picked
from components.pieces.map_sheet.plain_map import PlainMap
from components.session.keys import CHANNEL, LARGE, LAYER_SCALE, MADE, ORDER, SHEET, SHEET_PAGE, keep, recall
from components.session.links import accept_short
from components.words import numbers
from components.words.i18n import _
from engine.images.picture import Picture
from engine.visualise.channels import ORDERS, Channels, joined, reduced

if TYPE_CHECKING:
    from engine.features import LayerFacts
    from engine.visualise.render import Scale

PAGE = 24
SIDE = 96
"""Cells on the longer side of a small map; larger maps are averaged over blocks, and shown as they are when
they are large.
"""

LOOK = Look(opacity=1.0, smooth=False)
AFTER, BEFORE = "after", "before"


@dataclass(frozen=True, eq=False)
class Seen:
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
        accept_short(ORDER, list(ORDERS), _order_title)
        order = st.selectbox(
            _("Sorted by"), list(ORDERS), format_func=_order_title, key=ORDER, bind="query-params"
        )
    with right:
        same = st.toggle(_("One scale for the layer"), key=LAYER_SCALE, bind="query-params")
    return SheetChoice(side, order or "index", same)


def _order_title(order: str) -> str:
    return {"index": _("Number"), "mean": _("Mean"), "maximum": _("Maximum"), "active": _("Active places")}[
        order
    ]


def _choose_side(facts: LayerFacts) -> str:
    if not facts.activation:
        st.markdown(_("This step has no activation."))
        return AFTER
    title, sides = partial(side_title, facts), (AFTER, BEFORE)
    accept_short(MADE, sides, title)
    chosen = st.segmented_control(
        _("Values"), sides, default=AFTER, required=True, format_func=title, key=MADE, bind="query-params"
    )
    return chosen or AFTER


def side_title(facts: LayerFacts, side: str) -> str:
    """After ReLU, or before it."""
    if not facts.activation:
        return _("Output")
    return (_("After {activation}") if side == AFTER else _("Before {activation}")).format(
        activation=facts.activation
    )


def show_sheets(
    seen: Sequence[Seen], facts: LayerFacts, chosen: SheetChoice, marked: int | None
) -> list[int]:
    """A page of channels for each picture, in the order of the first one, one of them marked; the channels of
    the page.
    """
    order = seen[0].sides[chosen.side].order(chosen.order)
    sheets = st.container()
    page = _choose_page(len(order))
    shown = order[(page - 1) * PAGE : page * PAGE]
    for column, one in zip(sheets.columns(len(seen), gap="medium"), seen, strict=True):
        with column:
            scales = {channel: _scale(seen, chosen, chosen.side, channel) for channel in shown}
            layout = SheetLayout("7.5rem", "shared" if chosen.same else "each", chosen=str(marked), look=LOOK)
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
        keep(SHEET_PAGE, 1)
    st.caption(_("{count} channels, counted from 0").format(count=numbers.count(count)))
    return st.pagination(pages, key=SHEET_PAGE, bind="query-params") if pages > 1 else 1


def _scale(seen: Sequence[Seen], chosen: SheetChoice, side: str, channel: int) -> Scale:
    """Of the channel or of the layer, for all pictures: they can be compared."""
    sides = [one.sides[side] for one in seen]
    return joined([channels.scale if chosen.same else channels.scale_of(channel) for channels in sides])


def _sheet(
    seen: Seen, title: str, channels: Channels, scales: Mapping[int, Scale], layout: SheetLayout
) -> None:
    tiles = tuple(_tile(channels, channel, scale) for channel, scale in scales.items())
    key = SHEET + seen.name
    map_sheet(seen.picture, [Group(title, tiles)], layout, key, lambda: _adopt_pick(key))
    if max(channels.values.shape[:2]) > SIDE:
        st.caption(_("Small maps are averaged over blocks of cells; the large one below has every value."))


def _adopt_pick(key: str) -> None:
    """A click on a title chooses the channel."""
    wanted = picked(key)
    if wanted is not None:
        keep(CHANNEL, int(wanted))


def _tile(channels: Channels, channel: int, scale: Scale) -> Tile:
    values = reduced(channels.values[..., channel], SIDE)
    title = _("Channel {number}").format(number=channel)
    return Tile(
        str(channel),
        title,
        PlainMap(values, channels.signed, _("what the layer makes of the picture")),
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
    if recall(CHANNEL, None) not in (None, *range(count)):
        keep(CHANNEL, None)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.subheader(_("One channel, large"), anchor=False)
        return st.selectbox(
            _("Channel"),
            list(range(count)),
            index=None,
            placeholder=_("the first of the page"),
            key=CHANNEL,
            bind="query-params",
            label_visibility="collapsed",
            width=260,
        )


def show_channel(seen: Sequence[Seen], facts: LayerFacts, chosen: SheetChoice, channel: int) -> None:
    """One channel large, before and after its activation; pictures stand side by side where there is no
    activation.
    """
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
                SheetLayout("22rem", picks=False, large=True, look=Look(0.75, False)),
                LARGE + one.name,
            )


def _large_tile(channels: Channels, channel: int, title: str, scale: Scale) -> Tile:
    shown = PlainMap(
        channels.values[..., channel], channels.signed, _("channel {number}").format(number=channel)
    )
    rows, columns, _count = channels.values.shape
    return Tile("", title, shown, note=f"{rows} x {columns} · {channel_line(channels, channel)}", scale=scale)
