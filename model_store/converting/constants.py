"""Operations of ONNX on constants, which are computed once: sizes for the most part.

Lengths that only a picture decides (``Side``) pass through those that move numbers without looking at them.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from model_store.scan.exchange.onnx_format import OnnxNode

MOST_NUMBERS = 2**24
"""Of a constant that is computed."""

_TYPES = {1: np.float32, 6: np.int32, 7: np.int64, 9: np.bool_, 10: np.float16, 11: np.float64}


def _axes(node: OnnxNode, arrays: list[Any]) -> tuple[int, ...] | None:
    if "axes" in node.attributes:
        return tuple(node.attributes["axes"])
    return tuple(int(axis) for axis in np.atleast_1d(arrays[1])) if len(arrays) > 1 else None


def _constant(node: OnnxNode, _: list[Any]) -> np.ndarray:
    names = {
        "value_float": np.float32,
        "value_int": np.int64,
        "value_floats": np.float32,
        "value_ints": np.int64,
    }
    said = node.attributes
    if "value" in said:
        return np.asarray(said["value"])
    name = next(name for name in names if name in said)
    return np.array(said[name], names[name])


def _cast(node: OnnxNode, arrays: list[Any]) -> Any:
    values = arrays[0]
    return values if values.dtype == object else values.astype(_TYPES[node.attributes["to"]])


def _filled(node: OnnxNode, arrays: list[Any]) -> np.ndarray:
    value = np.asarray(node.attributes.get("value", np.zeros(1, np.float32)))
    shape = tuple(int(side) for side in arrays[0])
    if np.prod(shape, dtype=np.float64) > MOST_NUMBERS:
        raise ValueError("a constant is far too large")
    return np.full(shape, value.ravel()[0], value.dtype)


def _gathered(node: OnnxNode, arrays: list[Any]) -> Any:
    found = np.take(arrays[0], arrays[1].astype(np.int64), axis=node.attributes.get("axis", 0))
    return np.asarray(found)


def _sliced(node: OnnxNode, arrays: list[Any]) -> Any:
    values, starts, ends, *more = arrays
    axes = more[0] if more else range(len(starts))
    steps = more[1] if len(more) > 1 else [1] * len(starts)
    parts = [slice(None)] * values.ndim
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        parts[int(axis)] = slice(int(start), int(end), int(step))
    return values[tuple(parts)]


def _squeezed(node: OnnxNode, arrays: list[Any]) -> Any:
    return np.squeeze(arrays[0], _axes(node, arrays))


def _expanded(node: OnnxNode, arrays: list[Any]) -> Any:
    return np.expand_dims(arrays[0], _axes(node, arrays) or (0,))


def _of_two(function: Callable[[Any, Any], Any]) -> Callable[[OnnxNode, list[Any]], Any]:
    return lambda _, arrays: np.asarray(function(arrays[0], arrays[1]))


def _divided(_: OnnxNode, arrays: list[Any]) -> Any:
    first, second = arrays
    whole = np.issubdtype(first.dtype, np.integer)
    return np.trunc(first / second).astype(first.dtype) if whole else np.asarray(first / second)


CONSTANTS: Mapping[str, Callable[[OnnxNode, list[Any]], Any]] = {
    "Add": _of_two(np.add),
    "Cast": _cast,
    "Concat": lambda node, arrays: np.concatenate(arrays, node.attributes["axis"]),
    "Constant": _constant,
    "ConstantOfShape": _filled,
    "Div": _divided,
    "Floor": lambda _, arrays: np.floor(arrays[0]),
    "Gather": _gathered,
    "Identity": lambda _, arrays: arrays[0],
    "Mul": _of_two(np.multiply),
    "Reshape": lambda _, arrays: arrays[0].reshape([int(side) for side in arrays[1]]),
    "Shape": lambda _, arrays: np.array(arrays[0].shape, np.int64),
    "Slice": _sliced,
    "Sqrt": lambda _, arrays: np.sqrt(arrays[0]),
    "Squeeze": _squeezed,
    "Sub": _of_two(np.subtract),
    "Transpose": lambda node, arrays: np.transpose(arrays[0], node.attributes.get("perm")),
    "Unsqueeze": _expanded,
}
"""By operation."""
