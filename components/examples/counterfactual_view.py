"""View of a counterfactual: the changed image with its answer, how small it is, and how that is known."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

import streamlit as st

from components.examples.asked import ask_search, ask_target
from components.examples.changed_image import changed_png, shown_pixels
from components.examples.reported import offer_counterfactual_table
from components.examples.sentences import caption_of, change_said, proof_of
from components.jobs.job_view import POLL_SECONDS, show_head
from components.jobs.orders import cost_text, go_on, keep_only, live_job, start, stop
from components.jobs.predictions import live_order
from components.session.choice import Choice
from components.session.files import offer_files
from components.session.guard import say
from components.session.waiting import show_growing
from components.words.i18n import _
from components.words.plain import as_text
from compute.scheduling.subscription import Subscription
from compute.work.examples.counterfactual import CounterfactualOrder, CounterfactualView
from compute.work.predict import Prediction
from engine.examples.search import NOTHING

ORIGINAL, CHANGED = "original", "changed"


def show_counterfactual(choice: Choice, prediction: Prediction) -> None:
    """Choose, search, draw."""
    left, right = st.columns([1, 2] if prediction.zones is None else 2, gap="medium")
    with left:
        wanted = ask_target(choice, prediction)
        order = None if wanted is None else ask_search(choice, prediction, wanted)
    keep_only([] if order is None else [order], CounterfactualOrder.kind)
    if order is not None:
        with right:
            _answer(choice, order)


def _answer(choice: Choice, order: CounterfactualOrder) -> None:
    """What was found; a search needs a model in memory, whatever came with Vitrine."""
    live: Any = live_order(choice, cast(Any, order))
    if live is None:
        return
    job = live_job(cast(CounterfactualOrder, live))
    if job is None:
        text = _("The search costs at most {cost} on this machine.")
        st.info(text.format(cost=cost_text(order.price)))
        st.button(_("Search"), type="primary", key="search", on_click=start, args=(live,))
        return
    show_growing(lambda: job.finished, lambda: _show(job), POLL_SECONDS)


def _show(job: Subscription[CounterfactualView]) -> None:
    order = job.order
    assert isinstance(order, CounterfactualOrder)
    title = _("The smallest part whose hiding changes the answer")
    show_head(job, title, partial(stop, order))
    if job.error is not None:
        say(job.error)
    if job.state in ("failed", "cancelled"):
        st.button(_("Resume"), key="resume-search", on_click=go_on, args=(order,))
    view, found = job.view, job.view.result()
    hidden = view.best() if found is None or found.hidden is None else frozenset(found.hidden)
    if found is None and hidden:
        st.markdown(_("So far: {said}").format(said=change_said(order, view, hidden)))
    elif found is not None:
        st.markdown(change_said(order, view, hidden))
    if hidden:
        _show_images(order, view, hidden)
    if found is not None and found.hidden:
        st.caption(" ".join(proof_of(order, found)))
        _offer(order, hidden or NOTHING)
        offer_counterfactual_table(order, view, found)


def _show_images(order: CounterfactualOrder, view: CounterfactualView, hidden: frozenset[int]) -> None:
    """The image as it was, unless it can be clicked beside, and as it answers otherwise."""
    places = st.columns(2, gap="small") if order.prediction.zones is None else [None, st.container()]
    for place, some in zip(places, (NOTHING, hidden), strict=True):
        if place is None:
            continue
        with place:
            alt = _("The image with the parts hidden") if some else _("The image as it is")
            key = CHANGED if some else ORIGINAL
            with st.container(key=f"counterfactual-{key}"):
                st.image(shown_pixels(order, some), alt=alt, width="stretch")
                st.caption(as_text(caption_of(order, view, some)))


def _offer(order: CounterfactualOrder, hidden: frozenset[int]) -> None:
    with st.container(horizontal=True):
        make = partial(changed_png, order, hidden)
        offer_files("vitrine-counterfactual", [("get-changed", _("Changed image (PNG)"), "png", make)])
