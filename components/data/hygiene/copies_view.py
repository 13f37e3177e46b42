"""Images that look alike, in different parts of a data set or anywhere in it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from components.data.choice import DataChoice
from components.data.grid import tile_columns
from components.data.hygiene.looks import looks_of
from components.data.hygiene.tiles import ImageTile, offer_selection, show_tile
from components.data.measured import answers_of
from components.data.reported import offer_data_table
from components.session.keys import ANYWHERE
from components.words import numbers
from components.words.i18n import _, plural
from compute.measure.checks import COPIES, CheckOrder, CheckTable
from data_store.base.words import DataSet, Item
from engine.evaluation.hygiene.duplicates import DISTANCE, DuplicatePairs

MOST_LISTED = 1000
HEIGHT_PX = 300
Pairs = Sequence[tuple[Item, Item]]


def show_copies(choice: DataChoice, page: str) -> None:
    """Pairs of images, the most alike first; the two images of the pair that is chosen."""
    data = choice.data
    split = len(data.splits) > 1
    anywhere = not split or st.toggle(
        _("Also within a part"),
        key=ANYWHERE,
        bind="query-params",
        help=_("Without it, only images of different parts are compared: these make a test too easy."),
    )
    looks = looks_of(choice, everywhere=True)
    if looks is None:
        return
    items = [data.items[place] for place in looks.places.tolist()]
    marks = None if anywhere else np.array([item.split for item in items])
    answers = answers_of([CheckOrder(COPIES, CheckTable(looks.hashes, marks))])
    result = None if answers is None else answers[0].result()
    if isinstance(result, DuplicatePairs):
        _show(choice, result, items, page)


def _show(choice: DataChoice, result: DuplicatePairs, items: Sequence[Item], page: str) -> None:
    data = choice.data
    if not result.total:
        st.success(_("No two images look alike."))
    else:
        text = plural(
            "**{count}** pair of images looks alike.", "**{count}** pairs of images look alike.", result.total
        )
        st.markdown(text.format(count=numbers.count(result.total)))
    about = _(
        "Perceptual hashes differ in at most {most} of 64 bits. Mirrored and cropped copies are missed. "
        "Images without structure look alike. All parts of the data set are compared."
    )
    st.caption(about.format(most=DISTANCE))
    if not result.total:
        return
    ends = zip(result.first.tolist(), result.second.tolist(), strict=True)
    pairs = [(items[one], items[two]) for one, two in ends][:MOST_LISTED]
    row = _choose_pair(choice, pairs, result)
    _show_pair(data, pairs[row])
    chosen = {item.id: item for pair in pairs for item in pair}
    offer_selection(_("Images that look alike"), data, list(chosen.values()), page)


def _choose_pair(choice: DataChoice, pairs: Pairs, result: DuplicatePairs) -> int:
    """The row of the table that is selected; the first at first."""
    data = choice.data
    table: dict[str, Any] = {
        _("First image"): [one.id for one, _two in pairs],
        _("Second image"): [two.id for _one, two in pairs],
    }
    if len(data.splits) > 1:
        table[_("Parts")] = [f"{one.split} / {two.split}" for one, two in pairs]
    if data.labels:
        table[_("Classes")] = [" / ".join(dict.fromkeys(map(_class_in(data), pair))) for pair in pairs]
    table[_("Bits that differ")] = result.distances[: len(pairs)].tolist()
    chosen = st.dataframe(
        table,
        hide_index=True,
        height=HEIGHT_PX if len(pairs) > 7 else "auto",
        on_select="rerun",
        selection_mode="single-row",
        key="copies-table",
    )
    st.caption(_("Select a pair to see its images."))
    offer_data_table(replace(choice, split=None), _("Images that look alike"), table, "copies")
    rows = [row for row in chosen["selection"]["rows"] if row < len(pairs)]
    return rows[0] if rows else 0


def _class_in(data: DataSet) -> Any:
    """How the class of an item is written."""
    return lambda item: "-" if item.label is None else data.labels[item.label]


def _show_pair(data: DataSet, pair: tuple[Item, Item]) -> None:
    columns = tile_columns(4, "copies")
    for column, item in zip(columns, pair, strict=False):
        lines = [item.id, *([item.split] if item.split else [])]
        lines += [_class_in(data)(item)] if data.labels else []
        with column:
            show_tile(data, ImageTile(item, tuple(lines)))
