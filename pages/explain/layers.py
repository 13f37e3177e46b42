"""The same map through the depth of the network: one pass, all layers."""

import streamlit as st

from components.ask.panes import panes
from components.explain.layer_view import ask_layers, choose_layers, show_layers
from components.jobs.predictions import prediction_of
from components.session.choice import current_choice
from components.words.i18n import _

st.markdown(_("Where in the network does the attention form? All layers come from one pass."))

choice = current_choice()
prediction = prediction_of(choice)
if prediction is not None:
    choosing, results = panes()
    with choosing:
        rows, chosen = ask_layers(choice, prediction), choose_layers(prediction)
    with results:
        show_layers(rows, chosen)
