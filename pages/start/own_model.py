"""Your own model: bring it, have it examined, say what its file does not, use it."""

import streamlit as st

from components.own_models.admit_view import offer_use, show_sample_answers
from components.own_models.bring_view import explain_upload, follow, show_refusal, show_upload
from components.own_models.candidate import candidate, discard_candidate
from components.own_models.list_view import show_admitted, show_brought
from components.own_models.report_view import show_facts, show_methods, show_remarks, show_trials
from components.own_models.wizard import ask_description
from components.words.i18n import _
from components.words.plain import as_text
from engine.errors import VitrineError

st.markdown(
    _("Add a model that you trained or that somebody published. It is examined, then used like the others.")
)

found = candidate()
if found is None:
    show_admitted()
    explain_upload()
    show_upload()
elif not found.done:
    st.subheader(as_text(found.name), anchor=False)
    follow(found)
else:
    diagnosis = found.outcome()
    if isinstance(diagnosis, VitrineError):
        show_refusal(found, diagnosis)
        explain_upload()
        show_upload()
    else:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(as_text(found.name), anchor=False)
            st.button(_("Add another one"), on_click=discard_candidate, key="own-another")
        show_remarks(diagnosis.remarks)
        show_facts(diagnosis)
        show_methods(diagnosis)
        trials = st.container()
        st.subheader(_("What its file does not tell"), anchor=False)
        filled = ask_description(found, diagnosis)
        with trials:
            show_trials(diagnosis, filled.description.labels)
        show_sample_answers(diagnosis, filled.description)
        offer_use(found, diagnosis, filled)
show_brought()
