"""The scorecard of a map: what it costs, how far it is, and the grades."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from components.grades.curves_chart import show_curves
from components.grades.grade_table import show_grades
from components.grades.known import note_grades
from components.grades.leaks import show_leakage
from components.grades.on_demand import show_on_demand
from components.grades.sanity_view import show_sanity
from components.jobs.orders import known_job
from components.session.choice import Choice
from components.words.i18n import _
from components.words.plain import as_text
from compute.scheduling.subscription import Subscription
from compute.trust.grading import GradeRequest, grading_params, strengths
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


def show_card(finished: FinishedMap) -> None:
    """The grades of a finished map, or a way to get them."""
    with st.expander(_("Scorecard: how true is this map?"), key="scorecard"):
        _show_grading(finished)
        show_sanity(finished.choice, finished.prediction, finished.wanted, finished.explanation.method)


def _show_grading(finished: FinishedMap) -> None:
    """The grades that runs give, or a way to get them."""
    try:
        request = finished.request()
        orders = request.orders
    except GradeError as error:
        st.markdown(as_text(_(error.text).format(**error.values)))
        return
    if any(known_job(order) is None for order in orders):
        st.markdown(
            _(
                "The cells are hidden, then shown, in the order of the map. 16 random maps, the edges of "
                "the image and its centre do the same. A true map moves the score sooner than they do."
            )
        )
    show_on_demand(orders, _("Grade this map"), partial(_show_results, finished.explanation, request))


def _show_results(explanation: Explanation, request: GradeRequest, jobs: Sequence[Subscription[Any]]) -> None:
    common, own = (job.view for job in jobs)
    grades = request.grades(common, own)
    note_grades(explanation, grades, common)
    show_grades(grades, request.params.space)
    show_curves(request.evidence(common, own))
    if request.prediction.zones is not None:
        show_leakage(request, request.leakage(common, own))
