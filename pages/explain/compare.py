"""Methods side by side, for one model or two: LIME's superpixels beside Grad-CAM and Grad-CAM++."""

import streamlit as st

from components.choice import current_choice
from components.columns import choose_columns
from components.compare_view import compare
from components.i18n import _
from components.predictions import prediction_of
from components.rows import ask, contenders

st.title(_("Why this answer?"))
st.markdown(_("Ask several methods the same question, and a second model too. Where they disagree, be careful."))

choice = current_choice()
prediction = prediction_of(choice)
if prediction is not None:
    models = contenders(choice, prediction)
    rows = ask(models)
    compare(rows, choose_columns(models))
