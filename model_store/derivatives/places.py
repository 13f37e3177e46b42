"""Derivatives of operations that only move numbers: shapes, axes, slices, joins, and maps made larger."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from engine.arrays import Floats
from model_store.derivatives.nodes import (
    Rule,
    Step,
    Tensor,
    constant_node,
    fixed_shape,
    integers,
    opset,
    padded,
    reshaped,
    summed_to,
    turned,
)

MOVES = frozenset({"Reshape", "Squeeze", "Unsqueeze", "Transpose"})
"""Operations that keep all numbers: what they make of a gradient is the gradient of what they make."""


def moved(node: Any, tensor: Tensor) -> Tensor:
    """What such an operation makes of another tensor of the same shape."""
    if node.get_type_name() == "Transpose":
        return turned(tensor, [int(axis) for axis in node.input_value(1).get_node().data])
    return reshaped(tensor, fixed_shape(node.output(0)))


def _reshaped(step: Step, _place: int) -> Tensor:
    return reshaped(step.gradient, fixed_shape(step.inputs[0]))


def _turned(step: Step, _place: int) -> Tensor:
    order = step.numbers(1)
    return turned(step.gradient, [int(axis) for axis in np.argsort(order)])


def _joined(step: Step, place: int) -> Tensor:
    axis = int(step.attributes["axis"]) % len(fixed_shape(step.output))
    sizes = [fixed_shape(tensor)[axis] for tensor in step.inputs]
    return _cut(step.gradient, axis, sum(sizes[:place]), sizes[place])


def _cut(tensor: Tensor, axis: int, first: int, size: int) -> Tensor:
    before, after = [0] * len(fixed_shape(tensor)), [0] * len(fixed_shape(tensor))
    before[axis] = -first
    after[axis] = first + size - fixed_shape(tensor)[axis]
    return padded(tensor, before, after)


def _divided(step: Step, place: int) -> Tensor:
    """Of one of the parts that a tensor is split into; the others add what comes by them."""
    if place:
        raise step.refused()
    axis = int(np.ravel(step.numbers(1))[0]) % len(fixed_shape(step.output))
    sizes = [fixed_shape(step.node.output(at))[axis] for at in range(step.node.get_output_size())]
    before, after = [0] * len(fixed_shape(step.output)), [0] * len(fixed_shape(step.output))
    before[axis], after[axis] = sum(sizes[: step.place]), sum(sizes[step.place + 1 :])
    return padded(step.gradient, before, after)


def _enlarged(step: Step, place: int) -> Tensor:
    if place or step.attributes["pad_mode"] != "constant":
        raise step.refused()
    begin, end = ([-int(side) for side in step.numbers(at)] for at in (1, 2))
    return padded(step.gradient, begin, end)


def _repeated(step: Step, place: int) -> Tensor:
    if place:
        raise step.refused()
    return summed_to(step.gradient, fixed_shape(step.inputs[0]))


def _put_back(step: Step, gradient: Tensor, axis: int, taken: Any) -> Tensor:
    """A gradient back where its rows along an axis were taken from, each at most once.

    Raises:
        NoDerivativeError: one was taken twice.
    """
    length = fixed_shape(step.inputs[0])[axis]
    if len(set(taken.tolist())) != len(taken):
        raise step.refused()
    if np.array_equal(taken, np.arange(length)):
        return gradient
    nothing = [0] * len(fixed_shape(gradient))
    one_more = [int(at == axis) for at in range(len(nothing))]
    ready = padded(gradient, nothing, one_more)
    back = np.full(length, len(taken))
    back[taken] = np.arange(len(taken))
    return opset().gather(ready, integers(back.tolist()), constant_node(axis, np.int64)).output(0)


def _gathered(step: Step, place: int) -> Tensor:
    taken, axis = step.numbers(1), int(np.ravel(step.numbers(2))[0]) % len(fixed_shape(step.inputs[0]))
    if place or step.attributes.get("batch_dims", 0):
        raise step.refused()
    shape = list(fixed_shape(step.inputs[0]))
    shape[axis] = taken.size
    ready = reshaped(step.gradient, tuple(shape))
    return _put_back(step, ready, axis, np.ravel(taken) % fixed_shape(step.inputs[0])[axis])


def _strided(step: Step, place: int) -> Tensor:
    """Of a slice with steps, also backwards; see TensorFlow's ``strided_slice`` for the masks."""
    masks = {
        name: list(step.attributes[f"{name}_mask"]) for name in ("begin", "end", "new_axis", "shrink_axis")
    }
    if place or any(masks["new_axis"]):
        raise step.refused()
    shape = fixed_shape(step.inputs[0])
    begin, end = (np.ravel(step.numbers(at)) for at in (1, 2))
    pace = np.ravel(step.numbers(3)) if len(step.inputs) > 3 else np.ones(len(begin), int)
    taken = [np.arange(length) for length in shape]
    for at, axis in _sliced_axes(list(step.attributes["ellipsis_mask"]), len(begin), len(shape)):
        shrunk = _flag(masks["shrink_axis"], at)
        first = None if _flag(masks["begin"], at) and not shrunk else int(begin[at])
        last = None if _flag(masks["end"], at) else int(end[at])
        whole = np.arange(shape[axis])
        taken[axis] = whole[[int(begin[at])]] if shrunk else whole[first : last : int(pace[at])]
    gradient = reshaped(step.gradient, tuple(len(rows) for rows in taken))
    for axis, rows in enumerate(taken):
        gradient = _put_back(step, gradient, axis, rows)
    return gradient


