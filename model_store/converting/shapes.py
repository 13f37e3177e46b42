"""Operations of ONNX that move, join and flatten, as layers of Keras."""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import numpy as np

from model_store.converting.values import Conversion, Placed, Side, Value, constant, no_layer, placed
from model_store.scan.exchange.onnx_format import OnnxNode

_ROTATIONS = {("nchw", (0, 2, 3, 1)): "nhwc", ("nhwc", (0, 3, 1, 2)): "nchw"}
"""Transpositions that say the same in another order."""


def _axes(node: OnnxNode, inputs: list[Value | None], place: int = 1) -> tuple[int, ...] | None:
    """Axes given as an attribute or, in newer files, as an input."""
    if "axes" in node.attributes:
        return tuple(node.attributes["axes"])
    found = constant(node, inputs, place)
    return None if found is None else tuple(int(axis) for axis in np.atleast_1d(found))


def flattened(made: Conversion, node: OnnxNode, value: Placed) -> Placed:
    """(N, F) of maps, with what is needed to find each number again."""
    if value.rank == 2:
        return value
    tensor = made.layers.Flatten(name=made.name(node))(value.tensor)
    if value.layout != "nchw" or value.shape[2:] == (1, 1):
        return Placed(tensor)
    sides = value.shape[1:]
    if None in sides:
        raise no_layer(node, "for images of any size")
    return Placed(tensor, order_chw=(int(sides[0] or 0), int(sides[1] or 0), int(sides[2] or 0)))


def flatten(made: Conversion, node: OnnxNode, inputs: list[Value | None]) -> Placed:
    """Flatten behind the number of images."""
    value = placed(node, inputs)
    if node.attributes.get("axis", 1) not in (1, 1 - value.rank):
        raise no_layer(node, "of other axes")
    return flattened(made, node, value)


def reshape(made: Conversion, node: OnnxNode, inputs: list[Value | None]) -> Placed:
    """Reshape that flattens, that gives channels their two axes back, or that changes nothing."""
    value, target = placed(node, inputs), constant(node, inputs, 1)
    wanted: list[Any] = [] if target is None else list(np.atleast_1d(target))
    if len(wanted) == 2 and _is_flat(value, wanted):
        return flattened(made, node, value)
    if value.rank == 2 and len(wanted) == 4 and [*wanted[2:]] == [1, 1] and value.order_chw is None:
        return _with_places(made, node, value)
    if len(wanted) == value.rank and all(map(_is_kept, wanted, value.shape, range(value.rank))):
        return value
    raise no_layer(node, f"to {len(wanted)} axes")


def _is_flat(value: Placed, wanted: Sequence[Any]) -> bool:
    """Whether a target (N, F) has all numbers of an image in a row."""
    first, second = wanted
    sides = value.shape[1:]
    total = None if None in sides else prod(int(side or 0) for side in sides)
    is_number = first in (-1, 0, 1) or (isinstance(first, Side) and first.axis == 0)
    return is_number and (second == total or (second == -1 and first != -1))


def _is_kept(wanted: Any, side: int | None, axis: int) -> bool:
    if isinstance(wanted, Side):
        return wanted.axis == axis
    return wanted == 0 or wanted == side or (axis == 0 and wanted in (-1, 1))


def _with_places(made: Conversion, node: OnnxNode, value: Placed) -> Placed:
    """(N, C, 1, 1) of (N, C)."""
    channels = value.tensor.shape[-1]
    return Placed(made.layers.Reshape((1, 1, channels), name=made.name(node))(value.tensor), "nchw")


def squeeze(made: Conversion, node: OnnxNode, inputs: list[Value | None]) -> Placed:
    """Squeeze of the two axes of the places."""
    value, axes = placed(node, inputs, ("nchw",)), _axes(node, inputs)
    both = axes is None or {axis % 4 for axis in axes} == {2, 3}
    if not both or value.shape[2:] != (1, 1):
        raise no_layer(node, "of other axes")
    return flattened(made, node, value)


def unsqueeze(made: Conversion, node: OnnxNode, inputs: list[Value | None]) -> Placed:
    """Unsqueeze that gives channels two axes of places."""
    value, axes = placed(node, inputs), _axes(node, inputs) or ()
    if value.rank != 2 or value.order_chw or {axis % 4 for axis in axes} != {2, 3}:
        raise no_layer(node, "of other axes")
    return _with_places(made, node, value)


def transpose(made: Conversion, node: OnnxNode, inputs: list[Value | None]) -> Placed:
    """Transpose between the two orders of a map, where nothing has to move."""
    value, turn = placed(node, inputs), tuple(node.attributes.get("perm", ()))
    found = _ROTATIONS.get((value.layout, turn))
    if found is None:
        raise no_layer(node, f"perm={list(turn)}")
    return Placed(value.tensor, "nchw" if found == "nchw" else "nhwc")


