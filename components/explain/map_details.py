"""One map of a sheet, large, with all that is needed to read it and to take it away."""

from dataclasses import replace

import streamlit as st

from components.explain.downloads import offer_downloads
from components.explain.preview_chip import show_chip, show_warnings
from components.grades.judge import MapJudge
from components.maps.part_chart import show_part_chart
from components.maps.reading import figures_line, show_reading
from components.pieces.map_sheet import SHEET_LOOK, Group, SheetLayout, Tile, map_sheet
from components.pieces.map_view import MapScene, map_display
from components.session.keys import LARGE
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text


def show_details(scene: MapScene, title: str, follows: str = "", judge: MapJudge | None = None) -> None:
    """One map at half the page's width, under what tells how true it is; beside it its numbers and parts."""
    st.subheader(as_text(title), anchor=False)
    if judge is not None:
        scene = _judged(scene, judge)
    left, right = st.columns(2, gap="medium")
    with left:
        show_large(scene, title, follows=follows)
    with right:
        show_part_chart(scene.explanation)
        show_reading(scene.explanation)


def show_large(
    scene: MapScene, title: str, suffix: str = "", follows: str = "", judge: MapJudge | None = None
) -> None:
    """A large map with its score, how true it is, its warnings and its files.

    Args:
        scene: the map, its picture, and the masks whose outlines are drawn.
        title: of the files.
        suffix: of the keys, where a page has several.
        follows: key of the sheet whose bar rules this map, too; "": it has its own.
        judge: tells how true it is; None of a map that grows, or whose page has said so.
    """
    if judge is not None:
        scene = _judged(scene, judge, suffix)
    key, explanation = LARGE + suffix, scene.explanation
    note = figures_line(explanation)
    tile = Tile("", _("Value under the pointer"), explanation, note=note, outlines=scene.outlined)
    layout = SheetLayout("100%", picks=False, large=True, follows=follows)
    map_sheet(scene.picture, [Group("", (tile,))], layout, key)
    score = numbers.raw(explanation.score, explanation.score)
    st.markdown(
        _("Score of **{target}** on the original image: **{score}**.").format(
            target=as_text(_(explanation.target.label)), score=score
        )
    )
    show_chip(explanation, suffix=suffix)
    show_warnings(explanation)
    offer_downloads(scene, map_display(follows or key, SHEET_LOOK), title, suffix)


def _judged(scene: MapScene, judge: MapJudge, suffix: str = "") -> MapScene:
    """A line that says how true a map is, and the map with the alarms that this raises."""
    explanation = judge.alarmed(scene.explanation)
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        judge.show(explanation, suffix)
    return replace(scene, explanation=explanation)
