"""Images of a data set that segmenters get wrong: masks side by side, wrong regions, and what drives one."""

import streamlit as st

from components.data.choice import choose_data
from components.data.measured import measured, show_refused
from components.segmentation.view import show_segmentation
from components.session.choice import current_choice
from components.words.i18n import _

st.markdown(_("Where are masks wrong, and what drives a wrong region?"))

choice = choose_data(current_choice())
if choice is not None:
    found = measured(choice)
    if found is not None:
        show_segmentation(choice, found)
        show_refused(found[0])
