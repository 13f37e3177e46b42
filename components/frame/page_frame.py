"""Frame of all pages: window title, icon, margins, table of pages."""

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from components.frame.event_queue import came_late
from components.frame.log_context import note
from components.frame.preload import preload_pass
from components.frame.visitors import note_visitor
from components.session.choice import current_choice
from components.session.files import begin_places
from components.session.guard import guard
from components.words.i18n import _, language
from components.words.plain import as_text
from components.words.templates import show_html

STATIC = Path(__file__).resolve().parents[2] / "static"
SIDEBAR_PX = 300


def open_frame() -> None:
    """Set up the window; call it first."""
    note_visitor()
    begin_places()
    st.set_page_config(
        page_title="Vitrine",
        page_icon=str(STATIC / "icon.png"),
        layout="wide",
        initial_sidebar_state=SIDEBAR_PX,
    )
    st.logo(str(STATIC / "logo.svg"), size="large", icon_image=str(STATIC / "icon.png"))
    _show_skip_link()
    if came_late():
        st.toast(_("The page was changing during your last click: it may have been ignored."))


def _show_skip_link() -> None:
    """The first stop of the Tab key in the page; ``page.js`` follows it, and reads the language off it."""
    with st.container(key="skip"):
        show_html(
            "frame/skip",
            text=_("Skip to the image"),
            menu=_("Open the menu"),
            files=_("Select files"),
            drop=_("Drop images here"),
            lang=language(),
        )


def page_table(menu: bool = True) -> StreamlitPage:
    """All pages in their sections; the one that is asked for. Only who may see them gets the menu."""
    page = st.navigation(
        {
            _("Start"): [
                st.Page("pages/start/home.py", title=_("Explore a model"), url_path="home", default=True),
                st.Page("pages/start/own_model.py", title=_("Your own model"), url_path="own-model"),
            ],
            _("Explain"): [
                st.Page("pages/explain/zones.py", title=_("Zones and boundaries"), url_path="zones"),
                st.Page("pages/explain/compare.py", title=_("Compare methods"), url_path="compare"),
                st.Page("pages/explain/gallery.py", title=_("Method gallery"), url_path="gallery"),
                st.Page("pages/explain/layers.py", title=_("Layer by layer"), url_path="layers"),
                st.Page("pages/explain/examples.py", title=_("Examples"), url_path="examples"),
            ],
            _("Inside the network"): [
                st.Page("pages/inside/feature_maps.py", title=_("Feature maps"), url_path="features"),
                st.Page("pages/inside/filters.py", title=_("Feature visualization"), url_path="filters"),
                st.Page("pages/inside/concepts.py", title=_("Concepts"), url_path="concepts"),
                st.Page("pages/inside/tcav.py", title=_("Test a concept"), url_path="tcav"),
            ],
            _("Many images"): [
                st.Page("pages/data/overview.py", title=_("Data set"), url_path="data-set"),
                st.Page("pages/data/errors.py", title=_("Errors"), url_path="errors"),
                st.Page("pages/data/quality.py", title=_("Data quality"), url_path="quality"),
                st.Page("pages/data/embedding.py", title=_("Embedding"), url_path="embedding"),
                st.Page("pages/data/strategies.py", title=_("Strategies"), url_path="strategies"),
                st.Page(
                    "pages/data/segmentation.py", title=_("Segmentation errors"), url_path="segmentation"
                ),
                st.Page("pages/data/batch.py", title=_("Batch"), url_path="batch"),
            ],
            _("Lab"): [
                st.Page("pages/lab/transfer.py", title=_("Transfer"), url_path="transfer"),
                st.Page("pages/lab/runs.py", title=_("Experiments"), url_path="experiments"),
            ],
            _("Share"): [st.Page("pages/share/report.py", title=_("Report"), url_path="report")],
        },
        position="sidebar" if menu else "hidden",
    )
    st.set_page_config(page_title=f"{page.title} · Vitrine")
    return page


def run_page(page: StreamlitPage) -> None:
    """Run a page under its name in the menu, and preload around it; what goes wrong is said in its place."""
    st.title(as_text(page.title))
    with guard():
        note(page.url_path or "home", current_choice().ref.key)
    for step in (preload_pass, page.run, preload_pass):
        with guard():
            step()
