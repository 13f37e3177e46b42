"""Start: the picture, what the model says about it, and what can be asked."""

import streamlit as st

from components.choice import current_choice
from components.i18n import _
from components.overview import show_about_model, show_answer, show_next_steps
from components.predictions import prediction_of

st.title(_("Look inside a vision model"))

choice = current_choice()
prediction = prediction_of(choice)
if prediction is not None:
    show_answer(choice, prediction)
    show_next_steps(prediction)
    show_about_model(choice, prediction)
