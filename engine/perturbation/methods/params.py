"""Parameters of the perturbation methods: light, so that forms and the command line can be made from them."""

from dataclasses import dataclass

from engine.errors import ParamsError
from engine.params import Params, param
from engine.perturbation.designs.superpixel_params import PieceParams, ShownParams
from engine.perturbation.plan import PerturbationParams

ALL = "all"
EXACT_COALITIONS = "exact coalitions"
"""Value of ``KernelShapParams.coalitions``; figure of a map that all of them have made exact."""

DRAFT_BELOW: dict[str, float] = {"few": 16, "always": float("inf"), "never": 0}
"""By the value of ``SobolParams.draft``: with fewer finished designs the map is a draft."""

REGRESSORS = {
    "ridge": "ridge",
    "lasso": "lasso",
    "elastic net": "elastic net",
    "bayesian ridge": "Bayesian ridge",
}


@dataclass(frozen=True)
class GridParams(Params):
    """Parameters of methods whose cells are those of a grid."""

    grid: int = param(
        8,
        "Grid",
        "The picture is cut into this many rows and columns of cells; each cell gets one value.",
        low=4,
        high=16,
        step=1,
        unit="cells",
    )


@dataclass(frozen=True)
class SobolParams(PerturbationParams, GridParams):
    """Parameters of the Sobol total indices."""

    designs: int = param(
        32,
        "Designs",
        "More designs, steadier map, more runs: each costs one run per cell and two more.",
        low=8,
        high=256,
        scale="double",
        extends=True,
    )
    replicates: int = param(
        8,
        "Replicates",
        "The designs are split into this many independently scrambled groups; their spread gives the band.",
        low=4,
        high=16,
        scale="double",
    )
    estimator: str = param(
        "pooled",
        "Estimator",
        "How the index is computed from the runs; none of them can be negative. Jansen's over A and B has "
        "the narrowest bands.",
        choices={
            "pooled": "Jansen (1999), variance over A and B",
            "glen": "Glen-Isaacs (2012)",
            "jansen": "Jansen (1999), variance over A alone, as in Xplique",
        },
        former={"homma": "jansen", "janon": "jansen", "saltelli": "jansen"},
        reading=True,
    )
    draft: str = param(
        "few",
        "Draft",
        "A draft draws each cell towards its neighbours. It ranks cells better than an estimator "
        "alone while designs are few.",
        choices={"few": "with fewer than 16 designs", "always": "always", "never": "never"},
        reading=True,
    )
    until: str = param(
        "end",
        "Until",
        "The pass may end before its last design, as soon as the map that is looked at is good "
        "enough. It says how many runs it took.",
        choices={
            "end": "after all designs",
            "draft": "draft: after 4 designs",
            "standard": "standard: two halves of the runs agree at 0.8",
            "fine": "fine: two halves of the runs agree at 0.9",
        },
        reading=True,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.designs < self.replicates:
            raise ParamsError(
                "{replicates} replicates need at least as many designs; received {designs}.",
                replicates=self.replicates,
                designs=self.designs,
            )


@dataclass(frozen=True)
class OcclusionParams(PerturbationParams):
    """Parameters of occlusion."""

    seed: int = param(
        0,
        "Seed",
        "Of the noise in the patch; nothing else is left to chance.",
        low=0,
        high=9999,
        step=1,
        only_with=("fill", "noise"),
    )
    positions: int = param(
        16,
        "Positions",
        "The patch stops at this many places in each direction; each place gets one value and costs one run.",
        low=4,
        high=32,
        step=1,
    )
    patch: float = param(
        2.0,
        "Patch size",
        "Side of the patch in steps from one place to the next: at 1 patches touch, above it they overlap.",
        low=1.0,
        high=8.0,
        step=0.5,
        unit="steps",
    )
    display: str = param(
        "drop",
        "Shown",
        "How far the score falls when a place is hidden, or the score that is left, as in the "
        "classic figure.",
        choices={"drop": "drop of the score", "score": "score that is left"},
        reading=True,
    )


@dataclass(frozen=True)
class RiseParams(PerturbationParams, GridParams):
    """Parameters of RISE."""

    grid: int = param(
        8,
        "Grid of the masks",
        "Each mask begins as this many rows and columns of cells, shown or hidden at random, and "
        "is smoothed and shifted.",
        low=4,
        high=16,
        step=1,
        unit="cells",
    )
    masks: int = param(
        2048, "Masks", "More masks, steadier map; each costs one run.", low=256, high=4096, scale="double"
    )
    kept: float = param(
        0.5, "Share shown", "How much of the picture a mask shows on average.", low=0.1, high=0.9, step=0.1
    )


@dataclass(frozen=True)
class HsicParams(PerturbationParams, GridParams):
    """Parameters of HSIC."""

    masks: int = param(
        768, "Masks", "More masks, steadier map; each costs one run.", low=192, high=1536, scale="double"
    )
    design: str = param(
        "binary",
        "Masks show cells",
        "Wholly or not at all, as in the paper's experiments, or faded to any degree (Latin hypercube).",
        choices={"binary": "wholly or not at all", "latin hypercube": "to any degree"},
    )
    width: str = param(
        "distance",
        "Width of the score's kernel",
        "The median distance between scores holds on any scale; Xplique takes the median score, "
        "which says nothing for logits near 0.",
        choices={"distance": "median distance of scores", "score": "median score, as in Xplique"},
        reading=True,
    )


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


@dataclass(frozen=True)
class KernelShapParams(ShownParams, PieceParams):
    """Parameters of Kernel SHAP; those of the last base stand first in the form."""

    coalitions: str = param(
        ALL,
        "Coalitions",
        "Of few superpixels each coalition can be run once, for no more runs than would be drawn: the values "
        "are then exact.",
        choices={ALL: "all, where they are few", "drawn": "drawn"},
        before="drawn",
    )

    samples: int = param(
        400,
        "Coalitions per seed",
        "Pictures with random superpixels hidden; at least 10 per superpixel.",
        low=50,
        high=2000,
        step=50,
    )
