"""Wizard that asks a person for what the files of a model do not say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from components.own_models.candidate import Candidate
from components.own_models.input_form import ask_policy, ask_preprocessing
from components.own_models.labels import Names, ask_names
from components.own_models.report_view import LAST_STEPS
from components.session.guard import say
from components.session.keys import OWN_LAST, OWN_LICENCE, OWN_SOURCE, OWN_TITLE
from components.words.i18n import _
from compute.doctor.admission import Wishes, suggested_wishes
from engine.errors import ModelError, VitrineError
from model_store.own.model import LONGEST_NOTE, LONGEST_TITLE, Answer

if TYPE_CHECKING:
    from compute.doctor.diagnosis import Diagnosis


@dataclass(frozen=True)
class Filled:
    """The wizard as it stands.

    Attributes:
        wishes: what is said of the model; where something does not fit, with what was suggested in its place.
        complete: whether all of it fits.
    """

    wishes: Wishes
    complete: bool


def ask(found: Candidate, diagnosis: Diagnosis) -> Filled:
    """Draw the questions; what does not fit is said beside each."""
    wishes = suggested_wishes(diagnosis, found.name)
    left, right = st.columns(2, gap="large")
    with left:
        title = st.text_input(
            _("What shall it be called?"),
            wishes.title,
            LONGEST_TITLE,
            key=f"{OWN_TITLE}-{found.number}",
            persist_state="session",
        )
        names, colours = ask_names(found, diagnosis)
    with right:
        preprocessing = ask_preprocessing(found, diagnosis, wishes.preprocessing.preset)
        policy = ask_policy(found, diagnosis)
        answer = _ask_answer(found, diagnosis)
        licence, source = _ask_notes(found)
    untitled = ModelError("The model has no name. Please give it one.") if not title.strip() else None
    for wrong in (untitled, preprocessing, policy):
        if isinstance(wrong, VitrineError):
            say(wrong)
    wishes = replace(wishes, title=title, answer=answer, licence=licence, source=source)
    return _filled(
        wishes, untitled is None, names=names, colours=colours, preprocessing=preprocessing, policy=policy
    )


def _filled(wishes: Wishes, titled: bool, names: Names | VitrineError, **given: Any) -> Filled:
    """The wishes with all that was given and fits."""
    said = {"labels": names, **given}
    good: dict[str, Any] = {
        name: value for name, value in said.items() if not isinstance(value, VitrineError)
    }
    return Filled(replace(wishes, **{"labels": (), "colours": (), **good}), titled and len(good) == len(said))


def _ask_answer(found: Candidate, diagnosis: Diagnosis) -> Answer:
    """What its last step gives; asked only where its graph does not show it."""
    if diagnosis.answer_certain:
        return diagnosis.answer
    options = [diagnosis.answer, *(answer for answer in LAST_STEPS if answer != diagnosis.answer)]
    return st.selectbox(
        _("What its last step gives"),
        options,
        format_func=lambda answer: (
            _(LAST_STEPS[answer]) + (" " + _("(suggested)") if answer == diagnosis.answer else "")
        ),
        key=f"{OWN_LAST}-{found.number}",
        persist_state="session",
    )


def _ask_notes(found: Candidate) -> tuple[str, str]:
    with st.expander(_("Licence and origin, for its card")):
        licence = st.text_input(
            _("Licence"), "", LONGEST_NOTE, key=f"{OWN_LICENCE}-{found.number}", persist_state="session"
        )
        source = st.text_input(
            _("Where it comes from"),
            found.source,
            LONGEST_NOTE,
            key=f"{OWN_SOURCE}-{found.number}",
            persist_state="session",
        )
    return licence, source
