"""Feature visualisations of a session, and where channels answer most in the images that there are."""

from typing import Any

import streamlit as st

from components.jobs.orders import keep_only, known_job, start
from components.jobs.queues import queue_for
from components.session.choice import Choice
from components.session.resources import job_queue, sample_picture
from components.session.samples import offered
from components.words import numbers
from components.words.i18n import _
from compute.scheduling.subscription import Subscription
from compute.work.contract import BACKGROUND
from compute.work.features import FeatureOrder, PeaksSpec
from compute.work.filters import FilterOrder, FilterView
from engine.images.picture import Picture
from engine.visualise.patches import Peaks

PATIENCE_SECONDS = 90
"""What is drawn sooner starts by itself."""


def filters_of(order: FilterOrder) -> Subscription[FilterView] | None:
    """The images; they start by themselves if on disk or soon drawn, and others of the session are left."""
    keep_only([order], "filters")
    queue = job_queue()
    if queue is not None and known_job(order) is None:
        missing = sum(map(len, order.batches(order.find(queue.store).drawings)))
        if order.price.seconds * missing / len(order.spec.channels) <= PATIENCE_SECONDS:
            start(order)
    return known_job(order)


def offer_drawing(order: FilterOrder) -> None:
    """Say what it costs, and let the person start it."""
    text = _(
        "{count} visualizations of {side} x {side} pixels, {steps} steps each: at most {time} on "
        "this machine."
    )
    st.info(
        text.format(
            count=len(order.spec.channels),
            side=order.side,
            steps=numbers.count(order.spec.params.steps),
            time=numbers.estimated_duration(order.price.seconds),
        )
    )
    st.button(_("Compute"), type="primary", on_click=start, args=(order,), key="draw")


def peaks_of(choice: Choice, layer: str) -> tuple[list[tuple[Picture, Peaks]], bool]:
    """Where each channel answers most in the person's image and the samples; whether all were looked at."""
    pictures = _pictures(choice)
    known = [picture for picture in pictures if picture is not None]
    orders = [FeatureOrder(PeaksSpec(choice.ref, layer), picture) for picture in known]
    keep_only(orders, "features")
    jobs = [_in_background(order) for order in orders]
    found = [
        (picture, job.view.result())
        for picture, job in zip(known, jobs, strict=True)
        if job is not None and job.view.result() is not None
    ]
    return found, len(known) == len(pictures) and all(job is not None and job.finished for job in jobs)


def leave_peaks() -> None:
    """Look for nothing."""
    keep_only([], "features")


def _in_background(order: FeatureOrder[Peaks]) -> Subscription[Any] | None:
    if known_job(order) is None and queue_for(order.picture) is not None:
        start(order, BACKGROUND)
    return known_job(order)


def _pictures(choice: Choice) -> list[Picture | None]:
    """The chosen image and all samples, each once; None for those that are not read yet."""
    samples = [sample_picture(key) for key in offered()]
    chosen = choice.picture
    others = [
        sample for sample in samples if sample is None or chosen is None or sample.sha256 != chosen.sha256
    ]
    return [*([] if chosen is None else [chosen]), *others]
