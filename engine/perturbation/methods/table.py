"""Table of the methods that are read off the perturbation pass. Light: code is imported when it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.perturbation.methods.params import (
    HsicParams,
    KernelShapParams,
    LimeParams,
    OcclusionParams,
    RiseParams,
    SobolParams,
)
from engine.perturbation.plan import PAIRS_OF_SEEDS, PerturbationFunctions, PerturbationMethod

if TYPE_CHECKING:
    from engine.perturbation.designs.sobol_design import GridDesign
    from engine.perturbation.methods.hsic import HsicDesign
    from engine.perturbation.methods.kernel_shap import KernelShapPlan
    from engine.perturbation.methods.lime import LimePlan
    from engine.perturbation.methods.occlusion import OcclusionPlan
    from engine.perturbation.methods.rise import RiseDesign


def _sobol() -> PerturbationFunctions[SobolParams, GridDesign]:
    from engine.perturbation.methods import sobol

    return sobol


def _lime() -> PerturbationFunctions[LimeParams, LimePlan]:
    from engine.perturbation.methods import lime

    return lime


def _occlusion() -> PerturbationFunctions[OcclusionParams, OcclusionPlan]:
    from engine.perturbation.methods import occlusion

    return occlusion


def _rise() -> PerturbationFunctions[RiseParams, RiseDesign]:
    from engine.perturbation.methods import rise

    return rise


def _hsic() -> PerturbationFunctions[HsicParams, HsicDesign]:
    from engine.perturbation.methods import hsic

    return hsic


def _kernel_shap() -> PerturbationFunctions[KernelShapParams, KernelShapPlan]:
    from engine.perturbation.methods import kernel_shap

    return kernel_shap


ROWS = (
    PerturbationMethod(
        key="sobol",
        title="Sobol total indices",
        measures=(
            "Total Sobol index of each cell: the share of the score's variance it is involved "
            "in (no unit, from 0, unsigned)."
        ),
        paper="Fel et al.: Look at the Variance! Efficient Black-box Explanations with Sobol-based "
        "Sensitivity Analysis",
        year=2021,
        url="https://arxiv.org/abs/2111.04138",
        signed=False,
        params=SobolParams,
        functions=_sobol,
        runs=lambda params: params.designs * (params.grid**2 + 2),
        how_to_read=(
            ("The cells fade towards the fill in thousands of random mixtures, and the score is recorded."),
            (
                "A bright cell drives much of the variation of the score; a dark one could be hidden "
                "unnoticed."
            ),
            (
                "Compare cells with each other and with the band: cells whose bands overlap are not "
                "significantly different."
            ),
        ),
        caveats=(
            "The map has no sign: it tells that a cell matters, not whether it counts for or against.",
            (
                "Cells that act together are counted each time. The values may therefore sum to more "
                "than 1; they are not percentages."
            ),
            ("Faded images are unlike those the model was trained on; another fill can give another map."),
        ),
    ),
    PerturbationMethod(
        key="lime",
        title="LIME",
        measures=("Weight of each superpixel in a linear model of the score around this image (signed)."),
        paper='Ribeiro, Singh and Guestrin: "Why Should I Trust You?": Explaining the Predictions of '
        "Any Classifier",
        year=2016,
        url="https://arxiv.org/abs/1602.04938",
        signed=True,
        params=LimeParams,
        functions=_lime,
        agreement=PAIRS_OF_SEEDS,
        runs=lambda params: params.samples * params.seeds,
        how_to_read=(
            ("Random superpixels are hidden, and a linear model learns what each of them adds to the score."),
            (
                "A positive weight means a higher score when the superpixel is visible, a negative one "
                "a lower score."
            ),
            (
                "It is repeated with other seeds: hatched superpixels may be due to chance, and R2 "
                "tells how well the model fits."
            ),
        ),
        caveats=(
            "The superpixels are fixed in advance: another segmentation can tell another story.",
            "A linear model cannot show superpixels that only matter together.",
            (
                "The band refers to the mean weight under these settings. Ridge shrinks it by about 2 "
                "% with 400 samples, more with fewer."
            ),
            (
                "Images with holes are unlike those the model was trained on; another fill can give "
                "other weights."
            ),
        ),
    ),
    PerturbationMethod(
        key="occlusion",
        title="Occlusion",
        measures=(
            "Drop of the score when a patch hides the place: score of the original image "
            "minus score with the patch (signed)."
        ),
        paper="Zeiler and Fergus: Visualizing and Understanding Convolutional Networks",
        year=2014,
        url="https://arxiv.org/abs/1311.2901",
        signed=True,
        params=OcclusionParams,
        functions=_occlusion,
        agreement="",
        runs=lambda params: params.positions**2 + 1,
        lowest_with=("display", "score"),
        how_to_read=(
            (
                "A patch slides over the image, and the score is measured at each position; the rest "
                "stays unchanged."
            ),
            "A positive value means that the score falls when the place is hidden, a negative "
            "one that it rises.",
            "Values have the unit of the score, so a drop can be compared with the score itself.",
        ),
        caveats=(
            (
                "One place is hidden at a time: if an object appears twice, hiding one of the two may "
                "change nothing."
            ),
            "The patch size decides what can be detected; try a smaller and a larger one.",
            "The edges of the patch are new to the model; another fill can give another map.",
        ),
    ),
    PerturbationMethod(
        key="rise",
        title="RISE",
        measures="Mean score when the place is visible, minus the mean score of all masks (signed).",
        paper="Petsiuk, Das and Saenko: RISE: Randomized Input Sampling for Explanation of Black-box Models",
        year=2018,
        url="https://arxiv.org/abs/1806.07421",
        signed=True,
        params=RiseParams,
        functions=_rise,
        runs=lambda params: params.masks,
        how_to_read=(
            (
                "Thousands of soft random masks cover the image. Each place gets the mean score of the "
                "masks that show it."
            ),
            (
                "A positive value means a score above average when the place is visible, a negative "
                "one below average."
            ),
            (
                "Values are small, because each place is only part of what a mask shows: compare them "
                "with each other."
            ),
        ),
        caveats=(
            (
                "The paper keeps the mean score in every value, and divides by the expected "
                "visibility. Here the mean is subtracted and the actual visibility divides, so zero "
                "means no effect."
            ),
            ("The masks are soft and shifted: the map is smooth and extends about one mask cell too far."),
            "Where nothing matters, chance leaves speckle; the band shows its size.",
            "The fill covers half of every image; another fill can give another map.",
        ),
    ),
    PerturbationMethod(
        key="hsic",
        title="HSIC",
        measures="Dependence of the score on each cell: Hilbert-Schmidt independence criterion (no unit, "
        "from 0, unsigned).",
        paper="Novello, Fel and Vigouroux: Making Sense of Dependence: Efficient Black-box "
        "Explanations Using Dependence Measure",
        year=2022,
        url="https://arxiv.org/abs/2206.06219",
        signed=False,
        params=HsicParams,
        functions=_hsic,
        runs=lambda params: params.masks,
        how_to_read=(
            (
                "Random cells are hidden. For each cell, the dependence between the score and its "
                "visibility is measured."
            ),
            (
                "A bright cell and the score depend on each other, in any form; values near the chance "
                "level mean nothing."
            ),
            (
                "Compare cells with each other and with the band: cells whose bands overlap are not "
                "significantly different."
            ),
        ),
        caveats=(
            "The map has no sign: it tells that a cell matters, not whether it counts for or against.",
            (
                "A cell that acts only together with others shows weakly: each cell is tested alone "
                "against the score."
            ),
            (
                "The value depends on the width of the kernels: compare maps of different scores by "
                "rank, not by size."
            ),
        ),
    ),
    PerturbationMethod(
        key="kernelshap",
        title="Kernel SHAP",
        measures=(
            "Shapley value of each superpixel: its share of the score, all shown minus all "
            "hidden (signed; the shares sum to it)."
        ),
        paper="Lundberg and Lee: A Unified Approach to Interpreting Model Predictions",
        year=2017,
        url="https://arxiv.org/abs/1705.07874",
        signed=True,
        params=KernelShapParams,
        functions=_kernel_shap,
        agreement=PAIRS_OF_SEEDS,
        runs=lambda params: params.samples * params.seeds + 2,
        fewer=True,
        how_to_read=(
            (
                "Each superpixel gets its mean contribution to the score, over all orders of showing "
                "the superpixels."
            ),
            "A positive value means that showing the superpixel raises the score, a negative one "
            "that it lowers it.",
            (
                "The values sum to the score of the image minus the score with everything hidden. With "
                "few superpixels, all coalitions are evaluated: the values are exact."
            ),
        ),
        caveats=(
            "The superpixels are fixed in advance: another segmentation can tell another story.",
            "What superpixels only do together is split evenly between them.",
            (
                "Most coalitions hide nearly everything or nearly nothing, and the fill defines what "
                "hidden means."
            ),
        ),
    ),
)
