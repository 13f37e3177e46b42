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
        "How the values of red, green and blue become one for the pixel.",
        choices={"max": "the greatest", "mean": "their mean"},
        reading=True,
    )


@dataclass(frozen=True)
class InputParams(Params):
    """Parameters of gradient times input."""

    fill: str = param(
        "black", "Baseline", "The picture against which this one is held.", choices=FILL_CHOICES, reading=True
    )
    seed: int = param(
        0, "Seed", "Of the noise.", low=0, high=9999, step=1, reading=True, only_with=("fill", "noise")
    )


@dataclass(frozen=True)
class PathParams(Params):
    """Parameters of integrated gradients."""

    steps: int = param(
        32,
        "Steps",
        "Pictures on the way from the baseline; more of them make the map add up better.",
        low=8,
        high=256,
        scale="double",
    )
    fill: str = param(
        "black",
        "Baseline",
        "The picture that stands for nothing: the way starts there.",
        choices=FILL_CHOICES,
    )
    seed: int = param(0, "Seed", "Of the noise.", low=0, high=9999, step=1, only_with=("fill", "noise"))


@dataclass(frozen=True)
class NoiseParams(ColourParams):
    """Parameters of gradients of noisy pictures."""

    samples: int = param(
        32, "Samples", "Noisy pictures; more of them give a steadier map.", low=8, high=256, scale="double"
    )
    noise: float = param(
        0.15,
        "Noise",
        "Standard deviation of the noise as a share of the picture's range of values.",
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
        "The layer whose channels are masks; empty for the one that suits the model best.",
        elsewhere=True,
    )
    channels: int = param(
        128,
        "Channels",
        "At most so many channels, those first that vary most over the picture.",
        low=2,
        high=2048,
        scale="double",
    )
    fill: str = param(
        "black", "Fill", "What a mask hides shows this instead of the picture.", choices=FILL_CHOICES
    )
    seed: int = param(0, "Seed", "Of the noise.", low=0, high=9999, step=1, only_with=("fill", "noise"))
    weighting: str = param(
        "increase",
        "Weight of a channel",
        "The score of the picture seen through the channel, or what that is more than with "
        "everything hidden.",
        choices={"increase": "score less that of nothing", "probability": "score"},
        reading=True,
    )