def join(made: Conversion, node: OnnxNode, inputs: list[Value | None]) -> Placed:
    """Concat of maps along the channels, or of any values of the same order."""
    values = [value for value in inputs if isinstance(value, Placed)]
    alike = {(value.layout, value.rank) for value in values}
    if len(values) < len(inputs) or len(alike) != 1 or any(value.order_chw for value in values):
        raise no_layer(node, "of values in different orders")
    axis = values[0].axis(node.attributes["axis"])
    if axis == 0:
        raise no_layer(node, "of images")
    layer = made.layers.Concatenate(axis, name=made.name(node))
    return values[0].like(layer([value.tensor for value in values]))


def pad(made: Conversion, node: OnnxNode, inputs: list[Value | None]) -> Placed:
    """Pad of the places of a map, with zeros or by reflection."""
    value = placed(node, inputs, ("nchw",))
    given, filling = constant(node, inputs, 1), constant(node, inputs, 2)
    counts = [int(one) for one in (node.attributes.get("pads", ()) if given is None else given)]
    filled = float(node.attributes.get("value", 0.0) if filling is None or not filling.size else filling)
    mode = node.attributes.get("mode", "constant")
    if len(counts) != 8 or any((*counts[:2], *counts[4:6])) or min(counts) < 0 or len(inputs) > 3:
        raise no_layer(node, "of channels")
    places = (counts[2], counts[6]), (counts[3], counts[7])
    if mode == "constant" and filled == 0:
        return value.like(made.layers.ZeroPadding2D(places, name=made.name(node))(value.tensor))
    if mode != "reflect":
        raise no_layer(node, mode)
    return value.like(made.ops.pad(value.tensor, ((0, 0), *places, (0, 0)), mode="reflect"))


def mean(made: Conversion, node: OnnxNode, inputs: list[Value | None]) -> Placed:
    """ReduceMean and ReduceMax over all places."""
    value, axes = placed(node, inputs, ("nchw",)), _axes(node, inputs) or ()
    if {axis % 4 for axis in axes} != {2, 3}:
        raise no_layer(node, "over other axes than the places")
    layers = made.layers
    kind = layers.GlobalMaxPooling2D if node.operation == "ReduceMax" else layers.GlobalAveragePooling2D
    keep = bool(node.attributes.get("keepdims", 1))
    outputs = kind(keepdims=keep, name=made.name(node))(value.tensor)
    return value.like(outputs) if keep else Placed(outputs)


def cut(made: Conversion, node: OnnxNode, inputs: list[Value | None]) -> Placed:
    """Slice with steps of 1."""
    value = placed(node, inputs)
    starts, ends, axes, steps = (constant(node, inputs, place) for place in range(1, 5))
    if (
        starts is None
        or ends is None
        or any(one is not None and one.dtype == object for one in (starts, ends))
    ):
        raise no_layer(node, "with computed ends")
    if steps is not None and any(steps != 1):
        raise no_layer(node, "with steps")
    places = range(len(starts)) if axes is None else [int(axis) for axis in axes]
    parts = [slice(None)] * value.rank
    for axis, start, end in zip(places, starts, ends, strict=True):
        parts[value.axis(axis)] = slice(int(start), None if end > 2**31 - 2 else int(end))
    if parts[0] != slice(None):
        raise no_layer(node, "of images")
    return value.like(value.tensor[tuple(parts)])


def split_parts(made: Conversion, node: OnnxNode, inputs: list[Value | None]) -> tuple[Placed, ...]:
    """Split along one axis."""
    value, given = placed(node, inputs), constant(node, inputs, 1)
    axis = value.axis(node.attributes.get("axis", 0))
    side, count = value.tensor.shape[axis], len(node.outputs)
    sizes = [int(one) for one in (node.attributes.get("split", ()) if given is None else given)]
    if not sizes and side is not None:
        step = -(-side // count)
        sizes = [min(step, side - step * index) for index in range(count)]
    if axis == 0 or len(sizes) != count or sum(sizes) != side:
        raise no_layer(node, "of images")
    ends = np.cumsum(sizes)
    parts = [[slice(None)] * value.rank for _ in sizes]
    for part, end, size in zip(parts, ends, sizes, strict=True):
        part[axis] = slice(int(end) - size, int(end))
    return tuple(value.like(value.tensor[tuple(part)]) for part in parts)


def shape_of(made: Conversion, node: OnnxNode, inputs: list[Value | None]) -> np.ndarray:
    """The lengths of all axes; those that a picture decides are known by name."""
    value = placed(node, inputs)
    sides: list[Any] = [Side(value, axis) if side is None else side for axis, side in enumerate(value.shape)]
    first, last = node.attributes.get("start", 0), node.attributes.get("end", len(sides))
    found = np.empty(len(sides), object)
    found[:] = sides
    found = found[first:last]
    return found if any(isinstance(side, Side) for side in found) else found.astype(np.int64)


HANDLERS: Mapping[str, Any] = {
    "Concat": join,
    "Flatten": flatten,
    "Pad": pad,
    "ReduceMax": mean,
    "ReduceMean": mean,
    "Reshape": reshape,
    "Shape": shape_of,
    "Slice": cut,
    "Split": split_parts,
    "Squeeze": squeeze,
    "Transpose": transpose,
    "Unsqueeze": unsqueeze,
}
"""By operation."""
