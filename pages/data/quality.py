"""What may be wrong with a data set: copies of images, doubtful labels, images unlike the rest."""

import streamlit as st

from components.data.choice import choose_data
from components.data.hygiene.view import show_quality
from components.session.choice import current_choice
from components.words.i18n import _

st.markdown(_("Which images are copies, which labels are doubtful, and which images are unlike the rest?"))

choice = choose_data(current_choice(), rivals=False)
if choice is not None:
    show_quality(choice)
