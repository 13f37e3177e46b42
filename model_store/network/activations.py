"""Activations inside operations: what an operation computes, apart from the function applied at the end.

The operation stays as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from model_store.base import runtime
from model_store.network.graph import Call, with_activation

_LAYERS = ("Activation", "ELU", "LeakyReLU", "PReLU", "ReLU", "Softmax")
_FUNCTIONS = (
    "Elu",
    "Gelu",
    "HardSigmoid",
    "HardSilu",
    "LeakyRelu",
    "Relu",
    "Relu6",
    "Selu",
    "Sigmoid",
    "Silu",
    "Softplus",
    "Tanh",
)
_TITLES: Mapping[str, str] = {
    **{
        "relu": "ReLU",
        "relu6": "ReLU6",
        "leaky_relu": "LeakyReLU",
        "elu": "ELU",
        "selu": "SELU",
        "gelu": "GELU",
        "exact_gelu": "GELU",
    },
    **{"silu": "SiLU", "swish": "SiLU", "hard_silu": "hard SiLU", "hard_swish": "hard SiLU"},
    **{
        "Relu": "ReLU",
        "Relu6": "ReLU6",
        "LeakyRelu": "LeakyReLU",
        "Elu": "ELU",
        "Selu": "SELU",
        "Gelu": "GELU",
        "Silu": "SiLU",
    },
}
"""How people write what Keras calls otherwise."""


@dataclass(frozen=True)
class FusedActivation:
    """The last step of an operation.

    Attributes:
        name: of the function, as people write it.
        before: gives what the function is given.
        function: makes the operation's output of that.
    """

    name: str
    before: Call
    function: Call


def fused_activation_of(operation: Any) -> FusedActivation | None:
    """The activation inside an operation, or that it is; None where it has none."""
    kind = type(operation).__name__
    if kind in (*_LAYERS, *_FUNCTIONS) and not _is_linear(operation):
        return FusedActivation(_name_of(operation), lambda inputs, *_, **__: inputs, operation)
    if not callable(getattr(operation, "activation", None)) or _is_linear(operation):
        return None
    return FusedActivation(
        _name_of(operation),
        with_activation(operation, runtime.keras().activations.linear),
        operation.activation,
    )


def _is_linear(operation: Any) -> bool:
    return getattr(operation, "activation", None) is runtime.keras().activations.linear


def _name_of(operation: Any) -> str:
    activation = getattr(operation, "activation", None)
    name = (
        type(operation).__name__
        if activation is None
        else getattr(activation, "__name__", type(activation).__name__)
    )
    clipped = "6" if name == "ReLU" and getattr(activation or operation, "max_value", None) == 6 else ""
    return _TITLES.get(name, name) + clipped
