"""Groups of maps: what was found, a card for each group, and the eigenvalues behind it."""

import streamlit as st

from components.data.choice import DataChoice
from components.data.measured import answers_of, measured
from components.jobs.orders import keep_only
from components.strategies.cards import show_cards
from components.strategies.chart import show_eigenvalues
from components.strategies.choice import ask_images, ask_zones
from components.strategies.findings import Findings, show_findings
from components.strategies.subjects import MapSubjects, images_of_class, zones_of_class
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from compute.measure.grouping import GroupSpec, StrategyOrder
from compute.work.predict import Prediction
from compute.worker.sources import model_source
from engine.strategies.clusters import LEAST
from engine.strategies.mistakes import errors_by_group


def show_strategies(choice: DataChoice, prediction: Prediction) -> None:
    """Choose, wait, draw."""
    if not prediction.target_layers:
        st.info(_("This model has no layers whose maps could be compared. Please select another one."))
        return
    subjects = _subjects(choice, prediction)
    if subjects is None:
        return
    if len(subjects.items) < LEAST:
        text = _(
            "“{name}” has {count} maps here; groups need at least {least}. Select another class or part."
        )
        counts = {"count": numbers.count(len(subjects.items)), "least": numbers.count(LEAST)}
        st.info(text.format(name=as_text(_(subjects.question.name)), **counts))
        return
    order = StrategyOrder(GroupSpec(), subjects.maps)
    keep_only([order], StrategyOrder.kind)
    views = answers_of([order])
    found = None if views is None else views[0].result()
    if found is not None:
        findings = Findings(subjects, found, errors_by_group(found.labels, subjects.wrong, subjects.known))
        show_findings(findings)
        show_cards(findings)
        show_eigenvalues(found)


def _subjects(choice: DataChoice, prediction: Prediction) -> MapSubjects | None:
    """What is compared; None while it is not there."""
    facts = model_source().facts(choice.refs[0])
    if facts.task == "segmentation":
        return zones_of_class(choice, ask_zones(facts, prediction))
    answers = measured(choice)
    if answers is None:
        return None
    return images_of_class(choice, answers[0], ask_images(answers[0], prediction))
