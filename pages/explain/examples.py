"""Explanations by example: the least that has to go for the answer to change, and images that are alike."""

import streamlit as st

from components.examples.view import show_examples
from components.jobs.predictions import prediction_of
from components.session.choice import current_choice
from components.words.i18n import _

st.markdown(_("What is the least that must go for the model to change its answer, and what resembles it?"))

choice = current_choice()
prediction = prediction_of(choice, live=False)
if prediction is not None:
    show_examples(choice, prediction)
