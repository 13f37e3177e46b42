"""Grades of the maps of a page that compares: fidelity from what is paid, and a table on demand."""

from collections.abc import Mapping, Sequence

import streamlit as st

from components.ask.columns import Column
from components.ask.rows import Row
from components.explain.answers import order_of
from components.grades.judge import MapJudge, map_judge
from components.grades.method_table import FinishedMaps, show_method_table
from components.report.tables import offer_table
from components.words.i18n import _
from components.words.plain import as_text
from engine.explanation import Explanation


def judge_of_row(row: Row, columns: Sequence[Column] = ()) -> MapJudge | None:
    """Who judges the maps of a row: a pass of the page, or another one of the image that is paid."""
    choice, prediction = row.contender.choice, row.contender.prediction
    if row.wanted is None:
        return None
    fitting = [column for column in columns if prediction.why_not(column.method) is None]
    return map_judge(choice, prediction, row.wanted, [order_of(row, column) for column in fitting])


def show_grades_of(row: Row, maps: Mapping[str, Explanation]) -> None:
    """The table methods x metrics of a row of maps, in a part of the page that opens.

    Args:
        row: what they are about.
        maps: by name.
    """
    if row.wanted is None or len(maps) < 2:
        return
    with st.expander(_("Grades: which of these maps is true?"), key="method-grades"):
        st.markdown(f"**{as_text(row.title)}**")
        finished = FinishedMaps(row.contender.choice, row.contender.prediction, row.wanted, maps)
        columns = show_method_table(finished)
        if columns is not None:
            offer_table(_("Grades of methods"), row.title, columns, "method-grades")
