"""All trainings of this server in one table; each row leads to its curves, its model and its maps."""

import streamlit as st

from components.lab.experiments.listing import listed
from components.lab.experiments.run_view import show_runs
from components.lab.experiments.start_view import offer_training
from components.lab.experiments.table_view import choose_runs, show_runs_table
from components.words.i18n import _

st.markdown(_("What was trained, on what, for how long, and how well did it go?"))

runs = listed()
if runs:
    show_runs_table(runs)
    chosen = choose_runs(runs)
    if chosen:
        show_runs(chosen)
else:
    text = _(
        "Trainings appear here: searches, transfer, segmentation networks, with their figures and curves."
    )
    st.container(key="empty").info(text)
with st.expander(_("Start a training"), expanded=not runs):
    offer_training()
