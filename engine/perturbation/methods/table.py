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
        measures="Total Sobol index of each cell: share of the score's variance in which it takes part "
        "(no unit, from 0, unsigned).",
        paper="Fel et al.: Look at the Variance! Efficient Black-box Explanations with Sobol-based "
        "Sensitivity Analysis",
        year=2021,
        url="https://arxiv.org/abs/2111.04138",
        signed=False,
        params=SobolParams,
        functions=_sobol,
        runs=lambda params: params.designs * (params.grid**2 + 2),
        how_to_read=(
            "The cells of the picture are faded towards the fill in thousands of random mixtures "
            "while the score is watched.",
            "A bright cell takes part in much of the movement of that score; a dark one could be "
            "hidden without being noticed.",
            "Compare cells with each other and with the band: two cells whose bands overlap are "
            "not surely different.",
        ),
        caveats=(
            "The map has no sign: it says that a cell matters, not whether it speaks for or against.",
            "Cells that act together are counted each time, so the values may sum to more than "
            "1; they are no percentages.",
            "Faded pictures are unlike the ones the model was trained on; another fill can give another map.",
        ),
    ),
    PerturbationMethod(
        key="lime",
        title="LIME",
        measures="Weight of each superpixel: what showing it adds to the score, in a linear model of "
        "pictures near this one (signed).",
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
            "The picture is cut into superpixels, random ones are hidden, and a linear model "
            "learns what each adds to the score.",
            "A positive weight means that the score is higher where the superpixel is seen, a "
            "negative one that it is lower.",
            "It is done again with other seeds: hatched superpixels may be chance, and R2 says how "
            "well the model fits.",
        ),
        caveats=(
            "The superpixels are chosen before anything is known: another segmentation can tell "
            "another story.",
            "A linear model cannot show superpixels that only count together.",
            "The band is that of the weight which these settings find on average: ridge draws it "
            "towards zero, by about 2 % with 400 samples and more with fewer.",
            "Pictures with holes are unlike the ones the model was trained on; another fill can "
            "give other weights.",
        ),
    ),
    PerturbationMethod(
        key="occlusion",
        title="Occlusion",
        measures="Drop of the score when a patch hides the place: score of the whole picture minus score "
        "with the patch (signed).",
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
            "A patch slides over the picture, and at each place the score is read again; "
            "everything else stays as it is.",
            "A positive value means that the score falls when the place is hidden, a negative "
            "one that it rises.",
            "Values are in the unit of the score, so a drop can be held against the score itself.",
        ),
        caveats=(
            "One place is hidden at a time: what stands twice in the picture is not missed when "
            "one of the two is hidden.",
            "The size of the patch decides what can be seen; try a smaller and a larger one.",
            "The edges of the patch are something new to the model; another fill can give another map.",
        ),
    ),
    PerturbationMethod(
        key="rise",
        title="RISE",
        measures="Mean score while the place is seen, minus the mean score of all masks (signed).",
        paper="Petsiuk, Das and Saenko: RISE: Randomized Input Sampling for Explanation of Black-box Models",
        year=2018,
        url="https://arxiv.org/abs/1806.07421",
        signed=True,
        params=RiseParams,
        functions=_rise,
        runs=lambda params: params.masks,
        how_to_read=(
            "Thousands of soft random masks cover the picture, and each place gets the mean "
            "score of the masks that show it.",
            "A positive value means that the score is above its mean while the place is seen, a "
            "negative one that it is below.",
            "Values are small, because a single place is only a part of what each mask shows: "
            "compare them with each other.",
        ),
        caveats=(
            "The paper leaves the mean score in every value and divides by what the masks show of a place on "
            "average; here the mean is taken off and what they did show divides, so zero says nothing.",
            "The masks are soft and shifted, so the map is smooth and reaches beyond what "
            "matters by about one cell of the masks.",
            "Where nothing matters chance leaves a speckle; the band says how large it is.",
            "The fill shows through half of every picture; another fill can give another map.",
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
            "Random cells are hidden, and for each cell it is measured how much the score tells "
            "of whether it was seen.",
            "A bright cell and the score depend on each other, in whatever way; a cell near the "
            "value expected by chance says nothing.",
            "Compare cells with each other and with the band: two cells whose bands overlap are "
            "not surely different.",
        ),
        caveats=(
            "The map has no sign: it says that a cell matters, not whether it speaks for or against.",
            "A cell that acts only together with others is found weakly, because each is held "
            "against the score alone.",
            "The value depends on the width of the kernels, so maps of different scores are "
            "compared by rank, not by size.",
        ),
    ),
    PerturbationMethod(
        key="kernelshap",
        title="Kernel SHAP",
        measures="Shapley value of each superpixel: its share of the score, all shown minus all hidden "
        "(signed; the shares add up to it).",
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
            "The picture is cut into superpixels, and each gets what it adds to the score, "
            "averaged over the orders of showing them.",
            "A positive value means that showing the superpixel raises the score, a negative one "
            "that it lowers it.",
            "All values add up to the score of the picture minus the score with everything "
            "hidden; of few superpixels all coalitions are run, and they are exact.",
        ),
        caveats=(
            "The superpixels are chosen before anything is known: another segmentation can tell "
            "another story.",
            "What superpixels do only together is split evenly between them.",
            "Most coalitions hide nearly everything or nearly nothing, and the fill decides what "
            "hidden means.",
        ),
    ),
)
