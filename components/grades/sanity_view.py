"""The randomisation test on the image at hand: what it costs, how far it is, and what it finds."""

from typing import Any

import streamlit as st

from components.grades.badge import badge_label, show_badge, show_outcome
from components.jobs.orders import cost_text, give_up, go_on, known_job, start, stop
from components.session.choice import Choice
from components.session.guard import say
from components.session.keys import SANITY, forget, recall, remember
from components.session.waiting import wait_for
from components.words import numbers
from components.words.i18n import _
from compute.scheduling.subscription import Subscription
from compute.trust.randomisation import RandomisationTest
from compute.work.contract import Progress
from compute.work.predict import Prediction
from compute.work.sanity.asking import OWN_NETWORKS
from compute.work.sanity.order import SanityOrder, SanityView
from engine.methods import get_method
from engine.target_sets import TargetIndex

Job = Subscription[SanityView]


def show_sanity(choice: Choice, prediction: Prediction, wanted: TargetIndex, method: str) -> None:
    """The badge of a method, and a way to test it on this image.

    Args:
        choice: model and image.
        prediction: of the model on the image.
        wanted: the target of the map.
        method: its key.
    """
    title = _("Does the map depend on the weights?")
    st.markdown(f"**{title}**")
    if not show_badge(choice.ref, method, "-card"):
        st.caption(_("This method has not been tested with this model yet."))
    assert choice.picture is not None
    test = RandomisationTest(choice.ref, (get_method(method),), OWN_NETWORKS)
    order = test.order(prediction, choice.picture, wanted)
    _forget_others(order)
    job = known_job(order)
    if job is None:
        _offer(order)
    elif job.finished:
        _show_result(job)
    else:
        wait_for(lambda: job.finished, lambda: _show_waiting(job), 0.7)


def _forget_others(order: SanityOrder) -> None:
    """The test of another map is not waited for."""
    kept = recall(SANITY, None)
    if kept is not None and kept.identity != order.identity:
        give_up(kept)
        forget(SANITY)


def _offer(order: SanityOrder) -> None:
    text = _("{count} networks with random weights answer for this image: {cost}.")
    st.caption(
        text.format(count=numbers.count(len(order.spec.networks.parts) - 1), cost=cost_text(order.price))
    )
    st.button(_("Test it on this image"), key="test-sanity", on_click=_start, args=(order,))


def _start(order: SanityOrder) -> None:
    remember(SANITY, order)
    start(order)


def _show_waiting(job: Job) -> None:
    progress = job.progress()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(progress.share, text=_progress_text(progress))
        st.button(_("Stop"), key="stop-sanity", on_click=stop, args=(job.order,))


def _progress_text(progress: Progress) -> str:
    done = _("{done} of {total} networks").format(
        done=numbers.count(progress.done_runs), total=numbers.count(progress.total_runs)
    )
    if progress.seconds_left is None:
        return done
    return _("{done}, {left} left").format(done=done, left=numbers.estimated_duration(progress.seconds_left))


def _show_result(job: Job) -> None:
    """What was found; of a test that was stopped, what is known by then."""
    if job.error is not None:
        say(job.error)
    for outcome in job.view.outcomes().values():
        st.markdown(_("On this image: {verdict}").format(verdict=badge_label(outcome)))
        show_outcome(outcome)
    if job.state != "done":
        st.button(_("Resume"), key="resume-sanity", on_click=_go_on, args=(job.order,))


def _go_on(order: Any) -> None:
    remember(SANITY, order)
    go_on(order)
