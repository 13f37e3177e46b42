"""Preloading of the pass that people are going to ask for, so that a first click finds a map."""

from collections.abc import Mapping
from typing import Any

from components.jobs.finished import finished_job
from components.jobs.orders import PATIENCE_SECONDS, draft_only, order_maps
from components.jobs.predictions import known_prediction
from components.session.choice import Choice, current_choice
from components.session.guard import attempt
from compute.work.contract import Order
from compute.work.predict import PredictOrder
from engine.methods import METHODS
from engine.model import Task
from settings import settings

DRAFTED: Mapping[Task, str] = {"segmentation": "sobol", "classification": "lime"}
"""The method that the page which most people open next begins with, and asks with its defaults."""


def preload_pass() -> None:
    """Begin the pass of the chosen picture once the model's answer is there; that of another is let go.

    Nobody has asked for it: what is wrong is said where somebody does.
    """
    attempt(_begin)


def _begin() -> None:
    order = _order_of(current_choice()) if settings().background else None
    draft_only(order if order is not None and order.price.seconds <= PATIENCE_SECONDS else None)


def _order_of(choice: Choice) -> Order[Any] | None:
    """The pass; where a page shows what came with Vitrine, the prediction, so that the model is loaded."""
    if choice.picture is None:
        return None
    asked = PredictOrder(choice.ref, choice.picture)
    if finished_job(asked) is not None:
        return asked
    prediction = known_prediction(choice)
    method = METHODS[DRAFTED[choice.entry.task]]
    if prediction is None or prediction.why_not(method) is not None:
        return None
    return order_maps(choice, prediction, method, method.params())
