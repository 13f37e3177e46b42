"""The pictures of filters that a session has ordered, and where channels answer most in the pictures that
there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from components.jobs.desks import desk_for
from components.jobs.job_set import JobSet
from components.session.choice import Choice
from components.session.keys import DRAWINGS, PEAKS
from components.session.resources import desk, sample_picture
from components.session.samples import offered
from components.words import numbers
from components.words.i18n import _
from engine.filters import FilterParams

if TYPE_CHECKING:
    from compute.scheduling.filter_jobs import FilterJob
    from compute.work.filters import FilterOrder
    from compute.work.specs import Prediction
    from engine.images.picture import Picture
    from engine.visualise.patches import Peaks

PATIENCE_SECONDS = 90
"""What is drawn sooner starts by itself."""

BACKWARD_AND_FORWARD = 3
"""A step costs as much as so many runs over a picture of that size."""

_DRAWINGS, _PEAKS = JobSet(DRAWINGS), JobSet(PEAKS)


def order_filters(
    choice: Choice, prediction: Prediction, layer: str, channels: tuple[int, ...], params: FilterParams
) -> FilterOrder:
    """The pictures of some channels.

    Raises:
        VitrineError: there is no such layer or channel.
    """
    from compute.work.filters import FilterOrder, FilterSpec

    return FilterOrder(FilterSpec(choice.ref, layer, channels, params), prediction.facts, prediction.taps)


def filters_of(order: FilterOrder, prediction: Prediction) -> FilterJob | None:
    """The pictures, which start by themselves if they are on disk or soon drawn; all others of the session
    are left.
    """
    _DRAWINGS.keep_only([order.key])
    counter = desk()
    if counter is not None and _DRAWINGS.get(order.key) is None:
        missing = order.batches(counter.drawn(order))
        if (
            seconds_of(order, prediction) * sum(map(len, missing)) / len(order.spec.channels)
            <= PATIENCE_SECONDS
        ):
            start(order)
    return _DRAWINGS.get(order.key)


def start(order: FilterOrder) -> None:
    """Start drawing, or join where somebody else does."""
    counter = desk()
    if counter is not None:
        _DRAWINGS.start(order.key, lambda: counter.start_filters(order))


def give_up(order: FilterOrder) -> None:
    """Leave it, so that it can be started again."""
    _DRAWINGS.let_go(order.key)


def seconds_of(order: FilterOrder, prediction: Prediction) -> float:
    """At most about so long takes an order: as if all of the network were run."""
    height, width = prediction.input_hw
    runs = len(order.spec.channels) * order.spec.params.steps * BACKWARD_AND_FORWARD
    return runs * prediction.seconds_per_run * _side(order, prediction) ** 2 / (height * width)


def _side(order: FilterOrder, prediction: Prediction) -> int:
    return prediction.input_hw[0] if order.own_size else order.spec.params.size


def offer_start(order: FilterOrder, prediction: Prediction) -> None:
    """Say what it costs, and let the person start it."""
    text = _(
        "{count} pictures of {side} x {side} pixels, {steps} steps each, cost at most {time} on this machine."
    )
    spec = order.spec
    time = numbers.about(seconds_of(order, prediction))
    st.info(
        text.format(
            count=len(spec.channels),
            side=_side(order, prediction),
            steps=numbers.count(spec.params.steps),
            time=time,
        )
    )
    st.button(_("Draw"), type="primary", on_click=start, args=(order,), key="draw")


def peaks_of(choice: Choice, layer: str) -> tuple[list[tuple[Picture, Peaks]], bool]:
    """Where each channel answers most, in the person's picture and the samples; and whether all of them have
    been looked at.
    """
    pictures = _pictures(choice)
    known = [picture for picture in pictures if picture is not None]
    keys = [(str(choice.ref), layer, picture.sha256) for picture in known]
    _PEAKS.keep_only(keys)
    for key, picture in zip(keys, known, strict=True):
        counter = desk_for(picture)
        if counter is not None and _PEAKS.get(key) is None:
            _PEAKS.start(
                key, lambda picture=picture, counter=counter: counter.start_peaks(choice.ref, layer, picture)
            )
    jobs = [_PEAKS.get(key) for key in keys]
    found = [
        (picture, job.result())
        for picture, job in zip(known, jobs, strict=True)
        if job is not None and job.result() is not None
    ]
    return found, len(known) == len(pictures) and all(job is not None and job.finished for job in jobs)


def leave_peaks() -> None:
    """Look for nothing."""
    _PEAKS.keep_only([])


def _pictures(choice: Choice) -> list[Picture | None]:
    """The chosen picture and all samples, each once; None for those that are not read yet."""
    samples = [sample_picture(key) for key in offered()]
    chosen = choice.picture
    others = [
        sample for sample in samples if sample is None or chosen is None or sample.sha256 != chosen.sha256
    ]
    return [*([] if chosen is None else [chosen]), *others]
