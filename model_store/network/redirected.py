"""ReLUs that let a gradient through where they would block all of it.

A channel that is silent all over a picture has no gradient: nothing would ever be drawn for it. As in Lucid
(Olah et al. 2017, https://distill.pub/2017/feature-visualization/), the gradient then passes, but only at the
place where a channel is nearest to speaking.
"""

from collections.abc import Mapping
from typing import Any

from model_store.base import runtime
from model_store.network.graph import Call, operations, with_activation


def redirected(graph: Any) -> Mapping[str, Call]:
    """What is called in place of each operation that ends in a ReLU, by path; the graph is left as it is."""
    calls = {path: _redirected(operation) for path, operation in operations(graph)}
    return {path: call for path, call in calls.items() if call is not None}


def _redirected(operation: Any) -> Call | None:
    """The same operation for a gradient that looks for life; None if it has no ReLU."""
    if type(operation).__name__ == "ReLU":
        return None if operation.negative_slope or operation.threshold else _open(operation)
    activations = runtime.keras().activations
    activation = getattr(operation, "activation", None)
    if activation not in (activations.relu, activations.relu6):
        return None
    if type(operation).__name__ == "Activation":
        return _open(activation)
    opened: Call = with_activation(operation, _open(activation))
    return opened


def _open(activation: Call) -> Call:
    tf = runtime.tensorflow()

    def call(inputs: Any) -> Any:
        outputs = activation(inputs)

        def gradient(upstream: Any) -> Any:
            through = tf.where(tf.equal(outputs, inputs), upstream, 0.0)
            axes = list(range(1, len(inputs.shape)))
            alive = tf.reduce_any(tf.not_equal(through, 0.0), axis=axes, keepdims=True)
            return tf.cond(
                tf.reduce_all(alive),
                lambda: through,
                lambda: tf.where(alive, through, _nearest(tf, inputs, upstream)),
            )

        return outputs, gradient

    opened = tf.custom_gradient(call)
    return lambda inputs, *_, **__: opened(inputs)


def _nearest(tf: Any, inputs: Any, upstream: Any) -> Any:
    """What asks for more, at the place of each channel (N, ..., K) that is nearest to being heard."""
    places = list(range(1, len(inputs.shape) - 1))
    nearest = (
        tf.equal(inputs, tf.reduce_max(inputs, axis=places, keepdims=True))
        if places
        else tf.ones_like(inputs, tf.bool)
    )
    return tf.where(nearest & (inputs < 0.0), tf.nn.relu(upstream), 0.0)
