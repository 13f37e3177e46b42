"""What the page of filters waits for: the model at work, the first preview, the steps of the drawing."""

import time

import streamlit as st

from components.jobs.predictions import prediction_of, timed
from components.session.choice import Choice
from components.session.keys import PACE, recall, remember
from components.words import numbers
from components.words.i18n import _
from compute.scheduling.subscription import Subscription
from compute.work.filters import FilterOrder, FilterView
from compute.work.predict import Prediction

FilterJob = Subscription[FilterView]
SHEET_PX = 300


def model_at_work(choice: Choice) -> Prediction | None:
    """The model's answer; while it is loaded, the page says which of three steps it waits for."""
    return prediction_of(choice, show=_show_step)


def show_progress(job: FilterJob) -> None:
    """How far the drawing is and how long it still takes, with a button that stops it."""
    if job.finished:
        st.progress(1.0, text=_("Looking for the patches that activate them most ..."))
        return
    if not job.view.drawings():
        _show_step(timed(_first_step(job)))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(job.view.sheet.share, text=_steps_text(job))
        st.button(_("Stop"), key="stop-drawing", on_click=job.cancel)


def _show_step(text: str) -> None:
    st.status(text)
    st.skeleton(height=SHEET_PX)


def _first_step(job: FilterJob) -> str:
    if job.state == "waiting":
        return _("Step 3 of 3: waiting in the queue ...")
    text = _("Step 3 of 3: starting TensorFlow for the first preview; the sheet takes {time} ...")
    return text.format(time=numbers.estimated_duration(job.order.price.seconds))


def _steps_text(job: FilterJob) -> str:
    sheet, steps = job.view.sheet, job.order.spec.params.steps
    left = _seconds_left(job.view.order, sheet.share)
    if left is None:
        return _("Step {step} of {steps}").format(step=sheet.steps, steps=steps)
    text = _("Step {step} of {steps}, {left} left")
    return text.format(step=sheet.steps, steps=steps, left=numbers.estimated_duration(left))


def _seconds_left(order: FilterOrder, share: float) -> float | None:
    """At the pace since this page first saw a preview; None while that is not known."""
    key, now = order.key, time.monotonic()
    seen, began, begun = recall(PACE, ("", now, share))
    if seen != key:
        remember(PACE, (key, now, share))
        return None
    return (now - began) * (1 - share) / (share - begun) if share > begun else None
