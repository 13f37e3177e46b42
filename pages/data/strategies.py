"""Strategies of a model: where it looks on the images of a class, in groups, and where its errors sit."""

import streamlit as st

from components.data.choice import choose_data
from components.jobs.predictions import prediction_of
from components.session.choice import current_choice
from components.strategies.view import show_strategies
from components.words.i18n import _

st.markdown(_("Which strategies does the model use for a class, and which one do its errors follow?"))

choice = choose_data(current_choice(), rivals=False)
prediction = None if choice is None else prediction_of(current_choice())
if choice is not None and prediction is not None:
    show_strategies(choice, prediction)
