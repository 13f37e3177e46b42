"""Stability of a map, on demand: what it costs, how far it is, and a table of changes."""

from collections.abc import Hashable, Sequence
from typing import Any

import streamlit as st

from components.grades.card import FinishedMap
from components.jobs.orders import cost_text, job_aside, leave_aside
from components.session.guard import say
from components.session.keys import STEADY, forget, recall, remember
from components.session.own_pictures import is_own, tray
from components.session.waiting import wait_for
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from compute.base.prepared import prepared
from compute.scheduling.subscription import Subscription
from compute.trust.stability import FollowedImage, StabilityRequest
from compute.work.contract import Order
from compute.work.maps import MapRequest
from engine.methods import get_method
from engine.params import as_recorded
from engine.stability.changes import CHANGES, IN_BALL
from engine.stability.summary import Stability

POLL_SECONDS = 0.7
Job = Subscription[Any]


def show_stability(finished: FinishedMap) -> None:
    """How a finished map takes small changes of the image, or a way to find out."""
    with st.expander(_("Stability: does the map hold when the image changes a little?"), key="stability"):
        key = _key(finished)
        if recall(STEADY, None) != key:
            forget(STEADY)
            leave_aside()
            _offer(finished, key)
            return
        request: StabilityRequest = prepared("stability", key, lambda: _request(finished))
        _mark_own(finished, request)
        predictions = _jobs(request.predictions, request.count)
        if predictions is None:
            return
        answers = [job.view.result() for job in predictions]
        followed = request.followed([answer for answer in answers if answer is not None])
        jobs = _jobs([one.order for one in followed if one.order is not None], request.count)
        if jobs is not None:
            _show(request.stability(finished.explanation, followed, _views(followed, jobs)))


def _key(finished: FinishedMap) -> Hashable:
    explanation = finished.explanation
    origin, params = explanation.provenance, sorted(explanation.params.items())
    return origin.fingerprint, origin.picture_sha256, finished.wanted, explanation.method, str(params)


def _request(finished: FinishedMap) -> StabilityRequest:
    method = get_method(finished.explanation.method)
    params = as_recorded(method.params, finished.explanation.params)
    picture, ref = finished.choice.seen, finished.choice.ref
    return StabilityRequest(MapRequest(ref, method, params, finished.prediction, picture, (finished.wanted,)))


def _mark_own(finished: FinishedMap, request: StabilityRequest) -> None:
    """What is made of one's own image is one's own, too: in private mode nothing of it is kept."""
    if is_own(finished.choice.seen):
        tray().parts.update(image.picture.sha256 for image in request.images)


def _offer(finished: FinishedMap, key: Hashable) -> None:
    request = _request(finished)
    st.markdown(
        _(
            "The image is changed a little, and the map computed again: noise, brightness, contrast, JPEG, "
            "blur, a shift and a flip. Only changes that keep the prediction count."
        )
    )
    st.caption(cost_text(request.price))
    st.button(_("Test the stability"), key="try-stability", on_click=remember, args=(STEADY, key))


def _jobs(orders: Sequence[Order[Any]], count: int) -> list[Job] | None:
    """The jobs of some orders once all are done; None before that, and the page says how far they are."""
    jobs = [job for order in orders if (job := job_aside(order)) is not None]
    errors = [job.error for job in jobs if job.error is not None]
    if errors:
        say(errors[0])
        st.button(_("Start over"), key="stability-again", on_click=_stop)
        return None
    if len(jobs) < len(orders) or not all(job.finished for job in jobs):
        wait_for(lambda: all(job.finished for job in jobs), lambda: _show_waiting(jobs, count), POLL_SECONDS)
        return None
    return jobs


def _show_waiting(jobs: Sequence[Job], count: int) -> None:
    shares = [job.progress().share for job in jobs]
    text = _("{done} of {total} changed images").format(
        done=numbers.count(sum(job.finished for job in jobs)), total=numbers.count(count)
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(sum(shares) / max(len(shares), 1), text=text)
        st.button(_("Stop"), key="stop-stability", on_click=_stop)


def _stop() -> None:
    forget(STEADY)
    leave_aside()


def _views(followed: Sequence[FollowedImage], jobs: Sequence[Job]) -> list[Any]:
    """The view of each image, in their order; None where there is no map."""
    views = iter(jobs)
    return [None if one.order is None else next(views).view for one in followed]


def _show(found: Stability) -> None:
    rows = [(change, found.of(change.key)) for change in CHANGES.values()]
    kept = [(change, likeness) for change, likeness in rows if likeness is not None]
    if kept:
        table = {
            _("Change"): [f"{_(change.title)}: {_(change.what)}" for change, _likeness in kept],
            _("Structural similarity"): [numbers.decimal(likeness.ssim, 2) for _change, likeness in kept],
            _("Rank correlation"): [numbers.decimal(likeness.rank, 2) for _change, likeness in kept],
            _("Top tenth in common"): [numbers.share(likeness.top) for _change, likeness in kept],
        }
        st.dataframe(table, hide_index=True, height="content", key="stability-table")
    _say_means(found)
    _say_lost(found)


def _say_means(found: Stability) -> None:
    mean, sensitivity = found.mean, found.max_sensitivity
    if mean is None:
        st.markdown(_("No change kept the prediction, so nothing can be said of the map."))
        return
    text = _("On average the rank correlation is **{rank}**, and **{top}** of the top tenth are the same.")
    st.markdown(text.format(rank=numbers.decimal(mean.rank, 2), top=numbers.share(mean.top)))
    if sensitivity is not None:
        text = _("In a small ball around the image (at most 5 of 255) the map changes by up to {share}.")
        st.caption(text.format(share=numbers.share(sensitivity)))


def _say_lost(found: Stability) -> None:
    """Changes that did not keep the prediction, with the reason."""
    titles = {change.key: change.title for change in (*CHANGES.values(), IN_BALL)}
    lost = {(one.change, one.why): None for one in found.followed if one.likeness is None}
    for key, why in lost:
        text = _("Not counted: {change}. {reason}")
        st.caption(as_text(text.format(change=_(titles[key]), reason=_(why))))
