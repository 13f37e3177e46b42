"""Concepts of a class: what was found, importance, a card for each, and what they do in the image."""

import streamlit as st

from components.concepts.bars import height_px, show_concept_agreement, show_importance
from components.concepts.cards import show_concept_cards
from components.concepts.choice import ask_concepts
from components.concepts.found import ConceptsFound, class_depends, find_concepts
from components.concepts.image_view import ImageQuestion, show_in_image
from components.concepts.looks import concept_looks
from components.concepts.reported import findings_said, offer_concepts
from components.data.choice import DataChoice
from components.session.choice import Choice
from components.words import numbers
from components.words.i18n import _
from compute.work.predict import Prediction

TCAV_PAGE = "pages/inside/tcav.py"


def show_concepts(bar: Choice, choice: DataChoice, prediction: Prediction) -> None:
    """Choose, wait, draw."""
    if not prediction.target_layers:
        st.info(_("This model has no layers that concepts could be read from. Please select another one."))
        return
    found = find_concepts(choice, ask_concepts(choice, prediction), prediction)
    if found is None:
        return
    asked = ImageQuestion(found, bar, prediction) if bar.picture is not None else None
    with st.container(key="concepts-found"):
        _show_findings(found)
    with st.container(height=height_px(len(found.book.basis)) + 60, border=False, key="concept-importance"):
        dependence = class_depends(found, *([] if asked is None else asked.orders()))
        if dependence is not None:
            show_concept_agreement(dependence, found.question.segments)
            if dependence.importance.moved:
                show_importance(dependence.importance, "concept-bars")
    looks = concept_looks(found, prediction)
    show_concept_cards(found, dependence, looks)
    offer_concepts(found, dependence, looks)
    if asked is not None:
        show_in_image(asked)
    _show_reasons(found)
    st.page_link(TCAV_PAGE, label=_("Test a concept of your own") + " →")


def _show_findings(found: ConceptsFound) -> None:
    said, *limits = findings_said(found)
    st.markdown(said)
    for limit in limits:
        st.caption(limit)


def _show_reasons(found: ConceptsFound) -> None:
    """Why there are so many concepts, where nobody chose a number."""
    trials = found.book.trials
    if not trials:
        return
    with st.expander(_("Why this many concepts")):
        st.dataframe(
            {
                _("Concepts"): [trial.count for trial in trials],
                _("Explained"): [numbers.share(trial.explained) for trial in trials],
                _("Least agreement"): [numbers.decimal(trial.steadiness, 2) for trial in trials],
            },
            hide_index=True,
            key="concept-trials",
        )
        st.caption(
            _("Concepts of two halves of the images are compared. The largest number that agrees is used.")
        )
