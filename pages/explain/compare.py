"""Methods side by side, for one model or two: LIME's superpixels beside Grad-CAM and Grad-CAM++."""

import streamlit as st

from components.ask.columns import choose_columns
from components.ask.rows import ask_rows, contenders
from components.explain.compare_view import show_comparison
from components.jobs.predictions import prediction_of
from components.session.choice import current_choice
from components.words.i18n import _

st.title(_("Why this answer?"))
st.markdown(
    _("Ask several methods the same question, and a second model too. Where they disagree, be careful.")
)

choice = current_choice()
prediction = prediction_of(choice)
if prediction is not None:
    models = contenders(choice, prediction)
    rows = ask_rows(models)
    show_comparison(rows, choose_columns(models))
