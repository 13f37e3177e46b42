"""Operations of OpenVINO while a graph of derivatives is built: what a rule is given, what it often needs.

OpenVINO has no derivatives of its own for a network that it has read. They are short here because shapes are
fixed before: broadcasting, padding and the sizes of slices are known numbers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any

import numpy as np

from engine.errors import ModelError
from engine.phrase import later

Tensor = Any
"""Output of an operation: ``openvino.Output``."""

NO_DERIVATIVE = later("the operation {operation} has no derivative here")


class NoDerivativeError(ModelError):
    """An operation of a network, or its way of being used, that no rule is known for."""

    def __init__(self, operation: str) -> None:
        super().__init__(NO_DERIVATIVE, operation=operation)


def opset() -> Any:
    """The operations of OpenVINO, imported when they are needed."""
    return import_module("openvino.opset13")


def fixed_shape(tensor: Tensor) -> tuple[int, ...]:
    """The fixed shape of a tensor."""
    return tuple(tensor.get_shape())


def tensor_name(tensor: Tensor) -> tuple[str, int]:
    """What tells a tensor from all others of its graph."""
    return tensor.get_node().get_name(), tensor.get_index()


def constant_node(values: Any, dtype: Any = np.float32) -> Tensor:
    """Numbers as a tensor."""
    return opset().constant(np.asarray(values, dtype)).output(0)


def integers(values: Sequence[int]) -> Tensor:
    """Places or sizes as a tensor."""
    return constant_node(list(values), np.int64)


def copied(weights: Tensor) -> Tensor:
    """The same numbers as a constant of their own, where they are constant: OpenVINO 2026.4 turns weights of
    transposed convolutions and of products in place, and whoever shares them gets other numbers.
    """
    node = weights.get_node()
    return constant_node(np.array(node.data)) if node.get_type_name() == "Constant" else weights


@dataclass(frozen=True, eq=False)
class Gate:
    """What ReLUs let pass on the way back; see ``engine.model.ReluRule``.

    Attributes:
        silent: 1 where a signal passes a unit that is silent, else 0: float32 (), or None for 0.
        negative: 1 where it passes when it is negative, else 0: float32 (), or None for 1.
    """

    silent: Tensor | None = None
    negative: Tensor | None = None

    def __call__(self, active: Tensor, gradient: Tensor) -> Tensor:
        """What passes of a gradient where units are ``active``, a mask of 0 and 1 of the same shape."""
        ops = opset()
        if self.negative is not None:
            gradient = ops.maximum(gradient, ops.multiply(gradient, self.negative)).output(0)
        if self.silent is not None:
            active = ops.maximum(active, self.silent).output(0)
        return ops.multiply(gradient, active).output(0)


@dataclass(frozen=True, eq=False)
class Step:
    """One operation on the way back.

    Attributes:
        node: the operation.
        gradient: derivative of the score by its output.
        place: of that output among those of the operation.
        gate: what ReLUs let pass.
    """

    node: Any
    gradient: Tensor
    place: int
    gate: Gate

    @cached_property
    def inputs(self) -> tuple[Tensor, ...]:
        """What it was given."""
        return tuple(self.node.input_value(place) for place in range(self.node.get_input_size()))

    @property
    def output(self) -> Tensor:
        """What it gave."""
        return self.node.output(self.place)

    @cached_property
    def attributes(self) -> dict[str, Any]:
        """How it works."""
        found: dict[str, Any] = self.node.get_attributes()
        return found

    def numbers(self, place: int) -> Any:
        """An input that is constant, as an array.

        Raises:
            NoDerivativeError: it is not.
        """
        node = self.inputs[place].get_node()
        if node.get_type_name() != "Constant":
            raise self.refused()
        return np.asarray(node.data)

    def refused(self) -> NoDerivativeError:
        """The error that says so of this operation."""
        return NoDerivativeError(self.node.get_type_name())


Rule = Callable[[Step, int], Tensor]
"""Derivative of the score by one input, whose place is given."""


def summed_to(gradient: Tensor, shape: tuple[int, ...]) -> Tensor:
    """The gradient of a tensor that was broadcast: summed over what it was repeated along."""
    ops, found = opset(), fixed_shape(gradient)
    if found == shape:
        return gradient
    missing = len(found) - len(shape)
    padded = (1,) * missing + shape
    axes = [axis for axis, (one, all_) in enumerate(zip(padded, found, strict=True)) if one != all_]
    if axes:
        gradient = ops.reduce_sum(gradient, integers(axes), keep_dims=True).output(0)
    return reshaped(gradient, shape)


def reshaped(tensor: Tensor, shape: tuple[int, ...]) -> Tensor:
    """The same numbers in another shape."""
    if fixed_shape(tensor) == shape:
        return tensor
    return opset().reshape(tensor, integers(shape), special_zero=False).output(0)


def padded(tensor: Tensor, before: Sequence[int], after: Sequence[int], value: float = 0.0) -> Tensor:
    """A tensor with so many places more on each side of each axis; negative ones are cut off."""
    ops = opset()
    shape = fixed_shape(tensor)
    first = [max(-side, 0) for side in before]
    last = [length - max(-side, 0) for length, side in zip(shape, after, strict=True)]
    if any(first) or tuple(last) != shape:
        tensor = ops.slice(tensor, integers(first), integers(last), integers([1] * len(shape))).output(0)
    begin, end = [max(side, 0) for side in before], [max(side, 0) for side in after]
    if not any((*begin, *end)):
        return tensor
    return ops.pad(tensor, integers(begin), integers(end), "constant", constant_node(value)).output(0)


def turned(tensor: Tensor, order: Sequence[int]) -> Tensor:
    """A tensor with its axes in another order."""
    return opset().transpose(tensor, integers(order)).output(0)
