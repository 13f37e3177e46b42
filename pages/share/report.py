"""Report: what was added on other pages, put in order, with words, as one file to hand on."""

import streamlit as st

from components.present.offer import offer_slides
from components.report.downloads import offer_report_files
from components.report.items import items
from components.report.tables import tables
from components.report.view import ask_heading, invite, show_items, show_tables
from components.words.i18n import _

st.markdown(
    _(
        "The maps and tables you collected, in your order and with your remarks, "
        "in one file that works offline."
    )
)

if items() or tables():
    if items():
        offer_slides()
    ask_heading()
    offer_report_files()
    if items():
        show_items()
    show_tables()
else:
    invite()
