"""How well a map says where the score goes, from runs that are paid: a chip beside the map."""

from collections.abc import Iterable
from typing import Any

import streamlit as st

from components.grades.known import note_grades
from components.jobs.finished import finished_job
from components.jobs.orders import known_job
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from compute.base.prepared import prepared
from compute.scheduling.subscription import Subscription
from compute.work.maps import MapOrder, MapView
from compute.work.perturbation import PerturbationOrder, PerturbationView
from engine.errors import GradeError
from engine.explanation import Explanation
from engine.target_sets import TargetIndex
from engine.trust.counts import MOST_TOLD
from engine.trust.metric import Grade
from engine.trust.tables.columns import FIDELITY

FIDELITY_CHIP = "fidelity-chip"


def show_fidelity(
    explanation: Explanation, job: Subscription[MapView[Any, Any]], wanted: TargetIndex, suffix: str = ""
) -> None:
    """A chip with the fidelity of a map to the runs of a finished pass; nothing where there is no such pass.

    Args:
        explanation: the map.
        job: the pass.
        wanted: the target, in the pass.
        suffix: of the key, where a page has several maps.
    """
    if not job.finished or not isinstance(job.view, PerturbationView):
        return
    found = fidelity_of(explanation, job.view, wanted)
    if isinstance(found, GradeError):
        with st.popover(_("Fidelity unknown"), key=FIDELITY_CHIP + suffix, type="tertiary"):
            st.markdown(as_text(_(found.text).format(**found.values)))
        return
    note_grades(explanation, {FIDELITY: Grade(FIDELITY, found.value, percentile=found.percentile)})
    label = _("Fidelity {value}, beats {share} of random maps").format(
        value=numbers.decimal(found.value, 2), share=numbers.share(min(found.percentile, MOST_TOLD))
    )
    with st.popover(label, key=FIDELITY_CHIP + suffix, type="tertiary"):
        _show_details(found)


def paid_judge(orders: Iterable[MapOrder[Any]]) -> Subscription[Any] | None:
    """A finished pass among some orders whose runs can judge a map, whoever has paid for it; nothing is
    started. One that can judge its own maps comes first.
    """
    passes = [order for order in orders if isinstance(order, PerturbationOrder)]
    jobs = [(order, finished_job(order) or known_job(order)) for order in passes]
    done = [(order, job) for order, job in jobs if job is not None and job.state == "done"]
    done.sort(key=lambda one: not one[0].plan().replicate.any())
    return done[0][1] if done else None


def fidelity_note(explanation: Explanation, judge: Subscription[Any] | None, wanted: TargetIndex) -> str:
    """Fidelity in two words, for the line below a small map; "" where nothing is paid."""
    if judge is None:
        return ""
    found = fidelity_of(explanation, judge.view, wanted)
    if isinstance(found, GradeError):
        return ""
    return _("fidelity {value}").format(value=numbers.decimal(found.value, 2))


def fidelity_of(explanation: Explanation, view: PerturbationView, wanted: TargetIndex) -> Any:
    """The ``Fidelity`` of a map, or the error that says why there is none; remembered while others look."""
    order = view.order
    done = view.progress().done_runs
    key = (order.series, done, wanted, explanation.method, *sorted(explanation.params.items()))

    def make() -> Any:
        from compute.trust.paid import paid_fidelity

        try:
            return paid_fidelity(explanation, view, wanted)
        except GradeError as error:
            return error

    return prepared("fidelity", key, make)


def _show_details(found: Any) -> None:
    st.markdown(
        _(
            "Rank correlation between what the map says is kept and the score, over **{runs}** model "
            "evaluations. How much of the image is kept is taken into account."
        ).format(runs=numbers.count(found.runs))
    )
    if found.lower is not None:
        low, high = (numbers.decimal(end, 2) for end in (found.lower, found.upper))
        st.markdown(
            _("95 % band: {low} to {high}. It covers chance in the samples, not other images.").format(
                low=low, high=high
            )
        )
    text = _(
        "**{share}** of 1,000 random maps do worse. They have the same values and the same smoothness; "
        "their fidelity is 0 on average, give or take {spread}."
    )
    spread = numbers.decimal(found.random_spread, 2)
    st.markdown(text.format(share=numbers.share(min(found.percentile, MOST_TOLD)), spread=spread))
    if found.held_out:
        st.caption(_("Each half of the samples judges the map of the other half."))
