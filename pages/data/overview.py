"""A model on a data set: how often it is right, which classes it mixes up, and how sure it should be."""

import streamlit as st

from components.data.choice import choose_data
from components.data.masks_view import show_masks_overview
from components.data.measured import measured, show_refused
from components.data.overview_view import show_overview
from components.session.choice import current_choice
from components.words.i18n import _

st.markdown(_("How often is the model right on many images, and where is it wrong?"))

choice = choose_data(current_choice())
if choice is not None:
    found = measured(choice)
    if found is not None:
        if found[0].facts.task == "classification":
            show_overview(choice, found)
        else:
            show_masks_overview(choice, found)
        show_refused(found[0])
