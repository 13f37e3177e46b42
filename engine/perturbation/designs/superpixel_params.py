"""Parameters of methods that hide superpixels: light, so that forms and the command line can be made from
them.
"""

from dataclasses import dataclass

from engine.params import Params, param
from engine.perturbation.plan import HIDING_CHOICES, PerturbationParams


@dataclass(frozen=True)
class SuperpixelParams(Params):
    """How a picture is cut into superpixels; lengths are in pixels of the picture as the model
    looks at it.
    """

    segmentation: str = param(
        "slic",
        "Superpixels",
        "SLIC cuts pieces of about equal size; quickshift and Felzenszwalb follow colours, so "
        "that pieces differ in size.",
        choices={"slic": "SLIC", "quickshift": "quickshift", "felzenszwalb": "Felzenszwalb"},
    )
    n_segments: int = param(
        40,
        "Number of superpixels",
        "Approximate number of pieces from SLIC.",
        low=5,
        high=200,
        step=5,
        only_with=("segmentation", "slic"),
    )
    compactness: float = param(
        20.0,
        "Compactness",
        "High values give square pieces, low values pieces that follow colours.",
        low=0.5,
        high=100.0,
        step=0.5,
        only_with=("segmentation", "slic"),
    )
    kernel_size: float = param(
        4.0,
        "Kernel size",
        "Width of the colour density smoothing in quickshift; larger values give fewer pieces.",
        low=1.0,
        high=10.0,
        step=0.5,
        unit="px",
        only_with=("segmentation", "quickshift"),
    )
    max_dist: float = param(
        200.0,
        "Maximum distance",
        "How far quickshift searches for higher density; larger values give fewer pieces.",
        low=1.0,
        high=500.0,
        step=1.0,
        only_with=("segmentation", "quickshift"),
    )
    ratio: float = param(
        0.2,
        "Weight of colour",
        "Weight of colour against position in quickshift, 0 to 1.",
        low=0.0,
        high=1.0,
        step=0.05,
        only_with=("segmentation", "quickshift"),
    )
    scale: float = param(
        200.0,
        "Scale",
        "Larger values give fewer and larger pieces.",
        low=1.0,
        high=2000.0,
        step=1.0,
        only_with=("segmentation", "felzenszwalb"),
    )
    min_size: int = param(
        400,
        "Smallest piece",
        "Pieces with fewer pixels are merged with a neighbour.",
        low=1,
        high=20000,
        step=1,
        unit="px",
        only_with=("segmentation", "felzenszwalb"),
    )
    sigma: float = param(
        1.0,
        "Smoothing",
        "Width of the Gaussian filter before segmentation.",
        low=0.0,
        high=5.0,
        step=0.1,
        unit="px",
    )


@dataclass(frozen=True)
class PieceParams(PerturbationParams, SuperpixelParams):
    """Parameters of methods that hide superpixels, again with each of several seeds."""

    fill: str = param(
        "mean",
        "Fill",
        "What replaces a hidden superpixel. Its own mean colour hardly hides an even surface.",
        choices={**HIDING_CHOICES, "cell mean": "mean colour of each superpixel"},
    )
    samples: int = param(
        400,
        "Samples per seed",
        "Images with random superpixels hidden; at least 10 per superpixel.",
        low=50,
        high=2000,
        step=50,
    )
    seeds: int = param(
        3,
        "Seeds",
        "Number of seeds, from the seed above on, to see which values persist.",
        low=1,
        high=10,
        step=1,
    )

    @property
    def all_seeds(self) -> tuple[int, ...]:
        """The seed of each repetition."""
        return tuple(range(self.seed, self.seed + self.seeds))


@dataclass(frozen=True)
class ShownParams(Params):
    """Which superpixels are painted."""

    shown: int = param(
        10,
        "Superpixels shown",
        "How many superpixels are coloured, by weight.",
        low=1,
        high=200,
        step=1,
        reading=True,
    )
    sign: str = param(
        "both",
        "Evidence",
        "Superpixels that count for the class, against it, or both.",
        choices={"both": "for and against", "positive": "for", "negative": "against"},
        reading=True,
    )
