"""Start: the picture as the model sees it, and what can be asked about it."""

import streamlit as st

from components.choice import current_choice
from components.i18n import _
from components.overview import show_about_model, show_next_steps, show_picture, show_summary
from components.predictions import segmentation_of

st.title(_("Look inside a vision model"))
st.markdown(_("This is the picture as the model divides it. Click a cell of the grid to see what the zone under it depends on."))

choice = current_choice()
prediction = segmentation_of(choice)
if prediction is not None:
    left, right = st.columns([3, 2], gap="medium")
    with left:
        show_picture(choice, prediction)
    with right:
        show_summary(prediction)
    show_next_steps()
    show_about_model(choice, prediction)
