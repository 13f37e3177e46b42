"""Every method that fits the model, one question: side by side, or against the best classes."""

import streamlit as st

from components.ask.panes import panes
from components.explain.compare_view import show_comparison
from components.explain.gallery_view import arrangement, ask_gallery, choose_methods, choose_view
from components.jobs.predictions import prediction_of
from components.session.choice import current_choice
from components.words.i18n import _

st.title(_("Gallery of methods"))
st.markdown(
    _(
        "One picture, one question, every method that fits. What all of them show is worth more "
        "than what one of them shows."
    )
)

choice = current_choice()
prediction = prediction_of(choice)
if prediction is not None:
    choosing, results = panes()
    with choosing:
        view = choose_view(prediction)
        rows = ask_gallery(choice, prediction, view)
        columns = choose_methods(rows)
    with results:
        show_comparison(rows, columns, arrangement(view))
