"""Report: what was added on other pages, put in order, with words, as one file to hand on."""

import streamlit as st

from components.i18n import _
from components.report_downloads import offer_report_files
from components.report_items import items
from components.report_view import ask_heading, invite, show_items

st.title(_("Report"))
st.markdown(_("What you added on other pages, in your order and with your words, as one file that needs no network."))

if items():
    ask_heading()
    offer_report_files()
    show_items()
else:
    invite()
