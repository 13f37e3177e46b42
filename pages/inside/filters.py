"""Filters: the pattern that each channel of a layer, or each class, looks for."""

import streamlit as st

from components.inside.filter_choice import choose_filters
from components.inside.filter_view import show_filters
from components.jobs.finished import known_outline
from components.jobs.predictions import prediction_of
from components.session.choice import current_choice
from components.words.i18n import _

st.markdown(_("Images optimised to make a channel respond, and the real patches that activate it most."))

choice = current_choice()
model = known_outline(choice.ref) or prediction_of(choice)
if model is not None:
    show_filters(choice, model, choose_filters(model))
    st.page_link("pages/inside/concepts.py", label=_("Concepts: which channels act together") + " →")
