"""The last step of a classifier, from logits to probabilities: found, and left out without changing the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from model_store import runtime
from model_store.graph import Call, graph_of, with_activation

Squash = Literal["softmax", "sigmoid"]

_SQUASHING: Mapping[str, Squash] = {"Softmax": "softmax", "Sigmoid": "sigmoid"}
_UNCHANGED = ("ActivityRegularization", "Dropout", "Flatten", "Identity", "Reshape")


@dataclass(frozen=True)
class Head:
    """How a model ends.

    Attributes:
        squash: what makes its probabilities of its logits; None where it gives logits.
        instead: what is to be called in place of an operation, by path, so that the output are logits.
    """

    squash: Squash | None = None
    instead: Mapping[str, Call] = field(default_factory=dict)


def head_of(graph: Any, prefix: str = "") -> Head:
    """Looks for the operation that makes probabilities: the last one, apart from those that change no value."""
    tensor = graph.outputs[0]
    while True:
        operation, place, _ = tensor._keras_history
        path, inner = prefix + operation.name, graph_of(operation)
        if inner is not None:
            return head_of(inner, f"{path}/")
        squash = _squash_of(operation)
        if squash is not None:
            return Head(squash, {path: _without(operation)})
        if not _is_unchanged(operation):
            return Head()
        tensor = operation._inbound_nodes[place].input_tensors[0]


def _squash_of(operation: Any) -> Squash | None:
    activations = runtime.keras().activations
    named: dict[Any, Squash] = {activations.softmax: "softmax", activations.sigmoid: "sigmoid"}
    activation = getattr(operation, "activation", None)
    by_function = named.get(activation) if callable(activation) and activation.__hash__ else None
    return by_function or _SQUASHING.get(type(operation).__name__) or _SQUASHING.get(type(activation).__name__)


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
