"""View of the report: what stands above it, what is in it, in which order."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from components.grades.badge import show_badge
from components.grades.known import grade_rows
from components.maps.reading import figures_line
from components.report.items import REMARK, ReportItem, items, move, notes, remove
from components.report.sections import method_title, model_title
from components.report.tables import remove_table, tables
from components.session.keys import EMPTY, REPORT_AUTHOR, REPORT_REMARKS, REPORT_TITLE, recall
from components.words.i18n import _, plural
from components.words.plain import as_text
from compute.replay.bundle import MAX_ITEMS
from model_store.catalogue import ModelRef

MAX_LINE, MAX_TEXT = 200, 4000
"""Letters of a line, and of a text."""
WIDE_PX = 480
"""Of a picture beside a table."""


def invite() -> None:
    """What to do while there is nothing."""
    text = _("The report is empty. Use “Add to report” below any large map, or below a table of a data set.")
    st.container(key=EMPTY).info(text)
    pages = {
        "pages/explain/zones.py": _("Zones and boundaries"),
        "pages/explain/compare.py": _("Compare methods"),
        "pages/explain/gallery.py": _("Method gallery"),
        "pages/explain/layers.py": _("Layer by layer"),
    }
    for page, title in pages.items():
        st.page_link(page, label=title)
    st.caption(
        _(
            "A report is one HTML, PDF or PowerPoint file with images, figures, methods and "
            "limits. A reproducible bundle lets others compute maps, concepts and prototypes again."
        )
    )


def ask_heading() -> None:
    """Title, author and remarks; they stay when the person looks at another page."""
    left, right = st.columns([2, 1])
    with left:
        _take_down(st.text_input, _("Title"), REPORT_TITLE, max_chars=MAX_LINE, placeholder=_("Report"))
    with right:
        _take_down(st.text_input, _("Author"), REPORT_AUTHOR, max_chars=MAX_LINE)
    _take_down(st.text_area, _("Remarks"), REPORT_REMARKS, max_chars=MAX_TEXT, height=100)


def _take_down(field: Callable[..., str | None], label: str, key: str, **options: Any) -> None:
    """A field whose text is noted as soon as it is there."""
    notes()[key] = (
        field(label, key=key, on_change=_note, args=(key,), persist_state="session", **options) or ""
    )


def _note(key: str) -> None:
    notes()[key] = recall(key, "") or ""


def show_items() -> None:
    """Each map with its place, its remark and its buttons."""
    found = items()
    text = plural("{count} of at most {most} maps.", "{count} of at most {most} maps.", len(found))
    st.subheader(_("Contents"), anchor=False)
    st.caption(
        text.format(count=len(found), most=MAX_ITEMS)
        + " "
        + _("They stay in this session until you close it.")
    )
    for place, item in enumerate(found):
        with st.container(border=True):
            _show(place, item, len(found))


def show_tables() -> None:
    """Each table with its pictures, its remark and a button that takes it out."""
    for item in tables():
        with st.container(border=True, key=f"report-table-{item.key}"):
            st.markdown(f"**{as_text(item.title)}**")
            st.caption(as_text(item.about))
            for picture in item.pictures:
                st.image(
                    picture.content, caption=as_text(picture.caption), alt=picture.caption, width=WIDE_PX
                )
            for sentence in item.sentences:
                st.caption(as_text(sentence))
            if item.again() is not None:
                st.caption(_("The bundle holds its figures; others can compute it again."))
            if item.rows:
                st.dataframe(item.frame(), hide_index=True, height="auto" if len(item.rows) < 9 else 300)
            _take_down(st.text_area, _("Remark"), REMARK + item.key, max_chars=MAX_TEXT, height=80)
            st.button(_("Remove"), on_click=remove_table, args=(item.key,), key=f"report-remove-{item.key}")


def _show_trust(item: ReportItem) -> None:
    """How true the map is, as far as it is known: its fidelity, and the badge of its method."""
    origin = item.scene.explanation.provenance
    with st.container(horizontal=True, vertical_alignment="center"):
        for title, said in grade_rows(item.grades)[:1]:
            st.caption(f"{title}: {said}", width="content")
        show_badge(ModelRef.recorded(origin.model), item.scene.explanation.method, f"-{item.key}")


def _show(place: int, item: ReportItem, count: int) -> None:
    left, right = st.columns([1, 2], gap="medium")
    explanation = item.scene.explanation
    with left:
        st.image(item.thumbnail, alt=item.title, width="stretch")
    with right:
        st.markdown(f"**{place + 1}. {as_text(item.title)}**")
        origin = explanation.provenance
        said = [
            method_title(explanation),
            model_title(origin.model),
            _(origin.picture),
            figures_line(explanation),
        ]
        st.caption(" · ".join(as_text(part) for part in said if part))
        _show_trust(item)
        _take_down(st.text_area, _("Remark"), REMARK + item.key, max_chars=MAX_TEXT, height=80)
        with st.container(horizontal=True):
            st.button(
                _("Move up"),
                on_click=partial(move, item.key, -1),
                key=f"report-up-{item.key}",
                disabled=place == 0,
            )
            st.button(
                _("Move down"),
                on_click=partial(move, item.key, 1),
                key=f"report-down-{item.key}",
                disabled=place == count - 1,
            )
            st.button(_("Remove"), on_click=partial(remove, item.key), key=f"report-remove-{item.key}")
