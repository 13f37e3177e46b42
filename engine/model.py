"""Protocol of a loaded model, and the words for what is known of it and seen in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from engine.arrays import Floats
from engine.features import Features

if TYPE_CHECKING:
    from engine.filters import FilterParams, MaximisationState

Task = Literal["segmentation", "classification"]
Space = Literal["probability", "logit"]
SPACES: tuple[Space, ...] = ("probability", "logit")
ReluRule = Literal["plain", "guided", "deconvnet"]
ReceptiveField = tuple[float, float, float, float]
"""Reach of a cell from its centre: up, left, down, right, as shares of the picture's height and width."""


@dataclass(frozen=True)
class ModelFacts:
    """Facts about a model that are known without running it.

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


OPENVINO_F32, OPENVINO_BF16 = "OpenVINO f32", "OpenVINO bf16"
"""Names of OpenVINO in single and in half precision."""


@dataclass(frozen=True)
class Backend:
    """Library that runs a model forwards, and the reasons for it.

    Attributes:
        name: such as "TensorFlow" or "OpenVINO f32".
        seconds: seconds per picture of each one that was timed, by name; empty where there was no choice.
        difference: largest difference of a probability from that of TensorFlow, on real and perturbed
            pictures.
        refused: why others are not used, by name.
    """

    name: str = "TensorFlow"
    seconds: Mapping[str, float] = field(default_factory=dict)
    difference: float = 0.0
    refused: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TargetLayer:
    """A named layer whose activation (N, h, w, channels) may be read.

    Attributes:
        name: of the layer; ``inside/layer`` where a model is nested.
        channels: how many maps it has.
        usual: worth looking at without being asked for.
        best: the one that class activation maps are read at by default; exactly one target layer of a model
            is.
        branch: whether it is one of several branches that are joined right after it, by concatenation.
    """

    name: str
    channels: int
    usual: bool = True
    best: bool = False
    branch: bool = False


INPUT = "input"
"""Name of the picture itself among the target layers of ``LoadedModel.layer_gradients``."""


@dataclass(frozen=True, eq=False)
class LayerGradients:
    """Activation of a layer for N pictures, and the gradient of their scores by it.

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
    def target_layers(self) -> tuple[TargetLayer, ...]:
        """The layers whose activation may be read, from input to output."""
        ...

    @property
    def traits(self) -> frozenset[str]:
        """What methods ask for: "relu" if the network has rectified linear units."""
        ...

    @property
    def backend(self) -> Backend:
        """What runs it forwards."""
        ...

    @property
    def gradient_backend(self) -> Backend:
        """What computes gradients; it is found out, which takes seconds, where that was not done before."""
        ...

    @property
    def features(self) -> Features:
        """What can be seen of it while it looks at a picture."""
        ...

    def preload(self) -> None:
        """Begin, in a thread of its own, to load and make what gradients will need."""
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

    def layer_gradients(
        self, pictures: Floats, weights: Floats, target_layers: Sequence[str]
    ) -> dict[str, LayerGradients]:
        """Activations and gradients of any number of layers, by one forward and one backward.

        Args:
            pictures: float32 (N, H, W, 3), RGB 0-255; left as found.
            weights: float32 (N, C) or (N, h, w, C): picture n has the score sum(weights[n] * logits[n]).
            target_layers: names of target layers, or ``INPUT``.

        Raises:
            ModelError: there is no such target layer.
        """
        ...

    def activations(self, pictures: Floats, layer: str) -> Floats:
        """What a layer makes of pictures, without gradients.

        Args:
            pictures: float32 (N, H, W, 3), RGB 0-255; left as found.
            layer: name of a target layer.

        Returns:
            float32 (N, h, w, K).

        Raises:
            ModelError: there is no such target layer.
        """
        ...

    def answers_from(self, picture: Floats, layer: str, maps: Floats, space: Space) -> Floats:
        """Outputs for one picture when other activations stand in a layer.

        All else that the network makes of the picture, beside the layer and before it, stays as it is.

        Args:
            picture: float32 (H, W, 3), RGB 0-255; left as found.
            layer: name of a target layer.
            maps: float32 (N, h, w, K), in place of what the layer makes of the picture.
            space: probabilities or logits.

        Returns:
            float32 (N, C) or (N, h', w', C).

        Raises:
            ModelError: there is no such target layer, or the maps have another shape.
        """
        ...

    def input_gradients(self, pictures: Floats, weights: Floats, rule: ReluRule) -> Floats:
        """Derivatives of scores by the pictures.

        Args:
            pictures: float32 (N, H, W, 3), RGB 0-255; left as found.
            weights: float32 (N, C) or (N, h, w, C): picture n has the score sum(weights[n] * logits[n]).
            rule: what a ReLU lets pass on the way back. "plain": the gradient where the unit is active;
                "guided": of that only what is positive (Springenberg et al. 2014,
                https://arxiv.org/abs/1412.6806); "deconvnet": what is positive, whether the unit is active or
                not (Zeiler and Fergus 2013, https://arxiv.org/abs/1311.2901).

        Returns:
            float32 (N, H, W, 3), in logits for each step of 1 in a colour.

        Raises:
            ModelError: there is no such rule, or the pictures or the weights have another shape.
        """
        ...

    def receptive_field(self, layer: str, size_hw: tuple[int, int]) -> ReceptiveField:
        """Receptive field of a cell in the middle of a layer in a picture of a size, measured.

        Args:
            layer: name of a target layer, or ``engine.filters.OUTPUT``.
            size_hw: height and width of the picture, as ``input_size_hw`` says.

        Raises:
            ModelError: there is no such target layer.
        """
        ...

    def maximise(
        self, layer: str, state: MaximisationState, params: FilterParams, steps: int
    ) -> MaximisationState:
        """Change pictures some more times so that each makes its own channel answer more.

        Args:
            layer: name of a target layer, or ``engine.filters.OUTPUT`` for the logits of classes.
            state: pictures as they are, of any size for a target layer, of the model's own size for the
                logits of a classifier; left as found.
            params: how they are changed.
            steps: how often; 0 only looks at them.

        Raises:
            ModelError: there is no such target layer, or it gives no numbers.
        """
        ...

    def logits(self, pictures: Any) -> Any:
        """Differentiable logits of a tensor (N, H, W, 3) RGB 0-255, channels last."""
        ...
