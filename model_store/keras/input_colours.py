"""Scaling of colours that a Keras model does itself, read off the layers at its start.

A network that begins with ``Rescaling``, ``Normalization``, arithmetic with constants or a fixed 1x1
convolution says which values it is to be given: those that these layers bring to a usual range.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.arrays import AnyFloats, Floats
from model_store.base import runtime
from model_store.base.scaling import SCALINGS, Preset, Scaling
from model_store.network.graph import Walk, graph_of, name_of

_SCALING = frozenset(
    (
        *("Rescaling", "Normalization", "BatchNormalization", "Conv2D", "DepthwiseConv2D"),
        *("Add", "Subtract", "Multiply", "Divide", "TrueDivide", "Negative", "GetItem", "Stack", "Flip"),
    )
)
_PASSED = frozenset(
    (
        *("Identity", "Dropout", "GaussianNoise", "Resizing", "CenterCrop", "Cast"),
        *("RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation", "RandomContrast"),
        *("RandomBrightness", "RandomCrop", "RandomHeight", "RandomWidth"),
    )
)
"""Layers that leave colours alone when they do not learn."""
_STANDARDISING = frozenset(("Normalization", "BatchNormalization"))
_PROBE_SIDE = 16
_TOLERANCE = 0.6
"""How far the two ends of a range may be from those of a usual one together, as a share of its width."""
_WITHIN = ((-8.0, 0.1), (0.3, 12.0))
"""Values of black, and range from black to white, after a layer with the statistics of its own data."""
_NOTHING = 1e-3


def expected_preset(graph: Any) -> Preset | None:
    """The preprocessing after which the first layers give a usual range of values; None where they say
    nothing.

    Args:
        graph: of a Keras model for pictures of 1 or 3 channels.
    """
    scaling = [(path, kind) for path, kind in _start_of(graph).steps if kind in _SCALING]
    if not scaling:
        return None
    factors, shifts = _affine(graph, scaling[-1][0])
    if not _is_colourwise(factors) or _is_nothing(factors, shifts):
        return None
    standardising = any(kind in _STANDARDISING for _, kind in scaling)
    distances = {name: _distance(factors, shifts, before, standardising) for name, before in SCALINGS.items()}
    best = min(distances, key=distances.__getitem__)
    return best if distances[best] < _TOLERANCE else None


@dataclass(frozen=True)
class _Start:
    """What each pixel passes by itself, one operation after the other.

    Attributes:
        steps: path and kind of each operation; those of a model inside in place of it.
        whole: whether that is all of the graph.
    """

    steps: tuple[tuple[str, str], ...]
    whole: bool


def _start_of(graph: Any, prefix: str = "") -> _Start:
    """The operations at the start of a graph that look at single pixels."""
    tensor, steps = graph.inputs[0], list[tuple[str, str]]()
    while tensor is not graph.outputs[0]:
        node = _next_node(graph, tensor)
        found = _Start((), False) if node is None else _step_of(node.operation, prefix)
        steps.extend(found.steps)
        if not found.whole:
            return _Start(tuple(steps), False)
        tensor = node.output_tensors[0]
    return _Start(tuple(steps), True)


def _step_of(operation: Any, prefix: str) -> _Start:
    path, inner = prefix + name_of(operation), graph_of(operation)
    if inner is not None:
        return _start_of(inner, f"{path}/")
    fits = _is_colourwise_layer(operation)
    return _Start(((path, _kind(operation)),) if fits else (), fits)


def _next_node(graph: Any, tensor: Any) -> Any:
    """The one node that takes a tensor alone, or that puts its channels together again; None where there is
    none.
    """
    readers = _readers(graph, tensor)
    if len(readers) == 1 and len(readers[0].input_tensors) == 1:
        return readers[0]
    if any(_kind(node.operation) != "GetItem" for node in readers):
        return None
    joining = [node for reader in readers for node in _readers(graph, reader.output_tensors[0])]
    alike = bool(joining) and all(node is joining[0] for node in joining)
    return joining[0] if alike and len(joining) == len(joining[0].input_tensors) else None


def _readers(graph: Any, tensor: Any) -> list[Any]:
    """The nodes of a graph that take a tensor."""
    nodes = (node for level in graph._nodes_by_depth.values() for node in level)
    return [node for node in nodes if any(given is tensor for given in node.input_tensors)]


def _kind(operation: Any) -> str:
    return type(operation).__name__


def _is_colourwise_layer(operation: Any) -> bool:
    kind = _kind(operation)
    if kind in ("Conv2D", "DepthwiseConv2D"):
        return _is_fixed_convolution(operation)
    return kind in _SCALING or kind in _PASSED


def _is_fixed_convolution(layer: Any) -> bool:
    """Whether it looks at single pixels, gives as many channels as it takes, and does nothing else."""
    kernel = layer.kernel.shape
    depthwise = _kind(layer) == "DepthwiseConv2D"
    same = kernel[3] == 1 if depthwise else kernel[2] == kernel[3] and layer.groups == 1
    plain = layer.activation is runtime.keras().activations.linear
    return bool(tuple(kernel[:2]) == (1, 1) and same and plain and set(layer.strides) == {1})


def _affine(graph: Any, path: str) -> tuple[AnyFloats, AnyFloats]:
    """Factors (C, K) and shifts (K,) of what the layers up to one make of C colours, by black and single
    colours.
    """
    channels = graph.inputs[0].shape[-1]
    colours = np.concatenate([np.zeros((1, channels)), 255 * np.eye(channels)]).astype(np.float32)
    pictures = np.broadcast_to(colours[:, None, None], (channels + 1, _PROBE_SIDE, _PROBE_SIDE, channels))
    given = Walk().until(path, graph, runtime.tensorflow().constant(pictures))
    seen = np.asarray(given, np.float64)
    values = seen[:, seen.shape[1] // 2, seen.shape[2] // 2]
    return (values[1:] - values[0]) / 255, values[0]


def _is_colourwise(factors: AnyFloats) -> bool:
    """Whether each value comes from one colour, and grows with it."""
    if factors.ndim != 2 or factors.shape[0] != factors.shape[1] or not np.isfinite(factors).all():
        return False
    largest = np.abs(factors).max()
    strong = np.abs(factors) > 1e-4 * largest
    return bool((strong.sum(0) == 1).all() and (strong.sum(1) == 1).all() and (factors[strong] > 0).all())


def _is_nothing(factors: AnyFloats, shifts: AnyFloats) -> bool:
    """Whether values stay as they are, in whatever order."""
    return bool(np.abs(factors.max(0) - 1).max() < _NOTHING and np.abs(shifts).max() < _NOTHING)


def _distance(factors: AnyFloats, shifts: AnyFloats, scaling: Scaling, standardising: bool) -> float:
    """How far black and white are from a usual range after a preprocessing and these layers; 0 is none."""
    channels = len(shifts)
    ends = [scaling.shift[:channels], scaling.scale[:channels] * 255 + scaling.shift[:channels]]
    low, high = (float((end @ factors + shifts).mean()) for end in ends)
    found = min(
        (abs(low - usual[0]) + abs(high - usual[1])) / (usual[1] - usual[0])
        for usual in map(_range, SCALINGS.values())
    )
    (least, most), (narrow, wide) = _WITHIN
    fits = standardising and least <= low <= most and narrow <= high - low <= wide
    return min(found, _TOLERANCE * 0.9) if fits else found


def _range(scaling: Scaling) -> tuple[float, float]:
    """Values of black and white, mean of the colours."""
    low: Floats = scaling.shift
    return float(low.mean()), float((low + scaling.scale * 255).mean())
