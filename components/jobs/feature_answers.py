"""Answers to questions about the inside of a model: what the page asks goes on, everything else is let go."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from components.jobs.orders import are_finished, give_up, job_of, keep_only
from components.session.guard import say
from components.session.waiting import soon, wait_for
from components.words.i18n import _
from compute.work.features import FeatureOrder


def answers(
    orders: Sequence[FeatureOrder[Any]], kept: Sequence[FeatureOrder[Any]] | None = None
) -> list[Any] | None:
    """The answers to some questions; None while one is missing, and the page says why.

    Args:
        orders: what the page asks now.
        kept: what it has asked before and still needs; all other questions are let go. None: more questions
            follow, and nothing is let go.
    """
    if kept is not None:
        keep_only([*orders, *kept], "features")
    jobs = [job for job in map(job_of, orders) if job is not None]
    failed = next((job.error for job in jobs if job.error is not None), None)
    if failed is not None:
        say(failed)
        st.button(_("Try again"), on_click=give_up, args=tuple(orders), key="again-features")
        return None
    if len(jobs) < len(orders) or not soon(*jobs):
        wait_for(lambda: are_finished(orders), lambda: st.status(_("The network processes the image ...")))
        return None
    if any(job.error is not None for job in jobs):
        return answers(orders, kept)
    return [job.view.result() for job in jobs]
