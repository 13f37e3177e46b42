"""Feature maps: the maps of a layer before and after its activation, and the attention of a cell."""

import streamlit as st

from components.inside.feature_view import show_features
from components.jobs.predictions import prediction_of
from components.session.choice import current_choice
from components.words.i18n import _

st.markdown(
    _("Every layer turns the image into feature maps. Select a layer and see what its filters respond to.")
)

choice = current_choice()
prediction = prediction_of(choice)
if prediction is not None:
    show_features(choice, prediction)
    st.page_link("pages/inside/concepts.py", label=_("Concepts: which channels act together") + " →")
