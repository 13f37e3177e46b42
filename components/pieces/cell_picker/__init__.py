"""A picture under a fine grid of which one cell is chosen, as a Streamlit component of our own."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from components.pieces import piece
from components.session.media import photo_url
from components.words.i18n import _
from engine.images.picture import Picture

_mount = piece("cell", __file__, "pointing")


@dataclass(frozen=True)
class CellGrid:
    """The rows and columns of a grid over a picture, and those of its chosen cell, from 0."""

    rows: int
    columns: int
    row: int
    column: int


def cell_picker(picture: Picture, grid: CellGrid, key: str, on_pick: Callable[[], None]) -> None:
    """Draw the picture; ``picked_cell(key)`` says which cell was clicked."""
    data = {
        "photo": photo_url(picture),
        "width": picture.size_hw[1],
        "height": picture.size_hw[0],
        "rows": grid.rows,
        "columns": grid.columns,
        "row": grid.row,
        "column": grid.column,
        "texts": {
            "title": _("Cells of the image {name}. Arrow keys move, Enter selects.").format(
                name=_(picture.name)
            ),
            "cell": _("row {row}, column {column}"),
            "picked": _("Selected:"),
        },
    }
    _mount(key=key, data=data, on_pick_change=on_pick, default={"pick": None})


def picked_cell(key: str) -> tuple[int, int] | None:
    """Row and column of the cell that was clicked last, from 0."""
    pick = (st.session_state.get(key) or {}).get("pick")
    return (int(pick["row"]), int(pick["column"])) if pick else None
