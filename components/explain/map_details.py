"""One map of a sheet, large, with all that is needed to read it and to take it away."""

import streamlit as st

from components.explain.downloads import offer_downloads
from components.explain.preview_chip import show_chip, show_warnings
from components.maps.part_chart import show_part_chart
from components.maps.reading import figures_line, show_reading
from components.pieces.map_sheet import SHEET_LOOK, Group, SheetLayout, Tile, map_sheet
from components.pieces.map_view import MapScene, map_display
from components.session.keys import LARGE
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from engine.arrays import Bools
from engine.explanation import Explanation
from engine.images.picture import Picture


def show_details(picture: Picture, explanation: Explanation, title: str, outlines: tuple[Bools, ...]) -> None:
    """One map at half the page's width; beside it its numbers, its superpixels, its files."""
    st.subheader(as_text(title), anchor=False)
    left, right = st.columns(2, gap="medium")
    with left:
        show_large(picture, explanation, title, outlines)
    with right:
        show_part_chart(explanation)
        show_reading(explanation)


def show_large(
    picture: Picture, explanation: Explanation, title: str, outlines: tuple[Bools, ...], suffix: str = ""
) -> None:
    """A large map with its score, its warnings and its files.

    Args:
        picture: below the map.
        explanation: the map.
        title: of the files.
        outlines: masks bool (h, w) whose outlines are drawn.
        suffix: of the keys, where a page has several.
    """
    key = LARGE + suffix
    tile = Tile(
        "", _("Value under the pointer"), explanation, note=figures_line(explanation), outlines=outlines
    )
    map_sheet(picture, [Group("", (tile,))], SheetLayout("100%", picks=False, large=True), key)
    score = numbers.raw(explanation.score, explanation.score)
    st.markdown(
        _("Score of **{target}** on the original image: **{score}**.").format(
            target=as_text(_(explanation.target.label)), score=score
        )
    )
    show_chip(explanation, suffix=suffix)
    show_warnings(explanation)
    display = map_display(key, SHEET_LOOK)
    offer_downloads(MapScene(explanation, picture, outlines), display, title, suffix)
