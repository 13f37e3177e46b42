"""How well a map says where the score goes, from runs that are paid: a chip beside the map."""

from typing import Any

import streamlit as st

from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from compute.base.prepared import prepared
from compute.work.perturbation import PerturbationView
from engine.errors import GradeError
from engine.explanation import Explanation
from engine.target_sets import TargetIndex
from engine.trust.counts import MOST_TOLD

FIDELITY_CHIP = "fidelity-chip"


def show_fidelity(found: Any, suffix: str = "") -> None:
    """A chip with the fidelity of a map, and a popover that says more of it.

    Args:
        found: the ``Fidelity``, or the error that says why there is none.
        suffix: of the key, where a page has several maps.
    """
    if isinstance(found, GradeError):
        with st.popover(_("Fidelity unknown"), key=FIDELITY_CHIP + suffix, type="tertiary"):
            st.markdown(as_text(_(found.text).format(**found.values)))
        return
    label = fidelity_said(found.value, found.percentile)
    with st.popover(label, key=FIDELITY_CHIP + suffix, type="tertiary"):
        _show_details(found)


def fidelity_said(value: float, percentile: float) -> str:
    """A fidelity and the share of random maps below it, as the chip says it."""
    return _("Fidelity {value}, beats {share} of random maps").format(
        value=numbers.decimal(value, 2), share=numbers.share(min(percentile, MOST_TOLD))
    )


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
