"""How a question is answered by each of the passes: what it costs, and the explanations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast

from commands.runners import Runner, progress_bar
from compute.gradients import GradientSpec
from compute.specs import MAX_TARGETS, PassSpec, Prediction
from compute.summed import MAX_TARGETS as MAX_SUMMED
from compute.summed import SummedOrder, SummedSpec
from engine.explanation import Explanation
from engine.gradients.params import CamParams
from engine.gradients.run import choose_taps
from engine.method import Method
from engine.params import Params
from engine.perturbation.plan import PerturbationParams
from engine.picture import Picture
from engine.target_sets import Wanted
from model_store.catalogue import ModelRef


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
        some = [tuple(self.wanted[start : start + MAX_SUMMED]) for start in range(0, len(self.wanted), MAX_SUMMED)]
        specs = [SummedSpec(self.ref, self.method.key, self.params, wanted) for wanted in some]
        return [SummedOrder(spec, self.prediction, self.picture) for spec in specs]

    @property
    def cam_params(self) -> CamParams:
        """Its parameters, for a method of the gradient pass."""
        return cast(CamParams, self.params)


@dataclass(frozen=True)
class Answer:
    """How one of the passes answers.

    Attributes:
        cost: what it will cost, in words.
        explain: the explanations, as they come.
    """

    cost: Callable[[Case], str]
    explain: Callable[[Case, Runner], Iterator[Explanation]]


def _cost_of_runs(case: Case) -> str:
    return f"{case.pass_spec.runs:,} runs, about {case.prediction.seconds_for(case.pass_spec):.0f} s"


def _perturb(case: Case, runner: Runner) -> Iterator[Explanation]:
    with progress_bar(case.pass_spec.runs) as on_progress:
        view = runner.run(case.pass_spec, case.prediction, case.picture, on_progress)
    return filter(None, map(view.explain, case.wanted))


def _cost_of_gradients(case: Case) -> str:
    layers = len(choose_taps(case.prediction.taps, [case.cam_params.layer]))
    return f"{len(case.wanted):,} runs and gradients, {layers} layers"


def _differentiate(case: Case, runner: Runner) -> Iterator[Explanation]:
    for start in range(0, len(case.wanted), MAX_TARGETS):
        some = tuple(case.wanted[start : start + MAX_TARGETS])
        view = runner.watch(GradientSpec(case.ref, some, (case.cam_params.layer,)), case.prediction, case.picture)
        for wanted in some:
            yield from view.explain_layers(case.method.key, wanted, case.cam_params).values()


def _cost_of_sums(case: Case) -> str:
    orders = case.summed_orders
    runs, gradients, seconds = (sum(getattr(order, name) for order in orders) for name in ("runs", "gradients", "seconds"))
    return f"{runs:,} runs, {gradients:,} gradients, about {seconds:.0f} s"


def _add_up(case: Case, runner: Runner) -> Iterator[Explanation]:
    for order in case.summed_orders:
        with progress_bar(order.runs) as on_progress:
            view = runner.add_up(order.spec, case.prediction, case.picture, on_progress)
        yield from filter(None, map(view.explain, order.spec.wanted))


ANSWERS = {
    "perturbation": Answer(_cost_of_runs, _perturb),
    "gradient": Answer(_cost_of_gradients, _differentiate),
    "summed": Answer(_cost_of_sums, _add_up),
}
"""By the pass that a method is read from."""
