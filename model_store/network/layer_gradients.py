"""Activations and gradients of any number of layers, by one forward and one backward."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from engine.arrays import Floats
from engine.errors import ModelError
from engine.features import Features
from engine.model import INPUT, LayerGradients, TargetLayer
from model_store.base import runtime
from model_store.network.graph import Hook, no_hook
from model_store.network.heads import OutputActivation


class Network(Protocol):
    """What is inside a loaded model: functions of the input that change nothing."""

    @property
    def target_layers(self) -> tuple[TargetLayer, ...]:
        """The layers whose activation may be read, from input to output."""
        ...

    @property
    def features(self) -> Features:
        """What can be seen of it while it looks at a picture."""
        ...

    @property
    def traits(self) -> frozenset[str]:
        """What is known of it besides what its graph shows."""
        ...

    @property
    def output_activation(self) -> OutputActivation:
        """What makes probabilities of its logits."""
        ...

    def __call__(self, pictures: Any) -> Any:
        """Logits (N, ..., C) of a float32 tensor (N, H, W, 3), RGB 0-255."""
        ...

    def forward_with_activations(
        self, pictures: Any, target_layers: Sequence[str], hook: Hook = no_hook
    ) -> tuple[Any, dict[str, Any]]:
        """The same logits, and the activations (N, h, w, K) of some target layers that they were made of.

        ``hook`` is called with each of these activations before anything is made of it, or with what they
        are made of: a tape can watch them then, and keeps nothing of what came before.
        """
        ...

    def forward_from(self, picture: Any, layer: str, maps: Any) -> Any:
        """Logits (N, ..., C) of one picture (1, H, W, 3) in which maps (N, h, w, K) stand in place of what a
        target layer makes of it.
        """
        ...

    def forward_to(self, pictures: Any, layer: str) -> Any:
        """The activation (N, h, w, K) of one target layer, or the logits for ``OUTPUT``, for pictures of any
        size that the way there takes.

        Its gradient finds a way through ReLUs that would block all of it (``redirected``): it is for drawing
        pictures, not for explaining.
        """
        ...


class HasLayers(Protocol):
    """What has target layers: a network, or a model."""

    @property
    def target_layers(self) -> tuple[TargetLayer, ...]: ...


def refuse_unknown_target_layers(network: HasLayers, target_layers: Sequence[str]) -> None:
    """Lets only names of target layers pass.

    Raises:
        ModelError: there is no such layer; the sentence names those that there are.
    """
    known = [target_layer.name for target_layer in network.target_layers]
    for name in target_layers:
        if name != INPUT and name not in known:
            raise ModelError(
                "There is no layer {name!r} that can be inspected; there are {known}.",
                name=name,
                known=", ".join(known),
            )


def layer_gradients(
    network: Network, pictures: Floats, weights: Floats, target_layers: Sequence[str]
) -> dict[str, LayerGradients]:
    """Activations and gradients of some layers; see ``engine.model.LoadedModel.layer_gradients``."""
    refuse_unknown_target_layers(network, target_layers)
    tf = runtime.tensorflow()
    images = tf.constant(pictures, tf.float32)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        if INPUT in target_layers:
            tape.watch(images)
        logits, seen = network.forward_with_activations(
            images, [name for name in target_layers if name != INPUT], tape.watch
        )
        if tuple(logits.shape) != weights.shape:
            raise ModelError(
                "The target was made for an output {found}, the model gives {shape}.",
                found=weights.shape,
                shape=logits.shape,
            )
        score = tf.reduce_sum(logits * tf.constant(weights, tf.float32))
    seen = {**seen, INPUT: images}
    gradients = tape.gradient(
        score, [seen[name] for name in target_layers], unconnected_gradients=tf.UnconnectedGradients.ZERO
    )
    return {
        name: LayerGradients(np.asarray(seen[name], np.float32), np.asarray(gradient, np.float32))
        for name, gradient in zip(target_layers, gradients, strict=True)
    }
