"""Parameters of LIME: light, so that forms and the command line can be made from them."""

from __future__ import annotations

from dataclasses import dataclass

from engine.params import Params, param
from engine.perturbation.designs.superpixel_params import PieceParams, ShownParams

REGRESSORS = {
    "ridge": "ridge",
    "lasso": "lasso",
    "elastic net": "elastic net",
    "bayesian ridge": "Bayesian ridge",
}


@dataclass(frozen=True)
class LinearModelParams(Params):
    """Which linear model is fitted."""

    kernel_width: float = param(
        0.25,
        "Kernel width",
        "A smaller one lets samples count less the more superpixels they hide.",
        low=0.05,
        high=2.0,
        step=0.05,
        reading=True,
    )
    regressor: str = param(
        "ridge",
        "Regressor",
        "The linear model whose weights are shown. Other linear regressors of scikit-learn can "
        "be given by the name of their class.",
        choices=REGRESSORS,
        open=True,
        reading=True,
    )
    penalty: float = param(
        1.0,
        "Penalty",
        "How strongly ridge, lasso and elastic net pull weights to zero, against the sum of the "
        "samples' squared errors.",
        low=0.0,
        high=100.0,
        step=0.1,
        reading=True,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.regressor not in REGRESSORS:
            from engine.perturbation.estimators.regressors import check_regressor

            check_regressor(self.regressor)


@dataclass(frozen=True)
class LimeParams(ShownParams, LinearModelParams, PieceParams):
    """Parameters of LIME; those of the last base stand first in the form."""
