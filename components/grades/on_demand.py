"""Runs that grade on demand: what they cost, how far they are, stop and resume; a page has one such set."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from components.jobs.job_view import progress_text
from components.jobs.orders import cost_text, give_up, go_on, known_job, start, stop
from components.session.guard import say
from components.session.keys import GRADING, forget, recall, remember
from components.session.waiting import wait_for
from components.words.i18n import _
from compute.scheduling.subscription import Subscription
from compute.work.contract import Order, Price, Progress
from compute.work.maps import MapOrder

Jobs = Sequence[Subscription[Any]]
POLL_SECONDS = 0.7


def kept_grading() -> Sequence[Order[Any]]:
    """The orders of the grades that somebody has asked for."""
    return tuple(recall(GRADING, ()))


def show_on_demand(orders: Sequence[MapOrder[Any]], label: str, show: Callable[[Jobs], None]) -> None:
    """What some orders give, or a way to get it; grades of other maps are let go.

    Args:
        orders: that grade, in the order in which they are run.
        label: of the button that starts them.
        show: draws what they give, once they are done.
    """
    _forget_others(orders)
    jobs = [job for order in orders if (job := known_job(order)) is not None]
    if len(jobs) < len(orders):
        price = sum((order.price for order in orders), start=Price(0))
        st.caption(cost_text(price))
        st.button(label, key="grade", on_click=_start, args=(orders,))
    elif not all(job.finished for job in jobs):
        wait_for(lambda: all(job.finished for job in jobs), lambda: _show_waiting(jobs), POLL_SECONDS)
    else:
        _show_results(jobs, show)


def _forget_others(orders: Sequence[MapOrder[Any]]) -> None:
    """The grades of other maps are not waited for."""
    kept = {order.identity for order in kept_grading()}
    if kept and kept != {order.identity for order in orders}:
        give_up(*kept_grading())
        forget(GRADING)


def _start(orders: Sequence[MapOrder[Any]]) -> None:
    remember(GRADING, tuple(orders))
    for order in orders:
        if known_job(order) is None:
            start(order)


def _show_waiting(jobs: Jobs) -> None:
    progress = together([job.progress() for job in jobs])
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(progress.share, text=progress_text(progress))
        st.button(_("Stop"), key="stop-grading", on_click=_each, args=(stop, jobs))


def together(found: Sequence[Progress]) -> Progress:
    """How far several orders are that run one after the other."""
    done, total = sum(one.done_runs for one in found), sum(one.total_runs for one in found)
    spent = sum(one.seconds_spent for one in found)
    left = spent / done * (total - done) if done else None
    states = {one.state for one in found}
    state = "running" if states & {"running", "done"} else next(iter(states))
    return Progress(done, total, spent, left, state)


def _each(act: Callable[[Order[Any]], None], jobs: Jobs) -> None:
    for job in jobs:
        act(job.order)


def _show_results(jobs: Jobs, show: Callable[[Jobs], None]) -> None:
    ended = [job for job in jobs if job.state != "done"]
    if not ended:
        show(jobs)
        return
    for job in ended:
        if job.error is not None:
            say(job.error)
    st.button(_("Resume"), key="resume-grading", on_click=_each, args=(go_on, ended))
