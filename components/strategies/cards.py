"""A card for each group: its mean map, its figures, typical images with their maps, and a way to them."""

import streamlit as st

from components.data.errors_view import SEGMENTATION_PAGE
from components.data.figures import show_figure
from components.data.selection import select_images, selection_of
from components.session.guard import attempt
from components.session.keys import ITEM
from components.session.offers.data_sets import data_image
from components.strategies.drawing import drawn_map, mean_map
from components.strategies.findings import Findings
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from engine.errors import VitrineError
from model_store.catalogue import as_seen

ERRORS_PAGE, EXPLAIN_PAGE = "pages/data/errors.py", "pages/explain/compare.py"
SHOWN = 6
"""Typical images of a card."""


def show_cards(found: Findings) -> None:
    """One card below the other, the largest group first."""
    for number in range(len(found.groups.clusters)):
        with st.container(border=True, key=f"strategy-{number}"):
            _show_card(found, number)


def _show_card(found: Findings, number: int) -> None:
    cluster = found.groups.clusters[number]
    left, right = st.columns([1, 4], gap="medium")
    with left:
        st.markdown(_("**Group {number}**").format(number=numbers.count(number + 1)))
        st.image(mean_map(cluster.mean), alt=_("Mean of the maps of this group"), width="stretch")
        st.caption(_("Mean map"))
    with right:
        _show_figures(found, number)
        _show_typical(found, number)
        _offer_selection(found, number)


def _show_figures(found: Findings, number: int) -> None:
    cluster, errors = found.groups.clusters[number], found.errors[number]
    total = int(found.groups.usable.sum())
    with st.container(horizontal=True):
        title = _("Images") if found.subjects.boxes is None else _("Zones")
        with st.container(width="content", gap=None):
            st.metric(title, numbers.count(len(cluster.rows)))
            st.caption(_("{share} of the class").format(share=numbers.share(len(cluster.rows) / total)))
        if errors.images:
            show_figure(_("Accuracy"), errors.accuracy, errors.interval, _about_accuracy(found))
        if errors.wrong and len(found.errors) > 1:
            with st.container(width="content", gap=None):
                st.metric(_("Of the errors"), numbers.share(errors.share))
                chance = numbers.general(errors.p_value, 2)
                text = _("more than chance, p = {p}") if errors.gathers else _("as by chance, p = {p}")
                st.caption(
                    text.format(p=chance), help=_("Fisher's exact test, corrected for all groups (Holm).")
                )


def _about_accuracy(found: Findings) -> str:
    if found.subjects.boxes is None:
        return _("Share of the images that are right.")
    return _("Share of the zones of which at least half of the known pixels are of the class.")


def _show_typical(found: Findings, number: int) -> None:
    subjects = found.subjects
    rows = found.groups.clusters[number].typical[:SHOWN].tolist()
    for column, row in zip(st.columns(SHOWN, gap="small"), rows, strict=False):
        item = subjects.items[row]
        picture = attempt(data_image, subjects.choice.data.key, item.id)
        with column:
            if isinstance(picture, VitrineError):
                st.caption(as_text(item.id))
                continue
            seen = as_seen(subjects.choice.refs[0], picture)
            box = None if subjects.boxes is None else tuple(subjects.boxes[row].tolist())
            st.image(drawn_map(seen, subjects.map_of(row), box), alt=item.id, width="stretch")
            link = f"{subjects.choice.data.key}/{item.id}"
            st.page_link(EXPLAIN_PAGE, label=_("Explain"), query_params={ITEM: link}, help=as_text(item.id))


def _offer_selection(found: Findings, number: int) -> None:
    subjects = found.subjects
    rows = found.groups.clusters[number].rows.tolist()
    items = list(dict.fromkeys(subjects.items[row] for row in rows))
    name = _("{name}, group {number}").format(
        name=_(subjects.question.name), number=numbers.count(number + 1)
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            _("Select these images"),
            key=f"select-group-{number}",
            on_click=select_images,
            args=(name, subjects.choice.data, items),
        )
        selected = selection_of(subjects.choice.data)
        if selected is not None and selected.name == name:
            page = ERRORS_PAGE if subjects.boxes is None else SEGMENTATION_PAGE
            st.page_link(page, label=_("Look at these images") + " →")
