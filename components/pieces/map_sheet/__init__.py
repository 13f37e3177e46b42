"""Sheet of many maps over one picture, which share the pointer, as a Streamlit component of our own."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from components.pieces import nothing, piece
from components.pieces.ink_facts import CONTOURED, ORDER_OPEN, USUAL, ink_texts, view_facts
from components.pieces.map_sheet.encode import Encoded, PlainMap, encode, own_scale_of
from components.pieces.map_view import MapDisplay, map_display, outline, ticks
from components.session.media import photo_url
from components.words import numbers
from components.words.i18n import _
from engine.arrays import Bools
from engine.explanation import Explanation
from engine.images.picture import Picture
from engine.methods import get_method
from engine.visualise.contours import LEAST
from engine.visualise.parts import EDGE, FAINT_EDGE, HATCH, HATCH_PX
from engine.visualise.render import Scale
from engine.visualise.strength import order_is_told, strength

_mount = piece("sheet", __file__, "elements", "maps", "delivered", "tile")
PART_LINES = {"edge": EDGE, "faint": FAINT_EDGE, "hatch": HATCH, "pitch": HATCH_PX}
"""Borders of superpixels and their hatching."""

SHEET_LOOK = MapDisplay(sure=False)


@dataclass(frozen=True, eq=False)
class Tile:
    """One map of a sheet, or what stands in its place.

    Attributes:
        key: what ``picked`` gives when its title is clicked.
        title: above the map.
        shown: the map, or None while there is none.
        said: over the picture: what is waited for, or why there is no map.
        done: finished share of what is waited for, 0-1, or None.
        note: below the map.
        scale: colours of raw values; None: the map's own.
        outlines: masks bool (h, w) whose outlines are drawn.
        strength: its greatest value as a share of the greatest of the sheet, 0-1, drawn as a bar; None: none.
    """

    key: str
    title: str
    shown: Explanation | PlainMap | None = None
    said: str = ""
    done: float | None = None
    note: str = ""
    scale: Scale | None = None
    outlines: tuple[Bools, ...] = ()
    strength: float | None = None


@dataclass(frozen=True, eq=False)
class Group:
    """A row of a sheet: its title, a sentence, its maps."""

    title: str
    tiles: tuple[Tile, ...]
    said: str = ""


@dataclass(frozen=True)
class SheetLayout:
    """How a sheet is laid out.

    Attributes:
        tile: least width of a map, in CSS.
        bars: a colour bar below each map, or one for all.
        picks: whether titles can be clicked.
        chosen: key of the tile that is marked.
        large: one large map.
        display: how the maps are shown at first.
        follows: key of a sheet on the same page whose bar rules this one, too; "": it has its own bar.
    """

    tile: str = "15rem"
    bars: Literal["each", "shared"] = "each"
    picks: bool = True
    chosen: str = ""
    large: bool = False
    display: MapDisplay = SHEET_LOOK
    follows: str = ""


def map_sheet(
    picture: Picture,
    groups: list[Group],
    layout: SheetLayout,
    key: str,
    on_pick: Callable[[], None] | None = None,
) -> None:
    """Draw maps over a picture; ``picked(key)`` and ``map_display(key)`` say what was done with them."""
    _mount(
        key=key,
        data=sheet_facts(
            picture, groups, replace(layout, display=map_display(layout.follows or key, layout.display)), key
        ),
        on_view_change=nothing,
        on_pick_change=on_pick or nothing,
        default={"view": None, "pick": None},
    )


def sheet_facts(picture: Picture, groups: list[Group], layout: SheetLayout, key: str) -> dict[str, Any]:
    """What the browser gets to draw maps over a picture, shown as the layout says.

    Args:
        picture: below the maps.
        groups: the maps.
        layout: how they are laid out and shown.
        key: of the place where they are drawn; what is drawn there later replaces it.
    """
    masks = list(
        {id(mask): mask for group in groups for tile in group.tiles for mask in tile.outlines}.values()
    )
    place = _Place(layout, key, {id(mask): index for index, mask in enumerate(masks)}, [])
    drawn = [
        {"title": group.title, "said": group.said, "tiles": place.tiles(group, row)}
        for row, group in enumerate(groups)
    ]
    return {
        "photo": photo_url(picture),
        "width": picture.size_hw[1],
        "height": picture.size_hw[0],
        "groups": drawn,
        "outlines": [outline(mask) for mask in masks],
        "tables": place.tables,
        "parts": PART_LINES,
        "tile": layout.tile,
        "bars": layout.bars,
        "large": layout.large,
        "follows": bool(layout.follows),
        "view": view_facts(layout.display),
        "usual": USUAL,
        "texts": {
            "bar": _("Display of the maps"),
            "opacity": _("Maps"),
            "smooth": _("Smooth"),
            "flat": _("Uniform overlay"),
            "contour": _(CONTOURED),
            "pick": _("Enlarge {title}"),
        },
    }


@dataclass(frozen=True, eq=False)
class _Place:
    """Where maps stand: on which sheet, over which outlines, in which inks."""

    layout: SheetLayout
    key: str
    masks: dict[int, int]
    tables: list[list[str]]

    def tiles(self, group: Group, row: int) -> list[dict[str, Any]]:
        """A row of maps as the browser has it."""
        return [self._tile(tile, f"{self.key}-{row}-{column}") for column, tile in enumerate(group.tiles)]

    def _tile(self, tile: Tile, place: str) -> dict[str, Any]:
        shown = tile.shown
        own = Scale(0.0, 0.0, False) if shown is None else own_scale_of(shown)
        return {
            "key": tile.key,
            "title": tile.title,
            "said": tile.said,
            "done": tile.done,
            "note": _note(tile),
            "strength": None if tile.strength is None else [tile.strength, _strength(tile.strength)],
            "pick": self.layout.picks,
            "chosen": bool(tile.key) and tile.key == self.layout.chosen,
            "map": None if shown is None else _sent(tile, own, place),
            "scale": {**scale_facts(tile.scale or own), "table": self._table(tile.scale or own)},
            "outlines": [self.masks[id(mask)] for mask in tile.outlines],
            "alt": alternative(tile),
        }

    def _table(self, scale: Scale) -> int:
        """Place of the inks of a scale among those of the sheet."""
        inks = ink_texts(scale)
        if inks not in self.tables:
            self.tables.append(inks)
        return self.tables.index(inks)


def _sent(tile: Tile, own: Scale, place: str) -> Encoded:
    """A map; without its line where hardly anything of it is seen on the scale of others."""
    assert tile.shown is not None
    sent, scale = encode(tile.shown, place), tile.scale or own
    seen = own.high - own.low >= LEAST * (scale.high - scale.low)
    return sent if seen else {**sent, "contour": None}


def _note(tile: Tile) -> str:
    """What stands below a map, also why it is faded."""
    ordered = not isinstance(tile.shown, Explanation) or order_is_told(tile.shown)
    return tile.note if ordered else " · ".join(filter(None, (tile.note, _(ORDER_OPEN))))


def _strength(share: float) -> str:
    return _("{share} of the strongest").format(share=numbers.share(share))


def scale_facts(scale: Scale) -> dict[str, Any]:
    """A scale as the browser has it: its ends, its ticks in raw values."""
    reach = max(abs(scale.low), abs(scale.high))
    return {
        "low": scale.low,
        "high": scale.high,
        "signed": scale.signed,
        "ticks": ticks(scale),
        "digits": numbers.decimals(reach),
        "point": numbers.separators()[0],
    }


def alternative(tile: Tile) -> str:
    """A map in words."""
    if tile.shown is None:
        return f"{tile.title}. {tile.said}"
    if isinstance(tile.shown, Explanation) and not order_is_told(tile.shown):
        return f"{tile.title}: {_label(tile.shown)}. {_(ORDER_OPEN)}"
    values = tile.shown.values
    strongest = np.abs(values) if isinstance(tile.shown, PlainMap) else strength(tile.shown)
    row, column = np.unravel_index(int(np.argmax(strongest)), values.shape)
    text = _(
        "{title}: {map}, from {low} to {high}, maximum at {down} of the height and {across} of the width."
    )
    reach = float(np.abs(values).max())
    return text.format(
        title=tile.title,
        map=tile.shown.label if isinstance(tile.shown, PlainMap) else _label(tile.shown),
        low=numbers.raw(float(values.min()), reach),
        high=numbers.raw(float(values.max()), reach),
        down=numbers.share((row + 0.5) / values.shape[0]),
        across=numbers.share((column + 0.5) / values.shape[1]),
    )


def _label(explanation: Explanation) -> str:
    """What an explanation is a map of."""
    return _("map of {target} by {method}").format(
        target=_(explanation.target.label), method=_(get_method(explanation.method).title)
    )
