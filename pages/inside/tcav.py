"""Test a concept: whether a class depends on something that images show, against random images (TCAV)."""

import streamlit as st

from components.data.choice import choose_data
from components.jobs.predictions import prediction_of
from components.session.choice import current_choice
from components.tcav.view import show_tcav
from components.words.i18n import _

st.markdown(_("Does a class depend on a concept that you give by images? Random images are the yardstick."))

bar = current_choice()
choice = choose_data(bar, rivals=False)
prediction = None if choice is None else prediction_of(bar)
if choice is not None and prediction is not None:
    show_tcav(bar, choice, prediction)
