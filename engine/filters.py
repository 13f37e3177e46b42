"""Parameters and state of activation maximisation: pictures that make channels answer most.

Olah, Mordvintsev and Schubert 2017, Feature Visualization, https://distill.pub/2017/feature-visualization/
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats, Ints, Pixels
from engine.errors import ParamsError
from engine.params import Params, param

OUTPUT = "output"
"""In place of a layer's name: the logits, whose channels are the classes."""

SOURCES = {
    "Olah, Mordvintsev and Schubert: Feature Visualization (2017)": "https://distill.pub/2017/feature-visualization/",
    "Mordvintsev et al.: Differentiable Image Parameterizations (2018)": "https://distill.pub/2018/differentiable-parameterizations/",
}
"""Who published it, and where."""

MULTIPLE = 32
START_DEVIATION = 0.01
PIXEL_DEVIATION = 0.1


@dataclass(frozen=True)
class FilterParams(Params):
    """How pictures are drawn that make channels answer as much as possible."""

    size: int = param(
        96,
        "Size",
        "Side of the visualizations. A classifier draws its classes at its own size. Cost grows "
        "with the square.",
        low=64,
        high=224,
        step=32,
        unit="pixels",
    )
    steps: int = param(128, "Steps", "Number of optimisation steps.", low=16, high=1024, scale="double")
    rate: float = param(
        0.05, "Learning rate", "Step size of the optimiser (Adam).", low=0.01, high=0.5, step=0.01
    )
    painting: str = param(
        "fourier",
        "Parametrisation",
        "What is optimised: Fourier waves, slow as easily as fast, or single pixels, which favours "
        "fine noise.",
        choices={"fourier": "waves (Fourier)", "pixels": "pixels"},
    )
    jitter: int = param(
        4,
        "Jitter",
        "Random shift at each step, at most.",
        low=0,
        high=32,
        step=1,
        unit="pixels",
    )
    rotation: int = param(
        5,
        "Rotation",
        "Random rotation at each step, at most.",
        low=0,
        high=45,
        step=1,
        unit="degrees",
    )
    zoom: int = param(
        5,
        "Zoom",
        "Random change of scale at each step, at most.",
        low=0,
        high=50,
        step=1,
        unit="%",
    )
    smoothness: float = param(
        0.05,
        "Smoothness",
        "Weight of the total variation, relative to the channel's weight of 1.",
        low=0.0,
        high=2.0,
        step=0.05,
    )
    paleness: float = param(
        0.0,
        "Greyness",
        "Weight of the squared distance from grey (L2), relative to the channel's weight of 1.",
        low=0.0,
        high=2.0,
        step=0.05,
    )
    seed: int = param(
        0, "Seed", "For the initial noise, and for the random changes at each step.", low=0, high=2**31 - 1
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.size % MULTIPLE:
            raise ParamsError(
                "Size must be a multiple of {multiple} pixels; received {size}.",
                multiple=MULTIPLE,
                size=self.size,
            )


@dataclass(frozen=True, eq=False)
class MaximisationState:
    """N pictures being drawn, each for a channel of its own.

    Attributes:
        channels: int32 (N,).
        directions: float32 (N, K), weights of the layer's channels that take the place of a channel; K is 0
            where single channels are meant.
        values: float32, what is changed: pixels (N, 3, H, W), or real and imaginary waves (N, 3, 2, H, W // 2
            + 1).
        moments: float32 (2, *values), Adam's two means of the gradient.
        step: how often they were changed.
        pixels: uint8 (N, H, W, 3), what they look like; before the first look (0, H, W, 3).
        activation: float32 (N,), mean of each channel over its picture, without what the steps do to it;
            empty before the first look.
    """

    channels: Ints
    directions: Floats
    values: Floats
    moments: Floats
    step: int
    pixels: Pixels
    activation: Floats


def start_maximisation(
    channels: Sequence[int],
    size_hw: tuple[int, int],
    params: FilterParams,
    directions: Sequence[Sequence[float]] = (),
) -> MaximisationState:
    """Grey and a little noise, for each channel its own, whatever is drawn beside it.

    Args:
        channels: which are drawn for.
        size_hw: height and width of the pictures.
        params: painting and seed.
        directions: weights of the layer's channels for each of ``channels``, which then are mere numbers.
    """
    height, width = size_hw
    waves = params.painting == "fourier"
    shape = (3, 2, height, width // 2 + 1) if waves else (3, height, width)
    deviation = START_DEVIATION if waves else PIXEL_DEVIATION
    noise = [
        np.random.default_rng((params.seed, channel)).normal(0, deviation, shape) for channel in channels
    ]
    values = np.array(noise, np.float32).reshape(len(channels), *shape)
    nothing = np.zeros((0, height, width, 3), np.uint8)
    return MaximisationState(
        np.array(channels, np.int32),
        np.array(directions, np.float32).reshape(len(channels), -1),
        values,
        np.zeros((2, *values.shape), np.float32),
        0,
        nothing,
        np.zeros(0, np.float32),
    )


def parse_channels(text: str, count: int) -> tuple[int, ...]:
    """Channels of a text such as ``0-15, 20``, each once, in their order.

    Args:
        text: numbers and ranges; both ends of a range belong to it.
        count: how many channels there are.

    Raises:
        ParamsError: it is no such text, or there is no such channel.

    Example:
        >>> parse_channels("3, 0-2", count=8)
        (0, 1, 2, 3)
    """
    found: set[int] = set()
    for part in text.replace(" ", "").split(","):
        ends = part.split("-")
        if not 1 <= len(ends) <= 2 or not all(end.isdecimal() and len(end) < 9 for end in ends):
            raise ParamsError(
                "Channels are numbers and ranges such as 0-15,20; received {text!r}.", text=text
            )
        first, last = int(ends[0]), int(ends[-1])
        if not first <= last < count:
            raise ParamsError(
                "There are the channels 0 to {last}; received {part}. Please select others.",
                last=count - 1,
                part=part,
            )
        found |= set(range(first, last + 1))
    return tuple(sorted(found))
