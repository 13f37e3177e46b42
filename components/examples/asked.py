"""Question about a counterfactual: the target, what is hidden, and what a pass that is paid says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from components.ask.classes import ask_class, wanted_of
from components.ask.params_form import params_form
from components.ask.question import ask_about
from components.jobs.finished import finished_job
from components.jobs.orders import known_job, order_maps
from components.jobs.queues import queue_for
from components.session.choice import Choice
from components.session.choosing import choose_one
from components.session.guard import attempt, say
from components.session.keys import PARAMS, PARTS, UNLIKE_IMAGE, recall
from components.session.offers.data_sets import data_image
from components.words.i18n import _
from components.words.plain import as_text
from compute.base.prepared import prepared
from compute.work.examples.counterfactual import CounterfactualOrder, CounterfactualSpec, Paid
from compute.work.perturbation import PerturbationOrder
from compute.work.predict import Prediction
from engine.errors import VitrineError
from engine.examples.params import UNLIKE, CounterfactualParams
from engine.images.picture import Picture
from engine.methods import get_method
from engine.target_sets import TargetIndex
from model_store.catalogue import as_seen

METHODS = {"grid": "sobol", "pieces": "lime"}
"""What is hidden, and the method whose cells are such."""


def ask_target(choice: Choice, prediction: Prediction) -> TargetIndex | None:
    """Draw the choice of a zone, or of a class; None where nothing is chosen."""
    if prediction.zones is None:
        return wanted_of(ask_class(prediction), prediction)
    question = ask_about(choice, prediction, only="zone")
    if question.target is None and question.reason:
        st.info(as_text(question.reason))
    return question.target


def ask_search(choice: Choice, prediction: Prediction, wanted: TargetIndex) -> CounterfactualOrder | None:
    """Draw the settings; the order, or None where it cannot be searched, and then the page says why."""
    titles = {"grid": _("Grid cells"), "pieces": _("Superpixels")}
    method = get_method(
        METHODS[choose_one(PARTS, _("Parts to hide"), list(titles), titles.__getitem__, "grid")]
    )
    with st.expander(_("Settings")):
        params = params_form(CounterfactualParams)
    cells = recall(f"{PARAMS}-{method.params.__name__}", None) or method.params()
    passed: Any = order_maps(choice, prediction, method, cells)
    made = attempt(_order, choice, passed, wanted, params)
    if isinstance(made, VitrineError):
        say(made)
        return None
    return made


def _order(
    choice: Choice, passed: PerturbationOrder, wanted: TargetIndex, params: CounterfactualParams
) -> CounterfactualOrder:
    """The search.

    Raises:
        VitrineError: the image cannot be cut, or the fill is not there.
    """
    unlike = unlike_image(choice) if params.fill == UNLIKE else None
    sha256 = "" if unlike is None else unlike.sha256
    spec = CounterfactualSpec(passed.spec, wanted, params, sha256)
    order = CounterfactualOrder(spec, passed.prediction, passed.picture, unlike=unlike)
    _ = order.cells.count
    return replace(order, paid=_paid(passed, wanted))


def unlike_image(choice: Choice) -> Picture | None:
    """The image of a data set that fills hidden cells, as the model sees it.

    Raises:
        VitrineError: it cannot be read.
    """
    place = recall(UNLIKE_IMAGE, None)
    return None if place is None else as_seen(choice.ref, data_image(*place))


def _paid(passed: PerturbationOrder, wanted: TargetIndex) -> Paid:
    """What a finished pass says, if there is one: shipped, of this session, or in the store."""
    found = attempt(_finished_view, passed)
    if found is None or isinstance(found, VitrineError):
        return Paid()

    def read() -> Paid:
        from compute.examples.paid import paid_by

        return paid_by(found, wanted)

    return prepared(Paid, (passed.key, wanted), read)


def _finished_view(passed: PerturbationOrder) -> Any:
    job = finished_job(passed) or known_job(passed)
    if job is not None:
        return job.view if job.view.complete else None
    queue = queue_for(passed.picture)
    if queue is None:
        return None
    sheet = passed.find(queue.store)
    return passed.view(sheet) if sheet.complete else None
