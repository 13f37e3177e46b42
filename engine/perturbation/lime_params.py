"""Parameters of superpixels and of LIME: light, so that forms and the command line can be made from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.params import Params, param
from engine.perturbation.plan import FILL_CHOICES, PerturbationParams

REGRESSORS = {"ridge": "ridge", "lasso": "lasso", "elastic net": "elastic net", "bayesian ridge": "Bayesian ridge"}


@dataclass(frozen=True)
class SuperpixelParams(Params):
    """How a picture is cut into superpixels; lengths are in pixels of the picture as the model looks at it."""

    segmentation: str = param(
        "slic",
        "Superpixels",
        "SLIC cuts pieces of about equal size; quickshift and Felzenszwalb follow colours, so that pieces differ in size.",
        choices={"slic": "SLIC", "quickshift": "quickshift", "felzenszwalb": "Felzenszwalb"},
    )
    n_segments: int = param(
        40, "Number of superpixels", "About how many pieces SLIC cuts.", low=5, high=200, step=5, only_with=("segmentation", "slic")
    )
    compactness: float = param(
        20.0,
        "Compactness",
        "A high value gives square pieces, a low one pieces that follow colours.",
        low=0.5,
        high=100.0,
        step=0.5,
        only_with=("segmentation", "slic"),
    )
    kernel_size: float = param(
        4.0,
        "Kernel size",
        "Width over which quickshift smooths the density of colours; a greater one gives fewer pieces.",
        low=1.0,
        high=10.0,
        step=0.5,
        unit="px",
        only_with=("segmentation", "quickshift"),
    )
    max_dist: float = param(
        200.0,
        "Greatest distance",
        "How far quickshift looks for a denser place; a greater one gives fewer pieces.",
        low=1.0,
        high=500.0,
        step=1.0,
        only_with=("segmentation", "quickshift"),
    )
    ratio: float = param(
        0.2,
        "Weight of colour",
        "How much colour counts against place in quickshift, 0 to 1.",
        low=0.0,
        high=1.0,
        step=0.05,
        only_with=("segmentation", "quickshift"),
    )
    scale: float = param(
        200.0,
        "Scale",
        "A greater one gives fewer and larger pieces.",
        low=1.0,
        high=2000.0,
        step=1.0,
        only_with=("segmentation", "felzenszwalb"),
    )
    min_size: int = param(
        400,
        "Smallest piece",
        "Pieces below this many pixels are joined with a neighbour.",
        low=1,
        high=20000,
        step=1,
        unit="px",
        only_with=("segmentation", "felzenszwalb"),
    )
    sigma: float = param(1.0, "Smoothing", "Width of the Gauss filter before the picture is cut.", low=0.0, high=5.0, step=0.1, unit="px")


def fill_param() -> Any:
    """What hidden superpixels show."""
    return param(
        "mean",
        "Fill",
        "What a hidden superpixel shows instead of the picture. With its own mean colour an even surface can hardly be hidden.",
        choices={**FILL_CHOICES, "cell mean": "mean colour of each superpixel"},
    )


def shown_param() -> Any:
    """How many superpixels are painted."""
    return param(10, "Superpixels shown", "So many with the greatest weights are painted.", low=1, high=200, step=1, reading=True)


def sign_param() -> Any:
    """Which superpixels are painted."""
    return param(
        "both",
        "Evidence",
        "Superpixels that speak for the class, against it, or both.",
        choices={"both": "for and against", "positive": "for", "negative": "against"},
        reading=True,
    )


@dataclass(frozen=True)
class LimeParams(PerturbationParams, SuperpixelParams):
    """Parameters of LIME."""

    fill: str = fill_param()
    samples: int = param(
        400, "Samples per seed", "Pictures with random superpixels hidden; at least 10 per superpixel.", low=50, high=2000, step=50
    )
    seeds: int = param(
        3, "Seeds", "LIME is repeated with so many seeds, from the seed above on, to see what stays.", low=1, high=10, step=1
    )
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
        "The linear model whose weights are shown. Other linear regressors of scikit-learn can be given by the name of their class.",
        choices=REGRESSORS,
        open=True,
        reading=True,
    )
    penalty: float = param(
        1.0,
        "Penalty",
        "How strongly ridge, lasso and elastic net pull weights to zero, against the sum of the samples' squared errors.",
        low=0.0,
        high=100.0,
        step=0.1,
        reading=True,
    )
    shown: int = shown_param()
    sign: str = sign_param()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.regressor not in REGRESSORS:
            from engine.perturbation.regressors import check_regressor

            check_regressor(self.regressor)
