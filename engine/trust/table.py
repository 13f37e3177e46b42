"""Table of the passes whose runs grade maps. Light: code is imported when it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.perturbation.plan import PerturbationFunctions, PerturbationMethod
from engine.trust.counts import common_runs, own_runs
from engine.trust.pass_params import CommonParams, OwnParams

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.arrays import Floats
    from engine.perturbation.plan import Estimate
    from engine.trust.passes import CommonPlan, OwnPlan

COMMON, OWN = "grades-common", "grades-curves"
"""Keys."""


@dataclass(frozen=True)
class _Functions:
    plan: Callable[[Any, Floats], Any]
    estimate: Callable[[Any, Any, Floats], Estimate | None]


def _common() -> PerturbationFunctions[CommonParams, CommonPlan]:
    from engine.trust import passes

    return _Functions(passes.common_plan, passes.nothing_yet)


def _own() -> PerturbationFunctions[OwnParams, OwnPlan]:
    from engine.trust import passes

    return _Functions(passes.own_plan, passes.nothing_yet)


_ABOUT: dict[str, Any] = dict(
    paper="Petsiuk, Das and Saenko: RISE: Randomized Input Sampling for Explanation of Black-box Models",
    year=2018,
    url="https://arxiv.org/abs/1806.07421",
    signed=True,
    how_to_read=(),
    caveats=(),
    agreement="",
)

ROWS = (
    PerturbationMethod(
        key=COMMON,
        title="Baselines",
        measures="Scores of random parts of the image, and along maps that know nothing of the model.",
        params=CommonParams,
        functions=_common,
        runs=lambda params: common_runs(),
        **_ABOUT,
    ),
    PerturbationMethod(
        key=OWN,
        title="Deletion and insertion",
        measures="Scores along the ranking of a map.",
        params=OwnParams,
        functions=_own,
        runs=lambda params: own_runs(params.orders),
        fewer=True,
        **_ABOUT,
    ),
)
