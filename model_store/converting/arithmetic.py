"""Activations, sums, products and matrices of ONNX as layers and operations of Keras."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from model_store.converting.values import Conversion, Placed, Value, constant, no_layer, placed
from model_store.scan.exchange.onnx_format import OnnxNode

_THIRD = 1 / 6
_CLOSE = 1e-4


def _scaled_linear_units(made: Conversion, node: OnnxNode, name: str) -> Any:
    return made.layers.ReLU(name=name)


def _by_name(activation: str) -> Callable[[Conversion, OnnxNode, str], Any]:
    return lambda made, node, name: made.layers.Activation(activation, name=name)


def _leaky(made: Conversion, node: OnnxNode, name: str) -> Any:
    return made.layers.LeakyReLU(node.attributes.get("alpha", 0.01), name=name)


def _exponential(made: Conversion, node: OnnxNode, name: str) -> Any:
    return made.layers.ELU(node.attributes.get("alpha", 1.0), name=name)


def _hard_sigmoid(made: Conversion, node: OnnxNode, name: str) -> Any:
    alpha, beta = node.attributes.get("alpha", 0.2), node.attributes.get("beta", 0.5)
    if abs(alpha - _THIRD) > _CLOSE or abs(beta - 0.5) > _CLOSE:
        raise no_layer(node, f"alpha={alpha:.3g}, beta={beta:.3g}")
    return made.layers.Activation("hard_sigmoid", name=name)


_ACTIVATIONS: Mapping[str, Callable[[Conversion, OnnxNode, str], Any]] = {
    "Relu": _scaled_linear_units,
    "LeakyRelu": _leaky,
    "Elu": _exponential,
    "HardSigmoid": _hard_sigmoid,
    "HardSwish": _by_name("hard_silu"),
    "LogSoftmax": _by_name("log_softmax"),
    "Mish": _by_name("mish"),
    "Selu": _by_name("selu"),
    "Sigmoid": _by_name("sigmoid"),
    "Softplus": _by_name("softplus"),
    "Softsign": _by_name("softsign"),
    "Tanh": _by_name("tanh"),
}
_GATES: Mapping[str, str] = {"Sigmoid": "silu", "HardSigmoid": "hard_silu"}
"""What a value times this function of it is called."""


def activation(made: Conversion, node: OnnxNode, inputs: list[Value | None]) -> Placed:
    """A function of each number."""
    value = placed(node, inputs)
    found = value.like(_ACTIVATIONS[node.operation](made, node, made.name(node))(value.tensor))
    if node.operation not in _GATES:
        return found
    return Placed(found.tensor, found.layout, found.order_chw, (_GATES[node.operation], value))


def gelu(made: Conversion, node: OnnxNode, inputs: list[Value | None]) -> Placed:
    """Gelu, exact or by tanh."""
    value = placed(node, inputs)
    exact = node.attributes.get("approximate", "none") == "none"
    return value.like(made.ops.gelu(value.tensor, approximate=not exact))


def clip(made: Conversion, node: OnnxNode, inputs: list[Value | None]) -> Placed:
    """Clip: from 0 on it is a ReLU, such as ReLU6."""
    value = placed(node, inputs)
    limits = [constant(node, inputs, 1), constant(node, inputs, 2)]
    low = node.attributes.get("min") if limits[0] is None else float(limits[0])
    high = node.attributes.get("max") if limits[1] is None else float(limits[1])
    if low == 0:
        top = None if high is None or high > 1e30 else high
        return value.like(made.layers.ReLU(max_value=top, name=made.name(node))(value.tensor))
    if low is None or high is None:
        raise no_layer(node, "with one limit")
    return value.like(made.ops.clip(value.tensor, low, high))


def prelu(made: Conversion, node: OnnxNode, inputs: list[Value | None]) -> Placed:
    """PRelu with a slope for each channel, or one for all."""
    value, slope = placed(node, inputs, ("nchw",)), constant(node, inputs, 1)
    if slope is None or slope.size not in (1, value.shape[1]):
        raise no_layer(node, "with a slope for each place")
    layer = made.layers.PReLU(shared_axes=[1, 2], name=made.name(node))
    outputs = layer(value.tensor)
    layer.set_weights([np.broadcast_to(slope.reshape(1, 1, -1), (1, 1, int(value.shape[1] or 1)))])
    return value.like(outputs)


def softmax(made: Conversion, node: OnnxNode, inputs: list[Value | None]) -> Placed:
    """Softmax and LogSoftmax over the classes."""
    value = placed(node, inputs)
    axis = node.attributes.get("axis", 1 if made.graph.opset < 13 else -1)
    flat = made.graph.opset < 13 and value.rank > 2  # older ones flatten what comes after the axis
    if flat or value.axis(axis) != value.rank - 1:
        raise no_layer(node, "over another axis than the classes")
    if node.operation == "LogSoftmax":
        return value.like(_ACTIVATIONS["LogSoftmax"](made, node, made.name(node))(value.tensor))
    return value.like(made.layers.Softmax(name=made.name(node))(value.tensor))


_OPS: Mapping[str, str] = {
    "Abs": "absolute",
    "Erf": "erf",
    "Exp": "exp",
    "Log": "log",
    "Neg": "negative",
    "Reciprocal": "reciprocal",
    "Sqrt": "sqrt",
}


def function(made: Conversion, node: OnnxNode, inputs: list[Value | None]) -> Placed:
    """A plain function of each number."""
    value = placed(node, inputs)
    return value.like(getattr(made.ops, _OPS[node.operation])(value.tensor))


_PAIRS: Mapping[str, tuple[str, str]] = {
    "Add": ("add", "Add"),
    "Sub": ("subtract", "Subtract"),
    "Mul": ("multiply", "Multiply"),
    "Div": ("divide", ""),
    "Pow": ("power", ""),
    "Max": ("maximum", "Maximum"),
    "Min": ("minimum", "Minimum"),
}
"""Of two values: the function, and the layer where there is one."""


def of_two(made: Conversion, node: OnnxNode, inputs: list[Value | None]) -> Placed:
    """Sums, products and the like; one of the two may be a constant."""
    if len(inputs) != 2:
        raise no_layer(node, "of more than two")
    first, second = inputs
    name, _ = _PAIRS[node.operation]
    if isinstance(first, Placed) and isinstance(second, Placed):
        return _of_two_values(made, node, first, second)
    value = first if isinstance(first, Placed) else second
    assert isinstance(value, Placed)
    if value.order_chw:
        raise no_layer(node, "of flattened maps")
    sides = [_side_of(node, value, one) for one in inputs]
    return value.like(getattr(made.ops, name)(*sides))


def _side_of(node: OnnxNode, value: Placed, side: Value | None) -> Any:
    if isinstance(side, Placed):
        return side.tensor
    if side is None or side.dtype == object or side.ndim > value.rank:
        raise no_layer(node, "of sizes")
    return value.aligned(side).astype(np.float32)


def _of_two_values(made: Conversion, node: OnnxNode, first: Placed, second: Placed) -> Placed:
    if node.operation == "Mul":
        for gated, other in ((first, second), (second, first)):
            if gated.gate is not None and gated.gate[1].tensor is other.tensor:
                layer = made.layers.Activation(gated.gate[0], name=made.name(node))
                return other.like(layer(other.tensor))
    if (first.layout, first.order_chw, first.rank) != (second.layout, second.order_chw, second.rank):
        raise no_layer(node, "of values in different orders")
    name, layer_name = _PAIRS[node.operation]
    if not layer_name:
        return first.like(getattr(made.ops, name)(first.tensor, second.tensor))
    layer = getattr(made.layers, layer_name)(name=made.name(node))
    return first.like(layer([first.tensor, second.tensor]))


def dense(made: Conversion, node: OnnxNode, inputs: list[Value | None]) -> Placed:
    """Gemm and MatMul with a constant matrix; of flattened maps its rows are put into Keras' order."""
    value = placed(node, inputs, ("plain", "nhwc"))
    matrix, bias = constant(node, inputs, 1), constant(node, inputs, 2)
    said = node.attributes
    if matrix is None or matrix.ndim != 2 or said.get("transA", 0) or value.tensor.shape[-1] is None:
        raise no_layer(node, "of two computed values")
    matrix = (matrix.T if said.get("transB", 0) else matrix) * said.get("alpha", 1.0)
    if value.order_chw:
        rows = np.arange(len(matrix)).reshape(value.order_chw).transpose(1, 2, 0).ravel()
        matrix = matrix[rows]
    units = matrix.shape[1]
    layer = made.layers.Dense(units, use_bias=bias is not None, name=made.name(node))
    outputs = layer(value.tensor)
    added = [] if bias is None else [np.broadcast_to(bias * said.get("beta", 1.0), (units,))]
    layer.set_weights([matrix, *added])
    return Placed(outputs, value.layout)


def unchanged(made: Conversion, node: OnnxNode, inputs: list[Value | None]) -> Placed:
    """What does nothing once a network is trained."""
    return placed(node, inputs)


HANDLERS: Mapping[str, Any] = {
    **dict.fromkeys((name for name in _ACTIVATIONS if name != "LogSoftmax"), activation),
    **dict.fromkeys(_OPS, function),
    **dict.fromkeys(_PAIRS, of_two),
    **dict.fromkeys(("Cast", "Dropout", "Identity"), unchanged),
    "Clip": clip,
    "Gelu": gelu,
    "Gemm": dense,
    "LogSoftmax": softmax,
    "MatMul": dense,
    "PRelu": prelu,
    "Softmax": softmax,
}
"""By operation."""
