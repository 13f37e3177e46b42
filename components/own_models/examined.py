"""What was found out about a model that the page itself has begun to examine."""

import streamlit as st

from components.own_models.candidate import Candidate
from components.session.guard import say
from components.session.waiting import wait_for
from components.words.i18n import _
from compute.doctor.diagnosis import Diagnosis
from engine.errors import VitrineError


def examined(candidate: Candidate) -> Diagnosis | None:
    """The diagnosis; None while it is awaited, and where the model cannot be used: then the page says so."""
    if not candidate.done:
        wait_for(lambda: candidate.done, lambda: st.status(_("Examining the model ...")), 1.0)
        return None
    found = candidate.outcome()
    if isinstance(found, VitrineError):
        say(found)
        return None
    return found
