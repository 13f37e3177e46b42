"""A data set as points: which images a model takes for alike, and where its errors lie among them."""

import streamlit as st

from components.ask.layers import best_layer
from components.data.choice import choose_data
from components.data.measured import measured
from components.data.points.embedding_view import show_embedding
from components.jobs.predictions import prediction_of
from components.session.choice import current_choice
from components.words.i18n import _

st.markdown(_("Which images look alike to the model, and where do its errors lie?"))

choice = choose_data(current_choice())
prediction = None if choice is None else prediction_of(current_choice())
if choice is not None and prediction is not None:
    found = measured(choice)
    if found is not None and found[0].facts.task != "classification":
        st.info(_("The layout is for models that name a class of the whole image. Please select one above."))
    elif found is not None:
        layers = [layer.name for layer in prediction.target_layers]
        show_embedding(choice, found[0], layers, best_layer(prediction))
