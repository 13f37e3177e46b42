"""Images of a data set with what a check says of each, a page at a time, and a way to select them all."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from components.data.grid import EXPLAIN_PAGE, small_jpeg, tile_columns
from components.data.selection import select_images
from components.session.guard import attempt
from components.session.keys import ITEM, TILES_PAGE, recall, remember
from components.session.offers.data_sets import data_image
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from data_store.base.words import DataSet, Item
from engine.errors import VitrineError

ON_PAGE, IN_ROW = 12, 6


@dataclass(frozen=True)
class ImageTile:
    """An image with what is said of it.

    Attributes:
        item: of the data set.
        lines: what is said, in words; of strangers as they are.
    """

    item: Item
    lines: tuple[str, ...]


def show_tiles(data: DataSet, tiles: Sequence[ImageTile], key: str) -> None:
    """A page of images at a time; ``key`` names the list, whose page is kept as long as it is looked at."""
    pages = -(-len(tiles) // ON_PAGE)
    kept = recall(TILES_PAGE, ("", 0))
    page = min(int(kept[1]), pages - 1) if kept[0] == key else 0
    shown = tiles[page * ON_PAGE : (page + 1) * ON_PAGE]
    if pages > 1:
        _offer_pages(page, len(tiles), key)
    for start in range(0, len(shown), IN_ROW):
        columns = tile_columns(IN_ROW, f"{key}-{start}")
        for column, tile in zip(columns, shown[start : start + IN_ROW], strict=False):
            with column:
                show_tile(data, tile)


def _offer_pages(page: int, count: int, key: str) -> None:
    first, last = page * ON_PAGE, min((page + 1) * ON_PAGE, count)
    with st.container(horizontal=True, vertical_alignment="center", key="tiles-head"):
        text = _("Images {first} to {last} of {count}")
        said = text.format(
            first=numbers.count(first + 1), last=numbers.count(last), count=numbers.count(count)
        )
        st.markdown(said, width="content")
        for sign, step, title in (("←", -1, _("Previous images")), ("→", 1, _("Next images"))):
            there = 0 <= page + step < -(-count // ON_PAGE)
            turned = TILES_PAGE, (key, page + step)
            st.button(
                sign, key=f"tiles-{step}", disabled=not there, on_click=remember, args=turned, help=title
            )


def show_tile(data: DataSet, tile: ImageTile) -> None:
    """One image, what is said of it, and the way to its explanation."""
    with st.container(border=True, gap="small"):
        picture = attempt(data_image, data.key, tile.item.id)
        if isinstance(picture, VitrineError):
            st.caption(as_text(tile.item.id))
        else:
            st.image(small_jpeg(picture.pixels), alt=tile.item.id, width="stretch")
        st.caption("  \n".join(as_text(line) for line in tile.lines))
        item = f"{data.key}/{tile.item.id}"
        st.page_link(EXPLAIN_PAGE, label=_("Explain"), query_params={ITEM: item})


def offer_selection(name: str, data: DataSet, items: Sequence[Item], page: str) -> None:
    """A button that selects images, and then the way to the page that lists them."""
    with st.container(horizontal=True, vertical_alignment="center", key="check-select"):
        st.button(
            _("Select these images"), key="select-checked", on_click=select_images, args=(name, data, items)
        )
        st.page_link(page, label=_("Look at these images") + " →")
