"""Derivatives of matrix products, attention, and what is summed up over axes."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from model_store.derivatives.nodes import (
    Rule,
    Step,
    Tensor,
    constant_node,
    copied,
    fixed_shape,
    integers,
    opset,
    reshaped,
    summed_to,
)


def _multiplied(step: Step, place: int) -> Tensor:
    """Of the product A B, each side turned or not: G B' for the first, A' G for the second."""
    turned_a, turned_b = (bool(step.attributes[name]) for name in ("transpose_a", "transpose_b"))
    first, second = step.inputs
    shape = fixed_shape(step.inputs[place])
    if min(len(fixed_shape(first)), len(fixed_shape(second))) < 2:
        raise step.refused()
    first, second, matmul = copied(first), copied(second), opset().matmul
    if place == 0:
        found = (
            matmul(second, step.gradient, turned_b, True)
            if turned_a
            else matmul(step.gradient, second, False, not turned_b)
        )
    else:
        found = (
            matmul(step.gradient, first, True, turned_a)
            if turned_b
            else matmul(first, step.gradient, not turned_a, False)
        )
    return summed_to(found.output(0), shape)


def _softmax_back(share: Tensor, gradient: Tensor, axis: int) -> Tensor:
    ops = opset()
    weighed = ops.multiply(share, gradient)
    mean = ops.reduce_sum(weighed, integers([axis]), keep_dims=True)
    return ops.subtract(weighed, ops.multiply(share, mean)).output(0)


def _softmax(step: Step, _place: int) -> Tensor:
    return _softmax_back(step.output, step.gradient, int(step.attributes["axis"]))


def _log_softmax(step: Step, _place: int) -> Tensor:
    ops = opset()
    total = ops.reduce_sum(step.gradient, integers([int(step.attributes["axis"])]), keep_dims=True)
    return ops.subtract(step.gradient, ops.multiply(ops.exp(step.output), total)).output(0)


def _attended(step: Step, place: int) -> Tensor:
    """Of softmax(Q K' s) V, without a mask."""
    query, key, value = step.inputs[:3]
    if place > 2 or step.attributes["causal"] or len(step.inputs) not in (3, 5):
        raise step.refused()
    ops, matmul = opset(), opset().matmul
    scale = 1 / np.sqrt(fixed_shape(query)[-1])
    if len(step.inputs) == 5:
        if np.any(step.numbers(3)):
            raise step.refused()
        scale = float(step.numbers(4).ravel()[0])
    closeness = ops.multiply(matmul(query, key, False, True), constant_node(scale))
    share = ops.softmax(closeness, -1).output(0)
    if place == 2:
        return summed_to(matmul(share, step.gradient, True, False).output(0), fixed_shape(value))
    by_share = matmul(step.gradient, value, False, True).output(0)
    by_closeness = ops.multiply(_softmax_back(share, by_share, -1), constant_node(scale))
    found = matmul(by_closeness, (key, query)[place], place == 1, False).output(0)
    return summed_to(found, fixed_shape(step.inputs[place]))


def _kept_axes(step: Step) -> tuple[int, ...]:
    """Shape of a reduced tensor with the axes that went as 1."""
    shape = list(fixed_shape(step.inputs[0]))
    for axis in np.atleast_1d(step.numbers(1)):
        shape[int(axis)] = 1
    return tuple(shape)


def _spread(step: Step, tensor: Tensor, factor: Any = 1.0) -> Tensor:
    shape = fixed_shape(step.inputs[0])
    kept = opset().multiply(reshaped(tensor, _kept_axes(step)), constant_node(factor))
    return opset().broadcast(kept, integers(shape)).output(0)


def _added(step: Step, _place: int) -> Tensor:
    return _spread(step, step.gradient)


def _averaged(step: Step, _place: int) -> Tensor:
    share = np.prod(_kept_axes(step)) / np.prod(fixed_shape(step.inputs[0]))
    return _spread(step, step.gradient, share)


def _extreme(step: Step, _place: int) -> Tensor:
    """To all places that have the largest or smallest number, in equal shares, as TensorFlow has it."""
    ops = opset()
    kept = reshaped(step.output, _kept_axes(step))
    here = ops.convert(ops.equal(step.inputs[0], kept), "f32")
    axes = integers([int(axis) for axis in np.atleast_1d(step.numbers(1))])
    share = ops.divide(here, ops.reduce_sum(here, axes, keep_dims=True))
    return ops.multiply(share, reshaped(step.gradient, _kept_axes(step))).output(0)


def _normalised(step: Step, place: int) -> Tensor:
    """Of (x - mean) / deviation over some axes."""
    if place or len(step.inputs) != 2:
        raise step.refused()
    ops, attributes = opset(), step.attributes
    axes = integers([int(axis) for axis in np.atleast_1d(step.numbers(1))])

    def mean(tensor: Any) -> Any:
        return ops.reduce_mean(tensor, axes, keep_dims=True)

    rest = ops.subtract(step.gradient, mean(step.gradient))
    if not attributes["normalize_variance"]:
        return rest.output(0)
    away = ops.subtract(step.inputs[0], mean(step.inputs[0]))
    variance, small = mean(ops.multiply(away, away)), constant_node(attributes["eps"])
    if str(attributes["eps_mode"]).lower().endswith("inside_sqrt"):
        deviation = plain = ops.sqrt(ops.add(variance, small))
    else:
        plain = ops.sqrt(variance)
        deviation = ops.add(plain, small)
    along = ops.divide(mean(ops.multiply(step.gradient, away)), ops.multiply(plain, deviation))
    return ops.divide(ops.subtract(rest, ops.multiply(away, along)), deviation).output(0)


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "MatMul": _multiplied,
        "Softmax": _softmax,
        "LogSoftmax": _log_softmax,
        "ScaledDotProductAttention": _attended,
        "ReduceSum": _added,
        "ReduceMean": _averaged,
        "ReduceMax": _extreme,
        "ReduceMin": _extreme,
        "MVN": _normalised,
    }
)
