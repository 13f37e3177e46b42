"""The scorecard of a map: what it costs, how far it is, and the grades."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from components.grades.curves_chart import show_curves
from components.grades.grade_table import show_grades
from components.grades.leaks import show_leakage
from components.jobs.job_view import progress_text
from components.jobs.orders import cost_text, give_up, go_on, known_job, start, stop
from components.session.choice import Choice
from components.session.guard import say
from components.session.keys import GRADING, forget, recall, remember
from components.session.waiting import wait_for
from components.words.i18n import _
from components.words.plain import as_text
from compute.scheduling.subscription import Subscription
from compute.trust.grading import GradeRequest, grading_params, strengths
from compute.work.contract import Order
from compute.work.maps import MapOrder
from compute.work.predict import Prediction
from engine.errors import GradeError
from engine.explanation import Explanation
from engine.target_sets import TargetIndex


@dataclass(frozen=True, eq=False)
class FinishedMap:
    """A finished map of a page.

    Attributes:
        choice: model and image.
        prediction: of the model on the image.
        wanted: the target.
        explanation: its map.
    """

    choice: Choice
    prediction: Prediction
    wanted: TargetIndex
    explanation: Explanation

    def request(self) -> GradeRequest:
        """What grading the map takes."""
        assert self.choice.picture is not None
        return GradeRequest(
            self.choice.ref,
            self.prediction,
            self.choice.picture,
            self.wanted,
            strengths(self.explanation),
            grading_params(self.explanation),
        )


def kept_grading() -> Sequence[Order[Any]]:
    """The orders of the card that somebody has asked for."""
    return tuple(recall(GRADING, ()))


def show_card(finished: FinishedMap) -> None:
    """The grades of a finished map, or a way to get them."""
    with st.expander(_("Scorecard: how true is this map?"), key="scorecard"):
        try:
            request = finished.request()
            orders = request.orders
        except GradeError as error:
            st.markdown(as_text(_(error.text).format(**error.values)))
            return
        _forget_others(orders)
        jobs = [job for order in orders if (job := known_job(order)) is not None]
        if len(jobs) < len(orders):
            _offer(request)
        elif not all(job.finished for job in jobs):
            wait_for(lambda: all(job.finished for job in jobs), lambda: _show_waiting(jobs), 0.7)
        else:
            _show_results(request, jobs)


def _forget_others(orders: Sequence[Order[Any]]) -> None:
    """The card of another map is not waited for."""
    kept = {order.identity for order in kept_grading()}
    if kept and kept != {order.identity for order in orders}:
        give_up(*kept_grading())
        forget(GRADING)


def _offer(request: GradeRequest) -> None:
    st.markdown(
        _(
            "The cells are hidden, then shown, in the order of the map. 16 random maps, the edges of the "
            "image and its centre do the same. A true map moves the score sooner than they do."
        )
    )
    st.caption(cost_text(request.price))
    st.button(_("Grade this map"), key="grade", on_click=_start, args=(request.orders,))


def _start(orders: Sequence[MapOrder[Any]]) -> None:
    remember(GRADING, tuple(orders))
    for order in orders:
        start(order)


def _show_waiting(jobs: Sequence[Subscription[Any]]) -> None:
    under_way = next((job for job in jobs if not job.finished), jobs[-1])
    progress = under_way.progress()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(progress.share, text=progress_text(progress))
        st.button(_("Stop"), key="stop-grading", on_click=_stop, args=(jobs,))


def _stop(jobs: Sequence[Subscription[Any]]) -> None:
    for job in jobs:
        stop(job.order)


def _show_results(request: GradeRequest, jobs: Sequence[Subscription[Any]]) -> None:
    ended = [job for job in jobs if job.state != "done"]
    if ended:
        for job in ended:
            if job.error is not None:
                say(job.error)
        st.button(_("Resume"), key="resume-grading", on_click=_go_on, args=(ended,))
        return
    common, own = (job.view for job in jobs)
    show_grades(request.grades(common, own), request.params.space)
    show_curves(request.evidence(common, own))
    if request.prediction.zones is not None:
        show_leakage(request, request.leakage(common, own))


def _go_on(jobs: Sequence[Subscription[Any]]) -> None:
    for job in jobs:
        go_on(job.order)
