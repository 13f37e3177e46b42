"""Report: what was added on other pages, put in order, with words, as one file to hand on."""

import streamlit as st

from components.present.offer import offer_slides
from components.report.downloads import offer_report_files
from components.report.items import items
from components.report.view import ask_heading, invite, show_items
from components.words.i18n import _

st.title(_("Report"))
st.markdown(
    _("What you added on other pages, in your order and with your words, as one file that needs no network.")
)

if items():
    offer_slides()
    ask_heading()
    offer_report_files()
    show_items()
else:
    invite()
