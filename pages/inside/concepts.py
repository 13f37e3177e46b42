"""Concepts: what a layer sees in the images of a class, and how far the class depends on it."""

import streamlit as st

from components.concepts.view import show_concepts
from components.data.choice import choose_data
from components.jobs.predictions import prediction_of
from components.session.choice import current_choice
from components.words.i18n import _

st.markdown(_("What does the network see in the images of a class, and which of it decides?"))

bar = current_choice()
choice = choose_data(bar, rivals=False)
prediction = None if choice is None else prediction_of(bar)
if choice is not None and prediction is not None:
    show_concepts(bar, choice, prediction)
