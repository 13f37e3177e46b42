"""Wizard that asks a person for what the files of a model do not say."""

from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from components.own_models.candidate import Candidate
from components.own_models.input_form import ask_policy, ask_preprocessing
from components.own_models.labels import Names, ask_names
from components.own_models.report_view import LAST_STEPS, marked
from components.session.guard import say
from components.session.keys import OWN_LAST, OWN_LICENCE, OWN_SOURCE, OWN_TITLE
from components.words.i18n import _
from compute.doctor.admission import ModelDescription, suggested_description
from compute.doctor.diagnosis import Diagnosis
from engine.errors import ModelError, VitrineError
from model_store.own.model import LONGEST_NOTE, LONGEST_TITLE, OutputKind


@dataclass(frozen=True)
class WizardState:
    """The wizard as it stands.

    Attributes:
        description: what is said of the model; what was suggested stands for what does not fit.
        complete: whether all of it fits.
    """

    description: ModelDescription
    complete: bool


def ask_description(found: Candidate, diagnosis: Diagnosis) -> WizardState:
    """Draw the questions; what does not fit is said beside each."""
    description = suggested_description(diagnosis, found.name)
    left, right = st.columns(2, gap="large")
    with left:
        title = st.text_input(
            _("Name of the model"), description.title, LONGEST_TITLE, **found.kept(OWN_TITLE)
        )
        names, colours = ask_names(found, diagnosis)
    with right:
        preprocessing = ask_preprocessing(found, diagnosis, description.preprocessing.preset)
        policy = ask_policy(found, diagnosis)
        answer = _ask_answer(found, diagnosis)
        licence, source = _ask_notes(found)
    untitled = ModelError("The model has no name. Please give it one.") if not title.strip() else None
    for wrong in (untitled, preprocessing, policy):
        if isinstance(wrong, VitrineError):
            say(wrong)
    description = replace(description, title=title, answer=answer, licence=licence, source=source)
    return _filled(
        description,
        untitled is None,
        names=names,
        colours=colours,
        preprocessing=preprocessing,
        policy=policy,
    )


def _filled(
    description: ModelDescription, titled: bool, names: Names | VitrineError, **given: Any
) -> WizardState:
    """The wishes with all that was given and fits."""
    said = {"labels": names, **given}
    good: dict[str, Any] = {
        name: value for name, value in said.items() if not isinstance(value, VitrineError)
    }
    return WizardState(
        replace(description, **{"labels": (), "colours": (), **good}), titled and len(good) == len(said)
    )


def _ask_answer(found: Candidate, diagnosis: Diagnosis) -> OutputKind:
    """What its last step gives; asked only where its graph does not show it."""
    if diagnosis.answer_certain:
        return diagnosis.answer
    options = [diagnosis.answer, *(answer for answer in LAST_STEPS if answer != diagnosis.answer)]
    return st.selectbox(
        _("Output of its last step"),
        options,
        format_func=lambda answer: marked(_(LAST_STEPS[answer]), answer == diagnosis.answer),
        **found.kept(OWN_LAST),
    )


def _ask_notes(found: Candidate) -> tuple[str, str]:
    with st.expander(_("Licence and source, for its card")):
        licence = st.text_input(_("Licence"), "", LONGEST_NOTE, **found.kept(OWN_LICENCE))
        source = st.text_input(_("Source"), found.source, LONGEST_NOTE, **found.kept(OWN_SOURCE))
    return licence, source
