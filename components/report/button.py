"""The button with which a map goes into the report: below every large map, on whatever page."""

import streamlit as st

from components.pieces.map_view import MapDisplay, MapScene
from components.report.items import add, has_room, items, remove, scene_key
from components.words import numbers
from components.words.i18n import _, plural

REPORT_PAGE = "pages/share/report.py"


def offer_report(scene: MapScene, display: MapDisplay, title: str, suffix: str = "") -> None:
    """Add what is shown to the report, or take it out, and lead there.

    Args:
        scene, display: the map as it is shown.
        title: what is explained.
        suffix: of the keys, where a page has several maps.
    """
    key, known = scene_key(scene), items()
    if key in [item.key for item in known]:
        st.button(_("Remove from report"), on_click=remove, args=(key,), key=f"report-out{suffix}")
    else:
        full = not has_room(scene)
        said = _("The report is full: remove an item first.") if full else None
        st.button(
            _("Add to report"),
            on_click=add,
            args=(scene, display, title),
            key=f"report-add{suffix}",
            disabled=full,
            help=said,
        )
    if known:
        label = plural("Report: {count} map", "Report: {count} maps", len(known)).format(
            count=numbers.count(len(known))
        )
        st.page_link(REPORT_PAGE, label=label)
