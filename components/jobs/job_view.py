"""A pass under way: how far it is, how long it still takes, a button that stops it, and why it ended."""

from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.jobs.finished import FinishedJob
from components.session.keys import STATUS
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from compute.scheduling.subscription import Subscription
from compute.work.contract import Progress
from engine.params import Params, describe_params

POLL_SECONDS = 0.7
FAR_SLOWER = 1.5
"""So many times the estimate is said to be more than the estimate."""


def progress_text(progress: Progress) -> str:
    """Runs and time in one sentence."""
    done = _("{done} of {total} model evaluations").format(
        done=numbers.count(progress.done_runs), total=numbers.count(progress.total_runs)
    )
    if progress.state == "waiting":
        return _("{done}, waiting in the queue").format(done=done)
    if progress.state == "running" and progress.seconds_left is not None:
        left = numbers.estimated_duration(progress.seconds_left)
        return _("{done}, {left} left").format(done=done, left=left) + _measured(progress)
    if progress.state == "cancelled":
        return _("Stopped after {done}").format(done=done)
    return _("{done}, {seconds} of computation").format(
        done=done, seconds=numbers.duration(progress.seconds_spent)
    )


def _measured(progress: Progress) -> str:
    """Says so where the pace is far from what was said before the start."""
    if progress.slowdown is None or progress.slowdown < FAR_SLOWER:
        return ""
    factor = numbers.general(progress.slowdown, 2)
    return _(". Measured now: {factor} times as long as estimated").format(factor=factor)


def _shipped_text(progress: Progress) -> str:
    """How long it took on another machine says nothing here."""
    return _("{runs}, computed in advance").format(runs=numbers.runs(progress.done_runs))


def ending_text(params: Params) -> str:
    """Why a pass with these parameters ended where it is."""
    info = next(info for info in describe_params(type(params)) if info.name == "until")
    choice = (info.choices or {})[params.as_dict()["until"]]
    return _(
        "It stopped by its own rule ({rule}). For more model evaluations, set another value of “Until”."
    ).format(rule=_(choice))


def show_head(job: Subscription[Any], title: str, stop: Callable[[], None]) -> DeltaGenerator:
    """What is explained; while it runs with its progress and a stop button, afterwards with one line.

    Returns:
        The row of the progress, for whatever else says how far it is.
    """
    progress = job.progress()
    head = st.container(horizontal=True, vertical_alignment="center", key="map-head")
    with head:
        st.subheader(as_text(title), anchor=False, width="content")
    with head if job.finished else st.container():
        row = st.container(key=STATUS, horizontal=True, vertical_alignment="center")
    with row:
        if job.finished:
            st.caption(_shipped_text(progress) if isinstance(job, FinishedJob) else progress_text(progress))
            return row
        st.progress(progress.share, text=progress_text(progress))
    with head:
        st.button(_("Stop"), key="stop-pass", on_click=stop)
    return row
