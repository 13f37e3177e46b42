"""Parameters of the perturbation methods: light, so that forms and the command line can be made from them."""

from dataclasses import dataclass

from engine.errors import ParamsError
from engine.params import Params, param
from engine.perturbation.designs.superpixel_params import PieceParams, ShownParams
from engine.perturbation.plan import IMPUTED, PerturbationParams

ALL = "all"
EXACT_COALITIONS = "exact coalitions"
"""Value of ``KernelShapParams.coalitions``; figure of a map that all of them have made exact."""

BLEND = "blend"
"""Value of ``SobolParams.draft``: a draft first, then blended with plain indices."""

DRAFT_BELOW: dict[str, float] = {BLEND: 16, "few": 16, "always": float("inf"), "never": 0}
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
        "Number of rows and columns of cells; each cell gets one value.",
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
        "Samples",
        "More samples, more reliable map, more model evaluations: each sample costs one per cell "
        "and two more.",
        low=8,
        high=256,
        scale="double",
        extends=True,
    )
    replicates: int = param(
        8,
        "Replicates",
        "The samples are split into this many independently scrambled groups; their spread gives the band.",
        low=4,
        high=16,
        scale="double",
    )
    estimator: str = param(
        "pooled",
        "Estimator",
        "How the index is estimated; no estimate can be negative. Jansen over A and B has the "
        "narrowest bands.",
        choices={
            "pooled": "Jansen (1999), variance over A and B",
            "glen": "Glen-Isaacs (2012)",
            "jansen": "Jansen (1999), variance over A alone, as in Xplique",
        },
        former={"homma": "jansen", "janon": "jansen", "saltelli": "jansen"},
        reading=True,
    )
    draft: str = param(
        BLEND,
        "Draft",
        "A draft pulls each cell towards its neighbours. With few samples, it ranks cells better "
        "than a plain estimator.",
        choices={
            BLEND: "with fewer than 16 samples, then blended with plain indices",
            "few": "with fewer than 16 samples",
            "always": "always",
            "never": "never",
        },
        reading=True,
    )
    until: str = param(
        "end",
        "Until",
        "The pass may stop early, once the map on display is good enough. It tells how many model "
        "evaluations it used.",
        choices={
            "end": "after all samples",
            "draft": "draft: after 4 samples",
            "standard": "standard: two halves agree at 0.8",
            "fine": "fine: two halves agree at 0.9",
        },
        reading=True,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.designs < self.replicates:
            raise ParamsError(
                "{replicates} replicates need at least as many samples; received {designs}.",
                replicates=self.replicates,
                designs=self.designs,
            )


@dataclass(frozen=True)
class OcclusionParams(PerturbationParams):
    """Parameters of occlusion."""

    seed: int = param(
        0,
        "Seed",
        "For the noise in the patch; nothing else is random.",
        low=0,
        high=9999,
        step=1,
        only_with=("fill", "noise", IMPUTED),
    )
    positions: int = param(
        16,
        "Positions",
        "Number of patch positions per direction; each gets one value and costs one model evaluation.",
        low=4,
        high=32,
        step=1,
    )
    patch: float = param(
        2.0,
        "Patch size",
        "Patch side, in steps between positions: at 1 patches touch, above 1 they overlap.",
        low=1.0,
        high=8.0,
        step=0.5,
        unit="steps",
    )
    display: str = param(
        "drop",
        "Map shows",
        "The drop of the score when a place is hidden, or the remaining score, as in the classic figure.",
        choices={"drop": "drop of the score", "score": "remaining score"},
        reading=True,
    )


@dataclass(frozen=True)
class RiseParams(PerturbationParams, GridParams):
    """Parameters of RISE."""

    grid: int = param(
        8,
        "Mask grid",
        "Each mask starts as this many rows and columns of random cells, then is smoothed and shifted.",
        low=4,
        high=16,
        step=1,
        unit="cells",
    )
    masks: int = param(
        2048,
        "Masks",
        "More masks, more reliable map; each costs one model evaluation.",
        low=256,
        high=4096,
        scale="double",
    )
    kept: float = param(
        0.5, "Visible share", "Share of the image that a mask shows on average.", low=0.1, high=0.9, step=0.1
    )


@dataclass(frozen=True)
class HsicParams(PerturbationParams, GridParams):
    """Parameters of HSIC."""

    masks: int = param(
        768,
        "Masks",
        "More masks, more reliable map; each costs one model evaluation.",
        low=192,
        high=1536,
        scale="double",
    )
    design: str = param(
        "binary",
        "Masks show cells",
        "Fully or not at all, as in the paper's experiments, or at any degree (Latin hypercube).",
        choices={"binary": "fully or not at all", "latin hypercube": "to any degree"},
    )
    width: str = param(
        "distance",
        "Score kernel width",
        "The median distance between scores suits any scale. Xplique uses the median score, which "
        "means nothing for logits near 0.",
        choices={"distance": "median distance of scores", "score": "median score, as in Xplique"},
        reading=True,
    )


@dataclass(frozen=True)
class LinearModelParams(Params):
    """Which linear model is fitted."""

    kernel_width: float = param(
        0.25,
        "Kernel width",
        "With a smaller width, samples count less the more superpixels they hide.",
        low=0.05,
        high=2.0,
        step=0.05,
        reading=True,
    )
    regressor: str = param(
        "ridge",
        "Regressor",
        "The linear model whose weights are shown. Other linear regressors of scikit-learn are "
        "accepted by class name.",
        choices=REGRESSORS,
        open=True,
        reading=True,
    )
    penalty: float = param(
        1.0,
        "Penalty",
        "How strongly ridge, lasso and elastic net shrink the weights, relative to the sum of "
        "squared errors.",
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
        "With few superpixels, every coalition can be evaluated once at no extra cost: the values "
        "are then exact.",
        choices={ALL: "all, if few", "drawn": "random"},
        before="drawn",
    )

    samples: int = param(
        400,
        "Coalitions per seed",
        "Images with random superpixels hidden; at least 10 per superpixel.",
        low=50,
        high=2000,
        step=50,
    )
