"""Convolutions, pooling and normalisations of ONNX as layers of Keras.

Kernels (O, I, h, w) become (h, w, I, O). What is padded is padded by a layer of its own, as the file says,
unless "same" means just that.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from model_store.converting.values import Conversion, Placed, Value, constant, no_layer, placed
from model_store.scan.exchange.onnx_format import OnnxNode

MOST_GROUPS = 8
"""Each becomes a layer of its own, so that many would take minutes to build."""
LOWEST = float(np.finfo(np.float32).min)
Pads = tuple[tuple[int, int], tuple[int, int]]
"""Rows above and below, columns at the left and at the right."""


def _pair(node: OnnxNode, name: str, default: tuple[int, int] = (1, 1)) -> tuple[int, int]:
    values = tuple(node.attributes.get(name, default))
    if len(values) != 2:
        raise no_layer(node, "not of two dimensions")
    return values[0], values[1]


def _pads(node: OnnxNode, size_hw: tuple[int | None, ...], kernel: tuple[int, int]) -> Pads:
    """How many rows and columns are added; ``kernel`` is its reach, holes counted."""
    auto = node.attributes.get("auto_pad", "NOTSET")
    if auto in ("NOTSET", ""):
        top, left, bottom, right = node.attributes.get("pads", (0, 0, 0, 0))
        return (top, bottom), (left, right)
    if auto == "VALID":
        return (0, 0), (0, 0)
    strides, found = _pair(node, "strides"), []
    for side, step, reach in zip(size_hw, strides, kernel, strict=True):
        if side is None and step > 1:
            raise no_layer(node, f"auto_pad={auto} for images of any size")
        total = max((-(-(side or 1) // step) - 1) * step + reach - (side or 1), 0) if side else reach - 1
        small, large = total // 2, total - total // 2
        found.append((small, large) if auto == "SAME_UPPER" else (large, small))
    return found[0], found[1]


def _reach(kernel: tuple[int, ...], dilations: tuple[int, int]) -> tuple[int, int]:
    return (kernel[0] - 1) * dilations[0] + 1, (kernel[1] - 1) * dilations[1] + 1


def _is_same(pads: Pads, reach: tuple[int, int], strides: tuple[int, int]) -> bool:
    """Whether these pads are what Keras calls "same"."""
    return strides == (1, 1) and all(
        pad == ((length - 1) // 2, (length - 1) // 2) and length % 2
        for pad, length in zip(pads, reach, strict=True)
    )


def _padded(made: Conversion, node: OnnxNode, tensor: Any, pads: Pads) -> Any:
    if not any((*pads[0], *pads[1])):
        return tensor
    return made.layers.ZeroPadding2D(pads, name=made.name(node, ".pad"))(tensor)


def convolution(made: Conversion, node: OnnxNode, inputs: list[Value | None]) -> Placed:
    """Conv: plain, in groups, or of each channel alone."""
    value = placed(node, inputs, ("nchw",))
    weights, bias = constant(node, inputs, 1), constant(node, inputs, 2)
    if weights is None or weights.ndim != 4:
        raise no_layer(node, "not of two dimensions")
    strides, dilations = _pair(node, "strides"), _pair(node, "dilations")
    if max(strides) > 1 and max(dilations) > 1:
        raise no_layer(node, "strides and dilations")
    reach = _reach(weights.shape[2:], dilations)
    pads = _pads(node, value.shape[2:], reach)
    same = _is_same(pads, reach, strides)
    tensor = value.tensor if same else _padded(made, node, value.tensor, pads)
    options = {
        "strides": strides,
        "dilation_rate": dilations,
        "padding": "same" if same else "valid",
        "use_bias": bias is not None,
    }
    if not _is_each_alone(node, weights, strides):
        return Placed(_in_groups(made, node, tensor, (weights, bias, options)), "nchw")
    groups, (count, _, height, width) = node.attributes["group"], weights.shape
    times = count // groups
    layer = made.layers.DepthwiseConv2D(
        (height, width), depth_multiplier=times, name=made.name(node), **options
    )
    outputs = layer(tensor)
    kernel = weights.reshape(groups, times, height, width).transpose(2, 3, 0, 1)
    layer.set_weights([kernel, *([] if bias is None else [bias])])
    return Placed(outputs, "nchw")


def _is_each_alone(node: OnnxNode, weights: np.ndarray, strides: tuple[int, int]) -> bool:
    """Whether each channel has kernels of its own, in a way that TensorFlow has."""
    return node.attributes.get("group", 1) > 1 and weights.shape[1] == 1 and strides[0] == strides[1]


def _in_groups(
    made: Conversion, node: OnnxNode, tensor: Any, said: tuple[np.ndarray, np.ndarray | None, dict[str, Any]]
) -> Any:
    """A convolution for each group, joined; TensorFlow has no gradient of grouped ones on processors."""
    weights, bias, options = said
    groups, (count, depth, height, width) = node.attributes.get("group", 1), weights.shape
    if groups > MOST_GROUPS:
        raise no_layer(node, f"{groups} groups")
    step, found = count // groups, []
    for index in range(groups):
        part = tensor if groups == 1 else tensor[..., index * depth : (index + 1) * depth]
        ending = "" if groups == 1 else f".{index + 1}"
        layer = made.layers.Conv2D(step, (height, width), name=made.name(node, ending), **options)
        found.append(layer(part))
        own = slice(index * step, (index + 1) * step)
        layer.set_weights([weights[own].transpose(2, 3, 1, 0), *([] if bias is None else [bias[own]])])
    return found[0] if groups == 1 else made.layers.Concatenate(name=made.name(node))(found)


def transposed_convolution(made: Conversion, node: OnnxNode, inputs: list[Value | None]) -> Placed:
    """ConvTranspose: what it adds at the edges is cut off afterwards, as the file says."""
    value = placed(node, inputs, ("nchw",))
    weights, bias = constant(node, inputs, 1), constant(node, inputs, 2)
    plain = node.attributes.get("group", 1) == 1 and _pair(node, "dilations") == (1, 1)
    explicit = node.attributes.get("auto_pad", "NOTSET") in ("NOTSET", "VALID")
    if weights is None or weights.ndim != 4 or not plain or not explicit or "output_shape" in node.attributes:
        raise no_layer(node, "in groups, with dilations or a given shape")
    kernel, strides = weights.shape[2:], _pair(node, "strides")
    top, left, bottom, right = node.attributes.get("pads", (0, 0, 0, 0))
    more = _pair(node, "output_padding", (0, 0))
    spare = tuple(max(step - length, 0) for step, length in zip(strides, kernel, strict=True))
    cut = (top, bottom - more[0] + spare[0]), (left, right - more[1] + spare[1])
    if min((*cut[0], *cut[1])) < 0:
        raise no_layer(node, "output_padding")
    layer = made.layers.Conv2DTranspose(
        weights.shape[1], kernel, strides, use_bias=bias is not None, name=made.name(node)
    )
    outputs = layer(value.tensor)
    layer.set_weights([weights.transpose(2, 3, 1, 0), *([] if bias is None else [bias])])
    if any((*cut[0], *cut[1])):
        outputs = made.layers.Cropping2D(cut, name=made.name(node, ".cut"))(outputs)
    return Placed(outputs, "nchw")


def _spare(node: OnnxNode, size_hw: tuple[int | None, ...], pads: Pads) -> Pads:
    """The same pads, with what ``ceil_mode`` adds behind so that a last window fits."""
    if not node.attributes.get("ceil_mode", 0):
        return pads
    kernel, strides, found = _pair(node, "kernel_shape"), _pair(node, "strides"), []
    for side, length, step, (before, after) in zip(size_hw, kernel, strides, pads, strict=True):
        if side is None:
            raise no_layer(node, "ceil_mode for images of any size")
        windows = -(-(side + before + after - length) // step) + 1
        windows -= (windows - 1) * step >= side + before  # a window may not begin behind the map
        found.append((before, after + max((windows - 1) * step + length - side - before - after, 0)))
    return found[0], found[1]


def largest(made: Conversion, node: OnnxNode, inputs: list[Value | None]) -> Placed:
    """MaxPool: what is added never wins."""
    value, kernel = placed(node, inputs, ("nchw",)), _pair(node, "kernel_shape")
    if _pair(node, "dilations") != (1, 1) or len(node.outputs) > 1:
        raise no_layer(node, "with dilations or places")
    pads = _spare(node, value.shape[2:], _pads(node, value.shape[2:], kernel))
    tensor = value.tensor
    if any((*pads[0], *pads[1])):
        tensor = made.ops.pad(tensor, ((0, 0), *pads, (0, 0)), constant_values=LOWEST)
    strides = _pair(node, "strides")
    return value.like(made.layers.MaxPooling2D(kernel, strides, name=made.name(node))(tensor))


def average(made: Conversion, node: OnnxNode, inputs: list[Value | None]) -> Placed:
    """AveragePool: of what is in the map alone, or of what is added, too."""
    value, kernel = placed(node, inputs, ("nchw",)), _pair(node, "kernel_shape")
    strides, pads = _pair(node, "strides"), _pads(node, value.shape[2:], kernel)
    if _pair(node, "dilations") != (1, 1) or node.attributes.get("ceil_mode", 0):
        raise no_layer(node, "with dilations or ceil_mode")
    same = _is_same(pads, kernel, strides) and not node.attributes.get("count_include_pad", 0)
    if any((*pads[0], *pads[1])) and not same and not node.attributes.get("count_include_pad", 0):
        raise no_layer(node, "pads that are not counted")
    tensor = value.tensor if same else _padded(made, node, value.tensor, pads)
    padding = "same" if same else "valid"
    layer = made.layers.AveragePooling2D(kernel, strides, padding, name=made.name(node))
    return value.like(layer(tensor))


def of_all_places(made: Conversion, node: OnnxNode, inputs: list[Value | None]) -> Placed:
    """GlobalAveragePool and GlobalMaxPool; the two axes of the places stay."""
    value = placed(node, inputs, ("nchw",))
    layers = made.layers
    kind = {"GlobalMaxPool": layers.GlobalMaxPooling2D}.get(node.operation, layers.GlobalAveragePooling2D)
    return value.like(kind(keepdims=True, name=made.name(node))(value.tensor))


def batch_normalisation(made: Conversion, node: OnnxNode, inputs: list[Value | None]) -> Placed:
    """BatchNormalization as it is after training."""
    value = placed(node, inputs, ("nchw", "plain"))
    numbers = [constant(node, inputs, place) for place in range(1, 5)]
    if any(one is None for one in numbers) or value.rank not in (2, 4):
        raise no_layer(node, "without statistics")
    layer = made.layers.BatchNormalization(epsilon=node.attributes.get("epsilon", 1e-5), name=made.name(node))
    outputs = layer(value.tensor)
    layer.set_weights(numbers)
    return value.like(outputs)


def layer_normalisation(made: Conversion, node: OnnxNode, inputs: list[Value | None]) -> Placed:
    """LayerNormalization over the channels alone."""
    value = placed(node, inputs)
    scale, shift = constant(node, inputs, 1), constant(node, inputs, 2)
    if value.axis(node.attributes.get("axis", -1)) != value.rank - 1 or scale is None:
        raise no_layer(node, "over places")
    epsilon = node.attributes.get("epsilon", 1e-5)
    layer = made.layers.LayerNormalization(epsilon=epsilon, center=shift is not None, name=made.name(node))
    outputs = layer(value.tensor)
    layer.set_weights([scale, *([] if shift is None else [shift])])
    return value.like(outputs)


HANDLERS: Mapping[str, Any] = {
    "Conv": convolution,
    "ConvTranspose": transposed_convolution,
    "MaxPool": largest,
    "AveragePool": average,
    "GlobalAveragePool": of_all_places,
    "GlobalMaxPool": of_all_places,
    "BatchNormalization": batch_normalisation,
    "LayerNormalization": layer_normalisation,
}
"""By operation."""
