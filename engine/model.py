"""What the engine expects of a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

Task = Literal["segmentation", "classification"]
Space = Literal["probability", "logit"]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class ModelFacts:
    """What is known of a model without running it.

    Attributes:
        key: its name in the catalogue.
        title: its name for people.
        task: what it answers.
        labels: class names, in the order of the outputs.
        colours: one RGB triple 0-255 per class.
        licence: terms of the weights.
        fingerprint: sha256 over weights and options: equal fingerprints give equal outputs.
    """

    key: str
    title: str
    task: Task
    labels: tuple[str, ...]
    colours: tuple[tuple[int, int, int], ...]
    licence: str
    fingerprint: str


@dataclass(frozen=True)
class Tap:
    """A named layer whose activation (N, h, w, channels) may be read.

    Attributes:
        name: of the layer; ``inside/layer`` where a model is nested.
        channels: how many maps it has.
        usual: worth looking at without being asked for.
        best: the one that class activation maps are read at by default; exactly one tap of a model is.
    """

    name: str
    channels: int
    usual: bool = True
    best: bool = False


INPUT = "input"
"""Name of the picture itself among the taps of ``LoadedModel.watch``."""


@dataclass(frozen=True, eq=False)
class Watched:
    """What a layer did for N pictures, and what the scores would gain from more of it.

    Attributes:
        activation: float32 (N, h, w, K).
        gradient: float32 (N, h, w, K), derivative of each picture's score.
    """

    activation: Floats
    gradient: Floats


class LoadedModel(Protocol):
    """A model in memory. It takes raw RGB 0-255; preprocessing is its own affair, on a copy."""

    @property
    def facts(self) -> ModelFacts:
        """What is known of it without running it."""
        ...

    @property
    def taps(self) -> tuple[Tap, ...]:
        """The layers whose activation may be read, from input to output."""
        ...

    def input_size_hw(self, picture_hw: tuple[int, int]) -> tuple[int, int]:
        """Height and width in pixels at which it looks at a picture of the given size."""
        ...

    def score_batch(self, pictures: Floats, space: Space) -> Floats:
        """Outputs without gradients.

        Args:
            pictures: float32 (N, H, W, 3), RGB 0-255, H and W as ``input_size_hw`` says; left as found.
            space: probabilities (softmax applied) or logits.

        Returns:
            float32 (N, C) for classification, (N, h, w, C) for segmentation.
        """
        ...

    def watch(self, pictures: Floats, weights: Floats, taps: Sequence[str]) -> dict[str, Watched]:
        """Activations and gradients of any number of layers, by one forward and one backward.

        Args:
            pictures: float32 (N, H, W, 3), RGB 0-255; left as found.
            weights: float32 (N, C) or (N, h, w, C): picture n has the score sum(weights[n] * logits[n]).
            taps: names of taps, or ``INPUT``.

        Raises:
            ModelError: there is no such tap.
        """
        ...

    def logits(self, pictures: Any) -> Any:
        """Differentiable logits of a tensor (N, H, W, 3) RGB 0-255, channels last."""
        ...