def _sliced_axes(ellipsis: list[int], count: int, rank: int) -> list[tuple[int, int]]:
    """Places in what a slice is told, and the axes that they are about; an ellipsis skips some."""
    skipped = [at for at in range(count) if _flag(ellipsis, at)]
    if not skipped:
        return [(at, at) for at in range(count)]
    (gap,) = skipped
    return [(at, at if at < gap else at + rank - count) for at in range(count) if at != gap]


def _flag(mask: list[int], axis: int) -> bool:
    return axis < len(mask) and bool(mask[axis])


def _sliced(step: Step, place: int) -> Tensor:
    if place:
        raise step.refused()
    shape = fixed_shape(step.inputs[0])
    begin, end, pace = (np.ravel(step.numbers(at)) for at in (1, 2, 3))
    axes = np.ravel(step.numbers(4)) if len(step.inputs) > 4 else np.arange(len(begin))
    gradient = step.gradient
    for axis, first, last, apart in zip(axes, begin, end, pace, strict=True):
        length = shape[int(axis)]
        taken = np.arange(length)[_python_slice(int(first), int(last), int(apart), length)]
        gradient = _put_back(step, gradient, int(axis) % len(shape), taken)
    return gradient


def _python_slice(first: int, last: int, apart: int, length: int) -> slice:
    backwards_to_the_start = apart < 0 and last < -length
    return slice(first, None if backwards_to_the_start else last, apart)


_COORDINATES: Mapping[str, Callable[[Any, int, int], Any]] = MappingProxyType(
    {
        "half_pixel": lambda at, size, target: (at + 0.5) * size / target - 0.5,
        "asymmetric": lambda at, size, target: at * size / target,
        "tf_half_pixel_for_nn": lambda at, size, target: (at + 0.5) * size / target,
        "align_corners": lambda at, size, target: at * (size - 1) / max(target - 1, 1),
    }
)
_NEAREST: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "floor": np.floor,
        "ceil": np.ceil,
        "simple": np.floor,
        "round_prefer_floor": lambda at: np.ceil(at - 0.5),
        "round_prefer_ceil": lambda at: np.floor(at + 0.5),
    }
)


def _interpolated(step: Step, place: int) -> Tensor:
    """A product with the matrix of each side that was resized."""
    attributes, shape, target = step.attributes, fixed_shape(step.inputs[0]), fixed_shape(step.output)
    named = {
        name: str(attributes[name]).lower().rpartition(".")[2]
        for name in ("mode", "coordinate_transformation_mode", "nearest_mode")
    }
    plain = (
        place == 0
        and not attributes.get("antialias")
        and named["mode"] in ("linear", "linear_onnx", "nearest")
    )
    if not plain or named["coordinate_transformation_mode"] not in _COORDINATES or len(shape) != 4:
        raise step.refused()
    gradient = step.gradient
    for axis, (size, wanted) in enumerate(zip(shape, target, strict=True)):
        if size == wanted:
            continue
        matrix = _matrix(size, wanted, named)
        gradient = _along(gradient, axis, matrix)
    return gradient


def _matrix(size: int, target: int, named: Mapping[str, str]) -> Floats:
    """float32 (target, size): how much of each old place goes into each new one."""
    at = _COORDINATES[named["coordinate_transformation_mode"]](np.arange(target), size, target)
    if named["mode"] == "nearest":
        found = np.clip(_NEAREST[named["nearest_mode"]](at), 0, size - 1).astype(int)
        return np.eye(size, dtype=np.float32)[found]
    at = np.clip(at, 0, size - 1)
    low = np.floor(at).astype(int)
    high, share = np.minimum(low + 1, size - 1), (at - low)[:, None]
    whole = np.eye(size)
    return ((1 - share) * whole[low] + share * whole[high]).astype(np.float32)


def _along(tensor: Tensor, axis: int, matrix: Floats) -> Tensor:
    """A tensor (N, C, H, W) times a matrix (old, new) along one axis."""
    matmul = opset().matmul
    if axis == 3:
        return matmul(tensor, constant_node(matrix), False, False).output(0)
    if axis == 2:
        return matmul(constant_node(matrix.T), tensor, False, False).output(0)
    order = [0, 2, 3, 1] if axis == 1 else [1, 2, 3, 0]
    last = matmul(turned(tensor, order), constant_node(matrix), False, False).output(0)
    return turned(last, [int(at) for at in np.argsort(order)])


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "Reshape": _reshaped,
        "Squeeze": _reshaped,
        "Unsqueeze": _reshaped,
        "Transpose": _turned,
        "Concat": _joined,
        "Split": _divided,
        "VariadicSplit": _divided,
        "Pad": _enlarged,
        "Broadcast": _repeated,
        "Gather": _gathered,
        "StridedSlice": _strided,
        "Slice": _sliced,
        "Interpolate": _interpolated,
    }
)
