"""Tables of the pages of data sets in a session's report, and the button that adds one."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from numbers import Integral, Real
from typing import Any

import streamlit as st

from components.report.items import REMARK, Notes, notes
from components.session.keys import REPORT_TABLES, forget, recall, remember
from components.words import numbers
from components.words.i18n import _
from engine.report.document import Block, ColumnTable, Paragraph, Section

REPORT_PAGE = "pages/share/report.py"
MOST_TABLES, MOST_ROWS, MOST_LETTERS = 30, 200, 200


@dataclass(frozen=True)
class ReportTable:
    """A table of the report, in words.

    Attributes:
        key: the same for the same table.
        title: what it shows.
        about: of which models and images.
        columns: names.
        rows: as many values each, at most ``MOST_ROWS``.
        total: number of rows that there were.
    """

    key: str
    title: str
    about: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int

    def remark(self, said: Notes) -> str:
        """What the person says about it."""
        return said.get(REMARK + self.key, "")

    def frame(self) -> dict[str, list[str]]:
        """By the name of a column, its values."""
        return {name: [row[place] for row in self.rows] for place, name in enumerate(self.columns)}


def tables() -> list[ReportTable]:
    """The tables in the order in which they were added."""
    return list(recall(REPORT_TABLES, []))


def add_table(table: ReportTable) -> None:
    """Put a table at the end, unless it is there or there is no room."""
    known = tables()
    if len(known) < MOST_TABLES and table.key not in [one.key for one in known]:
        remember(REPORT_TABLES, [*known, table])


def remove_table(key: str) -> None:
    """Take a table out, with what was said about it."""
    remember(REPORT_TABLES, [one for one in tables() if one.key != key])
    forget(REMARK + key)
    notes().pop(REMARK + key, None)


def offer_table(title: str, about: str, frame: Mapping[str, Sequence[Any]], key: str) -> None:
    """Add a table to the report, or take it out, and lead there.

    Args:
        title: what it shows.
        about: of which models and images.
        frame: by the name of a column, its values.
        key: of the buttons.
    """
    table = _table(title, about, frame)
    known = tables()
    with st.container(horizontal=True, vertical_alignment="center"):
        if table.key in [one.key for one in known]:
            st.button(
                _("Remove from report"), on_click=remove_table, args=(table.key,), key=f"table-out-{key}"
            )
            st.page_link(REPORT_PAGE, label=_("Report") + " →")
        else:
            full = len(known) >= MOST_TABLES
            said = _("The report is full: remove an item first.") if full else None
            button: dict[str, Any] = {"disabled": full, "help": said, "args": (table,)}
            st.button(_("Add to report"), on_click=add_table, key=f"table-add-{key}", **button)


def _table(title: str, about: str, frame: Mapping[str, Sequence[Any]]) -> ReportTable:
    columns = tuple(frame)
    listed = [list(values) for values in frame.values()]
    cut = (one[:MOST_ROWS] for one in listed)
    rows = tuple(tuple(_word(value) for value in row) for row in zip(*cut, strict=True))
    key = hashlib.sha256(repr((title, about, columns, rows)).encode()).hexdigest()[:16]
    return ReportTable(key, title, about, columns, rows, len(listed[0]) if listed else 0)


def _word(value: Any) -> str:
    """A value as it stands in a table of words."""
    if isinstance(value, Integral) and not isinstance(value, bool):
        return numbers.count(int(value))
    if isinstance(value, Real) and not isinstance(value, bool):
        return "" if isnan(value) else numbers.decimal(float(value), 3)
    return str(value)[:MOST_LETTERS]


def table_section(item: ReportTable, remark: str) -> Section:
    """All that a report says about one table."""
    blocks: list[Block] = [Paragraph(remark, _("Remark"))] if remark.strip() else []
    blocks.append(ColumnTable("", item.columns, item.rows))
    if item.total > len(item.rows):
        text = _("The first {count} of {total} rows.")
        said = text.format(count=numbers.count(len(item.rows)), total=numbers.count(item.total))
        blocks.append(Paragraph(said))
    return Section(item.title, item.about, tuple(blocks))
