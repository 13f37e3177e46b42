"""Images of a data set that a model gets wrong: what it said, why, and where it looked."""

import streamlit as st

from components.data.choice import choose_data
from components.data.errors_view import show_errors
from components.data.measured import measured, show_refused
from components.session.choice import current_choice
from components.words.i18n import _

st.markdown(_("Which images are wrong, and where did the model look?"))

choice = choose_data(current_choice())
if choice is not None:
    found = measured(choice)
    if found is not None:
        show_errors(choice, found)
        show_refused(found[0])
