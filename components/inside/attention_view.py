"""View of the attention of one cell of a transformer, head by head."""

from typing import Any

import numpy as np
import streamlit as st

from components.jobs.feature_answers import answers
from components.pieces.cell_picker import CellGrid, cell_picker, picked_cell
from components.pieces.map_sheet import Group, SheetLayout, Tile, map_sheet
from components.pieces.map_sheet.encode import PlainMap
from components.session.choice import Choice
from components.session.keys import CELL, COLUMN, LAYER_SCALE, QUERY_PLACE, ROW, SHEET, recall, remember
from components.words import numbers
from components.words.i18n import _
from compute.work.features import AttentionSpec, FeatureOrder
from engine.features import LayerFacts
from engine.images.picture import Picture
from engine.visualise.attention import effective_cells
from engine.visualise.render import Scale, scale_of

MIDDLE = (0.5, 0.5)


def show_attention(choice: Choice, facts: LayerFacts, kept: FeatureOrder[Any]) -> None:
    """Choose a cell of the picture, and see the weights of each head."""
    picture = choice.seen
    left, right = st.columns(2, gap="medium")
    with left:
        query = _choose_cell(picture, facts)
    with right:
        same = st.toggle(_("Common scale for all heads"), key=LAYER_SCALE, bind="query-params")
        found = answers([FeatureOrder(AttentionSpec(choice.ref, facts.name, query), picture)], [kept])
        if found is not None:
            _show_heads(picture, found[0], _query_mask(facts, query), same)


def _choose_cell(picture: Picture, facts: LayerFacts) -> tuple[int, int]:
    """Row and column of the cell that asks, from 0: by a click on the picture, or by two numbers."""
    rows, columns, _heads = facts.shape_hwk
    _follow_place(rows, columns)
    st.markdown(_("Click a cell: the maps show what it attends to."))
    drawn = st.container()
    first, second = st.columns(2)
    row = first.number_input(_("Row"), 1, rows, int(MIDDLE[0] * rows) + 1, 1, key=ROW, bind="query-params")
    column = second.number_input(
        _("Column"), 1, columns, int(MIDDLE[1] * columns) + 1, 1, key=COLUMN, bind="query-params"
    )
    query = min(int(row or 1), rows) - 1, min(int(column or 1), columns) - 1
    remember(
        QUERY_PLACE, {"grid": (rows, columns), "place": ((query[0] + 0.5) / rows, (query[1] + 0.5) / columns)}
    )
    with drawn:
        cell_picker(picture, CellGrid(rows, columns, *query), CELL, _adopt_click)
    return query


def _follow_place(rows: int, columns: int) -> None:
    """The cell stays where it is in the picture when another block has another grid."""
    known = recall(QUERY_PLACE, {"grid": (rows, columns), "place": MIDDLE})
    row, column = int(known["place"][0] * rows) + 1, int(known["place"][1] * columns) + 1
    if known["grid"] != (rows, columns):
        remember(ROW, row)
        remember(COLUMN, column)


def _adopt_click() -> None:
    cell = picked_cell(CELL)
    if cell is not None:
        remember(ROW, cell[0] + 1)
        remember(COLUMN, cell[1] + 1)


def _query_mask(facts: LayerFacts, query: tuple[int, int]) -> np.ndarray:
    mask = np.zeros(facts.shape_hwk[:2], np.bool_)
    mask[query] = True
    return mask


def _show_heads(picture: Picture, weights: np.ndarray, mask: np.ndarray, same: bool) -> None:
    """The mean over all heads, then each of them."""
    maps = [(_("Head {number}").format(number=number), head) for number, head in enumerate(weights, 1)]
    if len(maps) > 1:
        maps.insert(0, (_("Mean of all heads"), weights.mean(axis=0)))
    scale = scale_of(weights, False) if same else None
    tiles = tuple(_tile(title, values, scale, mask) for title, values in maps)
    map_sheet(
        picture, [Group("", tiles)], SheetLayout("13rem", "shared" if same else "each", picks=False), SHEET
    )
    rows, columns = weights.shape[1:]
    text = _(
        "The weights of a head sum to 1 over its {rows} x {columns} keys. The outlined cell is the query."
    )
    st.caption(text.format(rows=rows, columns=columns))


def _tile(title: str, values: np.ndarray, scale: Scale | None, mask: np.ndarray) -> Tile:
    text = _("max {top} · spread over about {cells} of {count} cells")
    note = text.format(
        top=numbers.share(float(values.max())),
        cells=numbers.count(round(effective_cells(values))),
        count=numbers.count(values.size),
    )
    return Tile("", title, PlainMap(values, False, _("attention")), note=note, scale=scale, outlines=(mask,))
