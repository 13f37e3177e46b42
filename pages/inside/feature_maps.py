"""Feature maps: the maps of a layer before and after its activation, and the attention of a cell."""

import streamlit as st

from components.inside.feature_view import show_features
from components.jobs.predictions import prediction_of
from components.session.choice import current_choice
from components.words.i18n import _

st.title(_("What does the network see?"))
st.markdown(
    _("Every layer turns the picture into maps. Choose a layer, and see what each of its filters answers to.")
)

choice = current_choice()
prediction = prediction_of(choice)
if prediction is not None:
    show_features(choice, prediction)
