"""Derivatives of operations that work number by number, with broadcasting."""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from model_store.derivatives.nodes import Rule, Step, Tensor, constant_node, fixed_shape, opset, summed_to

Slope = Callable[[Step, Tensor, Tensor], Tensor]
"""Derivative of an operation at its input, of the step, that input and the output."""


def _mask(condition: Tensor) -> Tensor:
    return opset().convert(condition, "f32").output(0)


def _broadcast(factor: Callable[[Step, int], Tensor]) -> Rule:
    """A rule for two inputs, of what the gradient is for each before broadcasting is undone."""
    return lambda step, place: summed_to(factor(step, place), fixed_shape(step.inputs[place]))


def _multiplied(step: Step, place: int) -> Tensor:
    return opset().multiply(step.gradient, step.inputs[1 - place]).output(0)


def _subtracted(step: Step, place: int) -> Tensor:
    return opset().negative(step.gradient).output(0) if place else step.gradient


def _divided(step: Step, place: int) -> Tensor:
    ops = opset()
    quotient = ops.divide(step.gradient, step.inputs[1]).output(0)
    return ops.negative(ops.multiply(quotient, step.output)).output(0) if place else quotient


def _squared_difference(step: Step, place: int) -> Tensor:
    ops = opset()
    difference = ops.subtract(step.inputs[place], step.inputs[1 - place])
    return ops.multiply(step.gradient, ops.multiply(difference, constant_node(2))).output(0)


def _power(step: Step, place: int) -> Tensor:
    """Only by the base; the exponent has to be constant."""
    if place:
        raise step.refused()
    ops = opset()
    exponent = step.numbers(1)
    lower = ops.power(step.inputs[0], constant_node(exponent - 1))
    return ops.multiply(step.gradient, ops.multiply(lower, constant_node(exponent))).output(0)


def _chosen(step: Step, place: int) -> Tensor:
    """Of the larger or smaller of two: the first one where they are equal, as TensorFlow has it."""
    ops = opset()
    first, second = step.inputs
    wins = ops.greater_equal if step.node.get_type_name() == "Maximum" else ops.less_equal
    is_first = wins(first, second)
    taken = ops.logical_not(is_first) if place else is_first
    return ops.multiply(step.gradient, _mask(taken)).output(0)


def _selected(step: Step, place: int) -> Tensor:
    ops = opset()
    if place == 0:
        raise step.refused()
    nothing = constant_node(0)
    ways = (step.gradient, nothing) if place == 1 else (nothing, step.gradient)
    return ops.select(step.inputs[0], *ways).output(0)


def _relu(step: Step, _place: int) -> Tensor:
    return step.gate(_mask(opset().greater(step.output, constant_node(0))), step.gradient)


def _clamped(step: Step, _place: int) -> Tensor:
    """A ReLU that ends, such as at 6; else the plain derivative of what is cut off on both sides."""
    ops = opset()
    low, high = float(step.attributes["min"]), float(step.attributes["max"])
    inside = ops.logical_and(
        ops.greater(step.output, constant_node(low)), ops.less(step.output, constant_node(high))
    )
    if low == 0:
        return step.gate(_mask(inside), step.gradient)
    return ops.multiply(step.gradient, _mask(inside)).output(0)


def _prelu(step: Step, place: int) -> Tensor:
    if place:
        raise step.refused()
    ops = opset()
    slope = ops.select(ops.greater(step.inputs[0], constant_node(0)), constant_node(1), step.inputs[1])
    return summed_to(ops.multiply(step.gradient, slope).output(0), fixed_shape(step.inputs[0]))


