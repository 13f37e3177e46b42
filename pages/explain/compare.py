"""Methods side by side, for one model or two: LIME's superpixels beside Grad-CAM and Grad-CAM++."""

import streamlit as st

from components.ask.columns import choose_columns
from components.ask.panes import panes
from components.ask.rows import ask_rows, contenders
from components.explain.compare_view import show_comparison
from components.jobs.predictions import prediction_of
from components.session.choice import current_choice
from components.words.i18n import _

st.markdown(
    _("Ask several methods the same question, and a second model too. Be careful where they disagree.")
)

choice = current_choice()
prediction = prediction_of(choice)
if prediction is not None:
    choosing, results = panes()
    with choosing:
        models = contenders(choice, prediction)
        rows, columns = ask_rows(models), choose_columns(models)
    with results:
        show_comparison(rows, columns)
