"""The methods that are read off the perturbation pass. Light: their code is imported when it runs."""

from __future__ import annotations

from engine.method import Method
from engine.perturbation.lime_params import LimeParams
from engine.perturbation.params import SobolParams

ROWS: tuple[Method, ...] = (
    Method(
        key="sobol",
        title="Sobol total indices",
        measures="Total Sobol index of each cell: share of the score's variance in which it takes part (no unit, from 0, unsigned).",
        paper="Fel et al.: Look at the Variance! Efficient Black-box Explanations with Sobol-based Sensitivity Analysis",
        year=2021,
        url="https://arxiv.org/abs/2111.04138",
        tasks=("segmentation", "classification"),
        run_by="perturbation",
        signed=False,
        params=SobolParams,
        module="engine.perturbation.sobol",
        runs=lambda params: params.designs * (params.grid**2 + 2),
        how_to_read=(
            "The cells of the picture are faded towards the fill in thousands of random mixtures while the score is watched.",
            "A bright cell takes part in much of the movement of that score; a dark one could be hidden without being noticed.",
            "Compare cells with each other and with the band: two cells whose bands overlap are not surely different.",
        ),
        caveats=(
            "The map has no sign: it says that a cell matters, not whether it speaks for or against.",
            "Cells that act together are counted each time, so the values may sum to more than 1; they are no percentages.",
            "Faded pictures are unlike the ones the model was trained on; another fill can give another map.",
        ),
    ),
    Method(
        key="lime",
        title="LIME",
        measures="Weight of each superpixel: what showing it adds to the score, in a linear model of pictures near this one (signed).",
        paper='Ribeiro, Singh and Guestrin: "Why Should I Trust You?": Explaining the Predictions of Any Classifier',
        year=2016,
        url="https://arxiv.org/abs/1602.04938",
        tasks=("segmentation", "classification"),
        run_by="perturbation",
        signed=True,
        params=LimeParams,
        module="engine.perturbation.lime",
        runs=lambda params: params.samples * params.seeds,
        how_to_read=(
            "The picture is cut into superpixels, random ones are hidden, and a linear model learns what each adds to the score.",
            "A positive weight means that the score is higher where the superpixel is seen, a negative one that it is lower.",
            "It is done again with other seeds: trust superpixels whose sign stays, and look at R2 for how well the model fits.",
        ),
        caveats=(
            "The superpixels are chosen before anything is known: another segmentation can tell another story.",
            "A linear model cannot show superpixels that only count together.",
            "Pictures with holes are unlike the ones the model was trained on; another fill can give other weights.",
        ),
    ),
)
