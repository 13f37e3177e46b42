"""The gradient by the picture, with the rule of one's choice at each ReLU.

Guided backpropagation and deconvnet change the gradient of an operation, not the model: while the logits are traced, TensorFlow is told
to note another gradient for each ``Relu`` and ``Relu6`` of this one graph, and ``tf.gradients`` follows the notes (a tape would not).
So they work for models inside models, for activations inside convolutions and for networks that are no Keras graph, and nothing is changed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NoReturn

import numpy as np

from engine.errors import ModelError
from engine.model import Floats, Rule
from model_store import runtime
from model_store.watching import Network

RELUS = ("Relu", "Relu6")
"""Operations of TensorFlow that a rule is about."""

_REGISTERED: Mapping[Rule, str] = {"guided": "VitrineGuided", "deconvnet": "VitrineDeconvnet"}


class InputGradients:
    """Derivatives of weighted sums of logits by the pictures; each rule is traced when it is first used.

    Args:
        network: what is derived.
        fixed_hw: height and width of the pictures in pixels, None where any will do.
        output_shape: (None, C) or (None, h, w, C), None where any will do.
    """

    def __init__(self, network: Network, fixed_hw: tuple[int | None, int | None], output_shape: tuple[int | None, ...]) -> None:
        self._network = network
        self._fixed_hw, self._output_shape = fixed_hw, output_shape
        self._traced: dict[Rule, Callable[[Any, Any], tuple[Any, Any]]] = {}
        self._lock = threading.Lock()

    def __call__(self, pictures: Floats, weights: Floats, rule: Rule) -> Floats:
        """float32 (N, H, W, 3); see ``engine.model.LoadedModel.input_gradients``.

        Raises:
            ModelError: there is no such rule, or the weights do not have the shape of the output.
        """
        if rule != "plain" and rule not in _REGISTERED:
            raise ModelError(
                "There is no rule {rule!r} for gradients; there are {known}.", rule=rule, known=", ".join(("plain", *_REGISTERED))
            )
        if weights.ndim != len(self._output_shape) or len(weights) != len(pictures):
            _refuse(weights, (len(pictures), *self._output_shape[1:]))
        with self._lock:
            if rule not in self._traced:
                self._traced[rule] = self._trace(rule)
        tf = runtime.tensorflow()
        gradients, shape = self._traced[rule](tf.constant(pictures, tf.float32), tf.constant(weights, tf.float32))
        if tuple(shape.numpy()) != weights.shape:
            _refuse(weights, tuple(shape.numpy()))
        found: Floats = np.asarray(gradients, np.float32)
        return found

    def _trace(self, rule: Rule) -> Callable[[Any, Any], tuple[Any, Any]]:
        tf = runtime.tensorflow()
        notes = {relu: f"{_registered()[rule]}{relu}" for relu in RELUS} if rule in _REGISTERED else {}

        def derive(pictures: Any, weights: Any) -> tuple[Any, Any]:
            with tf.compat.v1.get_default_graph().gradient_override_map(notes):
                logits = self._network(pictures)
            # in place of a shape that does not fit, the weights are those of nothing: the caller refuses them
            fits = tf.reduce_all(tf.equal(tf.shape(logits), tf.shape(weights)))
            score = tf.reduce_sum(logits * tf.cond(fits, lambda: weights, lambda: tf.zeros_like(logits)))
            (gradient,) = tf.gradients(score, [pictures], unconnected_gradients=tf.UnconnectedGradients.ZERO)
            return gradient, tf.shape(logits)

        signature = [tf.TensorSpec((None, *self._fixed_hw, 3), tf.float32), tf.TensorSpec([None] * len(self._output_shape), tf.float32)]
        return tf.function(derive, input_signature=signature, autograph=False).get_concrete_function()  # type: ignore[no-any-return]


def _refuse(weights: Floats, shape: tuple[int | None, ...]) -> NoReturn:
    raise ModelError("The target was made for an output {found}, the model gives {shape}.", found=weights.shape, shape=shape)


@lru_cache(maxsize=1)
def _registered() -> Mapping[Rule, str]:
    """Prefixes of the gradients as TensorFlow knows them, registered once in a process."""
    tf = runtime.tensorflow()

    def open_ends(operation: Any) -> Any:
        inside = operation.outputs[0] > 0
        return inside & (operation.outputs[0] < 6) if operation.type == "Relu6" else inside

    def guided(operation: Any, gradient: Any) -> Any:
        return tf.where(open_ends(operation) & (gradient > 0), gradient, tf.zeros_like(gradient))

    def deconvnet(operation: Any, gradient: Any) -> Any:
        return tf.nn.relu(gradient)

    rules: dict[Rule, Callable[[Any, Any], Any]] = {"guided": guided, "deconvnet": deconvnet}
    for rule, derive in rules.items():
        for relu in RELUS:
            tf.RegisterGradient(f"{_REGISTERED[rule]}{relu}")(derive)
    return _REGISTERED


def traits_of(graph: Any) -> frozenset[str]:
    """What a traced graph has: "relu" if there is an operation that the rules are about."""
    kinds = {operation.type for operation in graph.get_operations()}
    return frozenset({"relu"}) if kinds & set(RELUS) else frozenset()
