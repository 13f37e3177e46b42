"""Every method that fits the model, one question: side by side, or against the best classes."""

import streamlit as st

from components.ask.panes import panes
from components.explain.compare_view import show_comparison
from components.explain.gallery_view import arrangement, ask_gallery, choose_methods, choose_view
from components.jobs.predictions import prediction_of
from components.session.choice import current_choice
from components.words.i18n import _

st.markdown(
    _(
        "One image, one target, every available method. What all of them show deserves more trust "
        "than what one shows."
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
