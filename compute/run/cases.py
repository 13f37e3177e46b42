"""A question about one picture, and how each of the passes answers it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import cast

from compute.run.runners import OnProgress, Runner
from compute.scheduling.handles import PassView
from compute.work.gradients import GradientSpec
from compute.work.specs import MAX_TARGETS, PassSpec, Prediction
from compute.work.summed import GRADIENT_RUNS, SummedOrder, SummedSpec
from engine.explanation import Explanation
from engine.gradients.params import CamParams
from engine.images.picture import Picture
from engine.method import Method
from engine.params import Params
from engine.perturbation.plan import PerturbationParams
from engine.perturbation.stopping import enough, may_end
from engine.target_sets import Wanted
from model_store.catalogue import ModelRef

Watch = Callable[[int], AbstractContextManager[OnProgress]]
"""Opened with the number of its runs while a pass is under way; what it gives is told how far it is."""

Answered = tuple[Wanted, Explanation]


@dataclass(frozen=True, eq=False)
class Case:
    """A question with all that it is about.

    Attributes:
        ref: the model.
        method, params: how it is explained.
        prediction: what the model answers.
        picture: the picture.
        wanted: what is explained.
    """

    ref: ModelRef
    method: Method
    params: Params
    prediction: Prediction
    picture: Picture
    wanted: list[Wanted]

    @property
    def pass_spec(self) -> PassSpec:
        """The perturbation pass that answers it."""
        return PassSpec(self.ref, self.method.key, cast(PerturbationParams, self.params))

    @property
    def summed_orders(self) -> list[SummedOrder]:
        """The summed passes that answer it, each about a few targets."""
        some = [
            tuple(self.wanted[start : start + MAX_TARGETS])
            for start in range(0, len(self.wanted), MAX_TARGETS)
        ]
        specs = [SummedSpec(self.ref, self.method.key, self.params, wanted) for wanted in some]
        return [SummedOrder(spec, self.prediction, self.picture) for spec in specs]

    @property
    def cam_params(self) -> CamParams:
        """Its parameters, for a method of the gradient pass."""
        return cast(CamParams, self.params)

    @property
    def price(self) -> tuple[int, float]:
        """Pictures that are run through the model, and about how many seconds that takes on one worker."""
        return _PRICES[self.method.run_by](self)

    def explain(self, runner: Runner, watch: Watch) -> Iterator[Answered]:
        """What is wanted with its map, as they come; of several layers one after the other.

        Raises:
            VitrineError: the method does not fit the model or the picture, or a pass failed.
        """
        return _ANSWERS[self.method.run_by](self, runner, watch)


class _Enough(Exception):
    """Ends the wait for a pass whose maps are what was asked for."""

    def __init__(self, view: PassView) -> None:
        super().__init__()
        self.view = view


def _run(case: Case, runner: Runner, on_progress: OnProgress) -> PassView:
    """The pass, finished or as far as its rule wants it for everything that is explained."""

    def watch(view: PassView) -> None:
        on_progress(view)
        maps = (view.explain(wanted) for wanted in case.wanted)
        if may_end(case.params) and all(found is not None and enough(found) for found in maps):
            raise _Enough(view)

    try:
        return runner.run(case.pass_spec, case.prediction, case.picture, cast(OnProgress, watch))
    except _Enough as ended:
        return ended.view


def _perturb(case: Case, runner: Runner, watch: Watch) -> Iterator[Answered]:
    with watch(case.pass_spec.runs) as on_progress:
        view = _run(case, runner, on_progress)
    for wanted in case.wanted:
        explanation = view.explain(wanted)
        if explanation is not None:
            yield wanted, explanation


def _differentiate(case: Case, runner: Runner, watch: Watch) -> Iterator[Answered]:
    for start in range(0, len(case.wanted), MAX_TARGETS):
        some = tuple(case.wanted[start : start + MAX_TARGETS])
        view = runner.watch(
            GradientSpec(case.ref, some, (case.cam_params.layer,)), case.prediction, case.picture
        )
        for wanted in some:
            for explanation in view.explain_layers(case.method.key, wanted, case.cam_params).values():
                yield wanted, explanation


def _add_up(case: Case, runner: Runner, watch: Watch) -> Iterator[Answered]:
    for order in case.summed_orders:
        with watch(order.runs) as on_progress:
            view = runner.add_up(order.spec, case.prediction, case.picture, on_progress)
        for wanted in order.spec.wanted:
            explanation = view.explain(wanted)
            if explanation is not None:
                yield wanted, explanation


def _price_of_runs(case: Case) -> tuple[int, float]:
    return case.pass_spec.runs, case.prediction.seconds_for(case.pass_spec)


def _price_of_gradients(case: Case) -> tuple[int, float]:
    return len(case.wanted), len(case.wanted) * GRADIENT_RUNS * case.prediction.seconds_per_run


def _price_of_sums(case: Case) -> tuple[int, float]:
    orders = case.summed_orders
    return sum(order.runs for order in orders), sum(order.seconds for order in orders)


_PRICES: dict[str, Callable[[Case], tuple[int, float]]] = {
    "perturbation": _price_of_runs,
    "gradient": _price_of_gradients,
    "summed": _price_of_sums,
}
_ANSWERS: dict[str, Callable[[Case, Runner, Watch], Iterator[Answered]]] = {
    "perturbation": _perturb,
    "gradient": _differentiate,
    "summed": _add_up,
}
"""By the pass that a method is read from."""