def _gelu_slope(step: Step, x: Tensor, _y: Tensor) -> Tensor:
    ops = opset()
    if step.attributes["approximation_mode"].upper() == "ERF":
        below = ops.multiply(
            ops.add(ops.erf(ops.multiply(x, constant_node(math.sqrt(0.5)))), constant_node(1)),
            constant_node(0.5),
        )
        bell = ops.exp(ops.multiply(ops.multiply(x, x), constant_node(-0.5)))
        return ops.add(below, ops.multiply(ops.multiply(x, bell), constant_node(1 / math.sqrt(2 * math.pi))))
    scale, cubic = math.sqrt(2 / math.pi), 0.044715
    square = ops.multiply(x, x)
    inner = ops.multiply(
        ops.multiply(x, ops.add(ops.multiply(square, constant_node(cubic)), constant_node(1))),
        constant_node(scale),
    )
    bent = ops.tanh(inner)
    inner_slope = ops.multiply(
        ops.add(ops.multiply(square, constant_node(3 * cubic)), constant_node(1)), constant_node(scale)
    )
    bent_slope = ops.subtract(constant_node(1), ops.multiply(bent, bent))
    return ops.multiply(
        constant_node(0.5),
        ops.add(ops.add(bent, constant_node(1)), ops.multiply(ops.multiply(x, bent_slope), inner_slope)),
    )


def _swish_slope(step: Step, x: Tensor, _y: Tensor) -> Tensor:
    if len(step.inputs) > 1:
        raise step.refused()
    ops = opset()
    share = ops.sigmoid(x)
    rest = ops.subtract(constant_node(1), share)
    return ops.multiply(share, ops.add(ops.multiply(x, rest), constant_node(1)))


def _mish_slope(_step: Step, x: Tensor, _y: Tensor) -> Tensor:
    ops = opset()
    bent = ops.tanh(ops.softplus(x))
    rest = ops.subtract(constant_node(1), ops.multiply(bent, bent))
    return ops.add(bent, ops.multiply(ops.multiply(x, ops.sigmoid(x)), rest))


def _elu_slope(step: Step, _x: Tensor, y: Tensor) -> Tensor:
    ops = opset()
    below = ops.add(y, constant_node(step.attributes["alpha"]))
    return ops.select(ops.greater(y, constant_node(0)), constant_node(1), below)


def _tanh_slope(_step: Step, _x: Tensor, y: Tensor) -> Tensor:
    ops = opset()
    return ops.subtract(constant_node(1), ops.multiply(y, y))


def _sigmoid_slope(_step: Step, _x: Tensor, y: Tensor) -> Tensor:
    ops = opset()
    return ops.multiply(y, ops.subtract(constant_node(1), y))


def _erf_slope(_step: Step, x: Tensor, _y: Tensor) -> Tensor:
    ops = opset()
    return ops.multiply(ops.exp(ops.negative(ops.multiply(x, x))), constant_node(2 / math.sqrt(math.pi)))


_SLOPES: Mapping[str, Slope] = MappingProxyType(
    {
        "Sigmoid": _sigmoid_slope,
        "Tanh": _tanh_slope,
        "Erf": _erf_slope,
        "Gelu": _gelu_slope,
        "Swish": _swish_slope,
        "Mish": _mish_slope,
        "Elu": _elu_slope,
        "Exp": lambda step, x, y: y,
        "Log": lambda step, x, y: opset().divide(constant_node(1), x),
        "Sqrt": lambda step, x, y: opset().divide(constant_node(0.5), y),
        "SoftPlus": lambda step, x, y: opset().sigmoid(x),
        "Abs": lambda step, x, y: opset().sign(x),
        "Negative": lambda step, x, y: constant_node(-1),
    }
)


def _by_slope(slope: Slope) -> Rule:
    def rule(step: Step, _place: int) -> Tensor:
        return opset().multiply(step.gradient, slope(step, step.inputs[0], step.output)).output(0)

    return rule


def _converted(step: Step, _place: int) -> Tensor:
    if step.inputs[0].get_element_type().to_dtype() != np.float32:
        raise step.refused()
    return step.gradient


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "Add": _broadcast(lambda step, place: step.gradient),
        "Subtract": _broadcast(_subtracted),
        "Multiply": _broadcast(_multiplied),
        "Divide": _broadcast(_divided),
        "SquaredDifference": _broadcast(_squared_difference),
        "Power": _broadcast(_power),
        "Maximum": _broadcast(_chosen),
        "Minimum": _broadcast(_chosen),
        "Select": _broadcast(_selected),
        "Relu": _relu,
        "Clamp": _clamped,
        "PRelu": _prelu,
        "Convert": _converted,
        **{name: _by_slope(slope) for name, slope in _SLOPES.items()},
    }
)
