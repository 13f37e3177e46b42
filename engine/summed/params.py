"""Parameters of the summed methods: light, so that forms and the command line can be made from them."""

from dataclasses import dataclass

from engine.params import Params, param
from engine.perturbation.plan import FILL_CHOICES


@dataclass(frozen=True)
class ColourParams(Params):
    """Parameters of a map that has three values, one for each colour, for a pixel."""

    colours: str = param(
        "max",
        "Colours",
        "How the values of red, green and blue are merged into one.",
        choices={"max": "maximum", "mean": "mean"},
        reading=True,
    )


@dataclass(frozen=True)
class InputParams(Params):
    """Parameters of gradient times input."""

    fill: str = param(
        "black", "Baseline", "The image that this one is compared with.", choices=FILL_CHOICES, reading=True
    )
    seed: int = param(
        0, "Seed", "For the noise.", low=0, high=9999, step=1, reading=True, only_with=("fill", "noise")
    )


@dataclass(frozen=True)
class PathParams(Params):
    """Parameters of integrated gradients."""

    steps: int = param(
        32,
        "Steps",
        "Images on the path from the baseline; with more of them the map sums up more exactly.",
        low=8,
        high=256,
        scale="double",
    )
    fill: str = param(
        "black",
        "Baseline",
        "The image that stands for “nothing”: the path starts there.",
        choices=FILL_CHOICES,
    )
    seed: int = param(0, "Seed", "For the noise.", low=0, high=9999, step=1, only_with=("fill", "noise"))


@dataclass(frozen=True)
class NoiseParams(ColourParams):
    """Parameters of gradients of noisy pictures."""

    samples: int = param(
        32,
        "Sample images",
        "Noisy copies; more of them give a more reliable map.",
        low=8,
        high=256,
        scale="double",
    )
    noise: float = param(
        0.15,
        "Noise",
        "Standard deviation of the noise, as a share of the image's range of values.",
        low=0.01,
        high=0.5,
        step=0.01,
    )
    seed: int = param(0, "Seed", "Same seed, same noise, same map.", low=0, high=9999, step=1)


@dataclass(frozen=True)
class ScoreCamParams(Params):
    """Parameters of Score-CAM."""

    layer: str = param(
        "",
        "Layer",
        "Layer whose channels serve as masks; empty for the one that suits the model best.",
        elsewhere=True,
    )
    channels: int = param(
        128,
        "Channels",
        "Maximum number of channels, those with the highest variance first.",
        low=2,
        high=2048,
        scale="double",
    )
    fill: str = param("black", "Fill", "What replaces the parts that a mask hides.", choices=FILL_CHOICES)
    seed: int = param(0, "Seed", "For the noise.", low=0, high=9999, step=1, only_with=("fill", "noise"))
    weighting: str = param(
        "increase",
        "Weight of a channel",
        "The score of the image seen through the channel, or its excess over the hidden image.",
        choices={"increase": "score minus that of the hidden image", "probability": "score"},
        reading=True,
    )
