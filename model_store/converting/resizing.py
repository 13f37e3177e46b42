"""Resizing of maps as ONNX describes it, as a layer of Keras.

PyTorch exports bilinear enlargement with half-pixel centres, or with aligned corners, and nearest neighbours
counted from the corner. TensorFlow's plain operations do the same.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from model_store.base import runtime
from model_store.converting.values import Conversion, Placed, Side, Value, constant, no_layer, placed
from model_store.scan.exchange.onnx_format import OnnxNode

RESIZING = "MapResizing"
"""Name of the layer's class."""

_WAYS: Mapping[tuple[str, str], str] = {
    ("linear", "half_pixel"): "half_pixel",
    ("linear", "pytorch_half_pixel"): "half_pixel",
    ("linear", "align_corners"): "align_corners",
    ("nearest", "asymmetric"): "nearest",
}
"""Mode, and where the places of the large map lie in the small one."""


@cache
def resizing_layer() -> Any:
    """The class of the layer, which needs Keras to be made."""
    keras, tf = runtime.keras(), runtime.tensorflow()
    raw = tf.raw_ops
    ways = {
        "half_pixel": lambda maps, size: raw.ResizeBilinear(images=maps, size=size, half_pixel_centers=True),
        "align_corners": lambda maps, size: raw.ResizeBilinear(images=maps, size=size, align_corners=True),
        "nearest": lambda maps, size: raw.ResizeNearestNeighbor(images=maps, size=size),
    }

    class MapResizing(keras.layers.Layer):  # type: ignore[misc, name-defined]
        """Maps resized to a size, by a factor, or to the size of other maps.

        Args:
            way: how.
            factor: of height and width; None for a size.
            size_hw: height and width; None for that of other maps, which are given as well.
        """

        def __init__(
            self, way: str, factor: tuple[int, int] | None, size_hw: tuple[int, int] | None, name: str
        ) -> None:
            super().__init__(name=name)
            self._way, self._factor, self._size = way, factor, size_hw

        def call(self, maps: Any, like: Any = None) -> Any:
            if self._size is not None:
                size = tf.constant(self._size, tf.int32)
            elif like is not None:
                size = tf.shape(like)[1:3]
            else:
                size = tf.shape(maps)[1:3] * tf.constant(self._factor, tf.int32)
            return ways[self._way](maps, size)

        def compute_output_shape(self, maps_shape: Any, like_shape: Any = None) -> Any:
            other = self._grown(maps_shape[1:3]) if like_shape is None else like_shape[1:3]
            return (maps_shape[0], *(self._size or other), maps_shape[3])

        def _grown(self, sides: Any) -> tuple[int | None, ...]:
            factors = self._factor or (1, 1)
            return tuple(side and side * factor for side, factor in zip(sides, factors, strict=True))

    return MapResizing


def resize(made: Conversion, node: OnnxNode, inputs: list[Value | None]) -> Placed:
    """Resize, and Upsample of older files."""
    value = placed(node, inputs, ("nchw",))
    scales, sizes = _wanted(node, inputs)
    layer_type, name = resizing_layer(), made.name(node)
    if sizes is not None:
        sides = sizes[-2:]
        if all(isinstance(side, Side) for side in sides):
            return value.like(
                layer_type(_way(made, node), None, None, name)(value.tensor, _like(node, sides))
            )
        if any(isinstance(side, Side) for side in sides):
            raise no_layer(node, "to computed sizes")
        size_hw = (int(sides[0]), int(sides[1]))
        return value.like(layer_type(_way(made, node), None, size_hw, name)(value.tensor))
    if scales is None or len(scales) != 4 or tuple(scales[:2]) != (1, 1):
        raise no_layer(node, "of channels")
    return value.like(_by_factor(made, node, value, (float(scales[2]), float(scales[3])), name))


def _wanted(node: OnnxNode, inputs: list[Value | None]) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Factors, or sizes, of all axes."""
    if node.operation == "Upsample":
        scales = node.attributes.get("scales")
        return (constant(node, inputs, 1) if scales is None else np.array(scales)), None
    scales, sizes = constant(node, inputs, 2), constant(node, inputs, 3)
    if "axes" in node.attributes:
        raise no_layer(node, "of some axes")
    return (scales if scales is not None and scales.size else None), sizes


def _way(made: Conversion, node: OnnxNode) -> str:
    said, old = node.attributes, node.operation == "Upsample" or made.graph.opset < 11
    mode = said.get("mode", "nearest")
    places = "asymmetric" if old else said.get("coordinate_transformation_mode", "half_pixel")
    floor = said.get("nearest_mode", "round_prefer_floor") == "floor" or old
    plain = not said.get("antialias", 0) and (mode != "nearest" or floor)
    if (mode, places) not in _WAYS or not plain:
        raise no_layer(node, f"{mode}, {places}")
    return _WAYS[mode, places]


def _by_factor(
    made: Conversion, node: OnnxNode, value: Placed, factors: tuple[float, float], name: str
) -> Any:
    sides = value.shape[2:]
    whole = all(factor == int(factor) and factor >= 1 for factor in factors)
    if whole:
        layer = resizing_layer()(_way(made, node), (int(factors[0]), int(factors[1])), None, name)
        return layer(value.tensor)
    if None in sides:
        raise no_layer(node, "by fractions, for images of any size")
    size = [int(np.floor((side or 0) * factor)) for side, factor in zip(sides, factors, strict=True)]
    return resizing_layer()(_way(made, node), None, (size[0], size[1]), name)(value.tensor)


def _like(node: OnnxNode, sides: np.ndarray) -> Any:
    """The maps whose height and width these are."""
    first, second = sides
    if (
        first.of.tensor is not second.of.tensor
        or first.of.layout != "nchw"
        or (first.axis, second.axis) != (2, 3)
    ):
        raise no_layer(node, "to computed sizes")
    return first.of.tensor


HANDLERS: Mapping[str, Any] = {"Resize": resize, "Upsample": resize}
"""By operation."""
