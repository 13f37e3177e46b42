"""Prices of questions in words, by the pass that answers them."""

from __future__ import annotations

from collections.abc import Callable

from compute.run.cases import Case
from engine.gradients.run import choose_taps


def _cost_of_runs(case: Case) -> str:
    return f"{case.pass_spec.runs:,} runs, about {case.prediction.seconds_for(case.pass_spec):.0f} s"


def _cost_of_gradients(case: Case) -> str:
    layers = len(choose_taps(case.prediction.taps, [case.cam_params.layer]))
    return f"{len(case.wanted):,} runs and gradients, {layers} layers"


def _cost_of_sums(case: Case) -> str:
    orders = case.summed_orders
    runs, gradients, seconds = (
        sum(getattr(order, name) for order in orders) for name in ("runs", "gradients", "seconds")
    )
    return f"{runs:,} runs, {gradients:,} gradients, about {seconds:.0f} s"


COSTS: dict[str, Callable[[Case], str]] = {
    "perturbation": _cost_of_runs,
    "gradient": _cost_of_gradients,
    "summed": _cost_of_sums,
}
"""By the pass that a method is read from."""
