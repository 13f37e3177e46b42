"""A Keras 3 model, of any depth of nesting, as a function from RGB 0-255 to logits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.errors import ModelError
from engine.features import Features
from engine.filters import OUTPUT
from model_store.base import runtime
from model_store.base.scaling import SCALINGS, Preset, Scaling
from model_store.base.target_layers import TargetLayerChoice, make_target_layers
from model_store.keras.features import KerasFeatures
from model_store.network.from_layer import WalkFrom
from model_store.network.graph import Hook, Walk, graph_of, no_hook, operations, shapes
from model_store.network.heads import OutputActivation, OutputKind, head_of, logits_of, output_operations
from model_store.network.redirected import redirected

LUMINANCE = np.array([[0.299], [0.587], [0.114]], np.float32)
"""Share of red, green and blue in a grey value: Rec. 601, as Pillow has it."""

_ANY_SIDE = 256
"""Side of the picture for which maps are sized where a network takes any."""


@dataclass(frozen=True)
class Usage:
    """How a Keras model is to be used.

    Attributes:
        preset: what it was trained on.
        target_layers: what is known of its layers.
        scaling: how colours are scaled before it, in place of a preset.
        answer: what it gives, where that is not seen from its last step.
    """

    preset: Preset = "raw"
    target_layers: TargetLayerChoice = field(default_factory=TargetLayerChoice)
    scaling: Scaling | None = None
    answer: OutputKind = "logits"


class KerasNetwork:
    """A Keras 3 model as a function of RGB 0-255; the model is left as it is.

    Args:
        model: takes one picture (N, H, W, 3 or 1) and gives one output (N, ..., C): logits, or probabilities
            by a last softmax or sigmoid, which is left out. An output of one value stands for two classes,
            "not" and "yes", with logits -z and z.
        usage: how it is to be used.

    Raises:
        ModelError: it is not a graph of layers with one picture as input and one output.
    """

    traits: frozenset[str] = frozenset()

    def __init__(self, model: Any, usage: Usage | None = None) -> None:
        usage = usage or Usage()
        self.graph = _readable(model)
        _, height, width, self.channels = self.graph.inputs[0].shape
        self.size_hw: tuple[int | None, int | None] = (height, width)
        self._scaling = usage.scaling or SCALINGS[usage.preset]
        head = head_of(self.graph)
        self._instead = head.instead
        self.squashed = head.output_activation is not None
        self._answer: OutputKind = "logits" if self.squashed else usage.answer
        self.alone = self.graph.outputs[0].shape[-1] == 1
        self.output_activation: OutputActivation = (
            "sigmoid" if self.alone or usage.answer == "sigmoid" else head.output_activation or "softmax"
        )
        sizes = shapes(self.graph, (height or _ANY_SIDE, width or _ANY_SIDE))
        self.target_layers = make_target_layers(self._inner_layers(), sizes, usage.target_layers)
        self.features: Features = KerasFeatures(self.graph, self.input_of, self._scaling.reverse)

    def __call__(self, pictures: Any) -> Any:
        """Logits (N, ..., C) of a float32 tensor (N, H, W, 3), RGB 0-255."""
        return self.forward_with_activations(pictures, ())[0]

    def forward_with_activations(
        self, pictures: Any, target_layers: Sequence[str], hook: Hook = no_hook
    ) -> tuple[Any, dict[str, Any]]:
        """The same logits, and the activations of some layers, each noticed before anything is made of it."""
        walk = Walk(frozenset(target_layers), self._instead, hook=hook)
        return self._logits_of(walk, pictures), walk.seen

    def forward_from(self, picture: Any, layer: str, maps: Any) -> Any:
        """Logits of one picture with maps in place of what a layer makes of it; nothing is re-ordered, so the
        graph may branch.
        """
        walk = WalkFrom(instead=self._instead, path=layer, maps=maps)
        return self._logits_of(walk, picture)

    def _logits_of(self, walk: Walk, pictures: Any) -> Any:
        tf = runtime.tensorflow()
        logits = logits_of(
            tf, tf.cast(walk.through(self.graph, self.input_of(pictures)), tf.float32), self._answer
        )
        return tf.concat([-logits, logits], -1) if self.alone else logits

    def forward_to(self, pictures: Any, layer: str) -> Any:
        """The activation of one layer, or the logits for ``OUTPUT``, by as much of the network as
        that takes.
        """
        opened = {**redirected(self.graph), **self._instead}
        if layer == OUTPUT:
            return self._logits_of(Walk(instead=opened), pictures)
        return Walk(instead=opened).until(layer, self.graph, self.input_of(pictures))

    def _inner_layers(self) -> list[tuple[str, Any]]:
        """Paths and operations without those that make the output."""
        last = output_operations(self.graph)
        return [
            (path, layer)
            for path, layer in operations(self.graph)
            if path not in last and path not in self._instead
        ]

    def input_of(self, pictures: Any) -> Any:
        """What the model takes, of RGB 0-255."""
        tf = runtime.tensorflow()
        if self.channels == 1:  # the presets of one channel have one factor for all
            pictures = tf.linalg.matmul(pictures, LUMINANCE)
            return pictures * self._scaling.scale[:1] + self._scaling.shift[:1]
        ordered = pictures[..., ::-1] if self._scaling.reverse else pictures
        return ordered * self._scaling.scale + self._scaling.shift


def _readable(model: Any) -> Any:
    """The graph of a model that can be used.

    Raises:
        ModelError: it is code of its own, or has other inputs and outputs.
    """
    graph = graph_of(model)
    if graph is None:
        raise ModelError(
            "The model contains custom code, or was never built: Vitrine reads Keras models that "
            "are a graph of layers."
        )
    if len(graph.inputs) != 1 or len(graph.outputs) != 1:
        raise ModelError(
            "The model has {inputs} inputs and {outputs} outputs; one image and one answer were expected.",
            inputs=len(graph.inputs),
            outputs=len(graph.outputs),
        )
    shape = tuple(graph.inputs[0].shape)
    if len(shape) != 4 or shape[-1] not in (1, 3):
        raise ModelError(
            "The model takes an input {shape}; an image (number, height, width, 3 or 1) was expected.",
            shape=shape,
        )
    return graph
