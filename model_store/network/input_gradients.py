"""The gradient by the picture, with the rule of one's choice at each ReLU.

Guided backpropagation and deconvnet change the gradient of an operation, not the model: in a copy of the
model's graph each ``Relu`` and ``Relu6`` names another gradient, which ``tf.gradients`` follows (a tape would
not). So they work for models inside models, for activations inside convolutions and for networks that are no
Keras graph, and nothing is changed. What such a gradient lets pass is an input of the graph, so that it is
made once for all rules.
"""

import threading
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NoReturn

import numpy as np

from engine.arrays import Floats
from engine.errors import ModelError
from engine.model import ReluRule
from model_store.base import runtime
from model_store.network.frozen import INPUT_NAME

RELUS = ("Relu", "Relu6")
"""Operations of TensorFlow that a rule is about."""

LETS_PASS: Mapping[ReluRule, tuple[bool, bool]] = {
    "plain": (False, True),
    "guided": (False, False),
    "deconvnet": (True, False),
}
"""Whether a signal on its way back passes a unit that is silent, and whether it passes when it is negative.
"""

_GRADIENT = "VitrineRule"
_RULE = "rule"


class InputGradients:
    """Derivatives of weighted sums of logits by the pictures, traced when first used.

    Args:
        graph: gives the frozen graph of the network, with an operation "logit".
        fixed_hw: height and width of the pictures in pixels, None where any will do.
        output_shape: (None, C) or (None, h, w, C), None where any will do.
    """

    def __init__(
        self,
        graph: Callable[[], Any],
        fixed_hw: tuple[int | None, int | None],
        output_shape: tuple[int | None, ...],
    ) -> None:
        self._graph = graph
        self._fixed_hw, self._output_shape = fixed_hw, output_shape
        self._traced: Callable[[Any, Any, Any], tuple[Any, Any]] | None = None
        self._lock = threading.Lock()

    def __call__(self, pictures: Floats, weights: Floats, rule: ReluRule) -> Floats:
        """float32 (N, H, W, 3); see ``engine.model.LoadedModel.input_gradients``.

        Raises:
            ModelError: there is no such rule, or the weights do not have the shape of the output.
        """
        passes = rule_numbers(rule)
        if weights.ndim != len(self._output_shape) or len(weights) != len(pictures):
            _refuse(weights, (len(pictures), *self._output_shape[1:]))
        tf = runtime.tensorflow()
        inputs = (
            tf.constant(pictures, tf.float32),
            tf.constant(weights, tf.float32),
            tf.constant(passes),
        )
        gradients, shape = self.traced()(*inputs)
        if tuple(shape.numpy()) != weights.shape:
            _refuse(weights, tuple(shape.numpy()))
        found: Floats = np.asarray(gradients, np.float32)
        return found

    def traced(self) -> Callable[[Any, Any, Any], tuple[Any, Any]]:
        """The function of pictures, weights and what passes, made once."""
        with self._lock:
            self._traced = self._traced or self._trace()
            return self._traced

    def _trace(self) -> Callable[[Any, Any, Any], tuple[Any, Any]]:
        tf = runtime.tensorflow()
        graph = _with_rules(self._graph())

        def derive(pictures: Any, weights: Any, rule: Any) -> tuple[Any, Any]:
            (logits,) = tf.graph_util.import_graph_def(graph, {INPUT_NAME: pictures}, ["logit:0"])
            fitting = _shaped_like(logits, weights)
            (gradient,) = tf.gradients(
                logits, [pictures], fitting, unconnected_gradients=tf.UnconnectedGradients.ZERO
            )
            return gradient, tf.shape(logits)

        signature = [
            tf.TensorSpec((None, *self._fixed_hw, 3), tf.float32),
            tf.TensorSpec([None] * len(self._output_shape), tf.float32),
            tf.TensorSpec(2, tf.bool, _RULE),
        ]
        return tf.function(derive, input_signature=signature, autograph=False).get_concrete_function()


def rule_numbers(rule: ReluRule) -> tuple[bool, bool]:
    """What a rule lets pass; see ``LETS_PASS``.

    Raises:
        ModelError: there is no such rule.
    """
    if rule not in LETS_PASS:
        known = ", ".join(LETS_PASS)
        raise ModelError(
            "There is no rule {rule!r} for gradients; there are {known}.", rule=rule, known=known
        )
    return LETS_PASS[rule]


def _shaped_like(logits: Any, weights: Any) -> Any:
    """The weights; where they do not fit, something of the right shape in their place, which the caller
    refuses.
    """
    tf = runtime.tensorflow()
    values = tf.reshape(weights, [-1])[: tf.size(logits)]
    return tf.reshape(tf.pad(values, [[0, tf.size(logits) - tf.size(values)]]), tf.shape(logits))


def _refuse(weights: Floats, shape: tuple[int | None, ...]) -> NoReturn:
    raise ModelError(
        "The target was made for an output {found}, the model gives {shape}.",
        found=weights.shape,
        shape=shape,
    )


def _with_rules(graph: Any) -> Any:
    """The graph, each ReLU of which names the gradient that asks for the rule."""
    _register()
    for node in graph.node:
        if node.op in RELUS:
            node.attr["_gradient_op_type"].s = f"{_GRADIENT}{node.op}".encode()
    return graph


@lru_cache(maxsize=1)
def _register() -> None:
    """Makes the gradients known to TensorFlow, once in a process."""
    tf = runtime.tensorflow()

    def passing(operation: Any, gradient: Any) -> Any:
        silent, negative = tf.unstack(operation.graph.get_tensor_by_name(f"{_RULE}:0"))
        answer = operation.outputs[0]
        active = (answer > 0) & (answer < 6) if operation.type == "Relu6" else answer > 0
        return tf.where((active | silent) & ((gradient > 0) | negative), gradient, tf.zeros_like(gradient))

    for relu in RELUS:
        tf.RegisterGradient(f"{_GRADIENT}{relu}")(passing)


def traits_of(graph: Any) -> frozenset[str]:
    """What a traced graph has: "relu" if there is an operation that the rules are about."""
    kinds = {operation.type for operation in graph.get_operations()}
    return frozenset({"relu"}) if kinds & set(RELUS) else frozenset()
