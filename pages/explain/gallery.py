"""Every method that fits the model, one question: side by side, or against the best classes."""

import streamlit as st

from components.choice import current_choice
from components.compare_view import compare
from components.gallery_view import arrangement, ask_gallery, choose_methods, choose_view
from components.i18n import _
from components.predictions import prediction_of

st.title(_("Gallery of methods"))
st.markdown(_("One picture, one question, every method that fits. What all of them show is worth more than what one of them shows."))

choice = current_choice()
prediction = prediction_of(choice)
if prediction is not None:
    view = choose_view(prediction)
    rows = ask_gallery(choice, prediction, view)
    compare(rows, choose_methods(rows), arrangement(view))
