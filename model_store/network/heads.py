"""The last step of a classifier, from logits to probabilities: found, and left out.

The model is not changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from model_store.base import runtime
from model_store.network.graph import Call, graph_of, name_of, with_activation

OutputActivation = Literal["softmax", "sigmoid"]
OutputKind = Literal["logits", "softmax", "sigmoid"]
"""What a network gives: logits, or probabilities made of them."""

_SQUASHING: Mapping[str, OutputActivation] = {"Softmax": "softmax", "Sigmoid": "sigmoid"}
_ENLARGING = ("Cropping2D", "MapResizing", "Resizing", "UpSampling2D")
SMALLEST = 1e-7
"""The smallest probability that has a logit of its own."""
_UNCHANGED = ("ActivityRegularization", "Dropout", "Flatten", "Identity", "Reshape")


@dataclass(frozen=True)
class Head:
    """How a model ends.

    Attributes:
        output_activation: what makes its probabilities of its logits; None where it gives logits.
        instead: what is to be called in place of an operation, by path, so that the output are logits.
    """

    output_activation: OutputActivation | None = None
    instead: Mapping[str, Call] = field(default_factory=dict)


def head_of(graph: Any, prefix: str = "") -> Head:
    """Looks for the operation that makes probabilities: the last one, apart from those that
    change no value.
    """
    tensor = graph.outputs[0]
    while True:
        operation, place, _ = tensor._keras_history
        path, inner = prefix + name_of(operation), graph_of(operation)
        if inner is not None:
            return head_of(inner, f"{path}/")
        output_activation = _output_activation_of(operation)
        if output_activation is not None:
            return Head(output_activation, {path: _without(operation)})
        if not _is_unchanged(operation):
            return Head()
        tensor = operation._inbound_nodes[place].input_tensors[0]


def output_operations(graph: Any, prefix: str = "") -> frozenset[str]:
    """Paths of the operations that make the output: the last one that computes, and those after it that only
    squash, shape or resize.

    The last convolution of a segmentation network is among them where its map is enlarged afterwards: it
    holds a map for each class, and is no layer of features.
    """
    tensor, found = graph.outputs[0], set[str]()
    while True:
        operation, place, _ = tensor._keras_history
        inner = graph_of(operation)
        if inner is not None:
            return frozenset(found) | output_operations(inner, f"{prefix}{name_of(operation)}/")
        found.add(prefix + name_of(operation))
        passed = _is_unchanged(operation) or type(operation).__name__ in _ENLARGING or _is_bare(operation)
        if not passed or not operation._inbound_nodes[place].input_tensors:
            return frozenset(found)
        tensor = operation._inbound_nodes[place].input_tensors[0]


def _is_bare(operation: Any) -> bool:
    """Whether it squashes and does nothing else."""
    return _output_activation_of(operation) is not None and not getattr(operation, "weights", ())


def logits_of(tf: Any, outputs: Any, answer: OutputKind) -> Any:
    """Logits of what a network gives, up to a constant that softmax does not see; of a probability of 0 that
    of the smallest number.
    """
    if answer == "logits":
        return outputs
    logits = tf.math.log(tf.maximum(outputs, SMALLEST))
    return logits if answer == "softmax" else logits - tf.math.log(tf.maximum(1 - outputs, SMALLEST))


def _output_activation_of(operation: Any) -> OutputActivation | None:
    activations = runtime.keras().activations
    named: dict[Any, OutputActivation] = {activations.softmax: "softmax", activations.sigmoid: "sigmoid"}
    activation = getattr(operation, "activation", None)
    by_function = named.get(activation) if callable(activation) and activation.__hash__ else None
    return (
        by_function or _SQUASHING.get(type(operation).__name__) or _SQUASHING.get(type(activation).__name__)
    )


def _is_unchanged(operation: Any) -> bool:
    kind = type(operation).__name__
    linear = getattr(operation, "activation", None) is runtime.keras().activations.linear
    return kind in _UNCHANGED or (kind == "Activation" and linear)


def _without(operation: Any) -> Call:
    """The same operation without its last step; the given one is left as it is."""
    if not hasattr(operation, "activation") or type(operation).__name__ == "Activation":
        return lambda inputs, *_, **__: inputs
    plain: Call = with_activation(operation, runtime.keras().activations.linear)
    return plain
