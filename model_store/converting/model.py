"""Conversion of a graph of ONNX to a Keras model, which then is like any other."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType
from typing import Any

import numpy as np

from engine.errors import VitrineError
from engine.phrase import later
from model_store.base import runtime
from model_store.base.folders import reason_of
from model_store.converting import arithmetic, convolution, resizing, shapes
from model_store.converting.constants import CONSTANTS
from model_store.converting.values import Conversion, NotConverted, Placed, Value, no_layer
from model_store.exchange.layout import FIRST, image_axis, places
from model_store.scan.exchange.onnx_format import OnnxGraph, OnnxNode

_CONSTANT = later("Its answer does not depend on the image, so it was not converted to Keras.")
_SEVERAL = later("It has several inputs or outputs, so it was not converted to Keras.")

HANDLERS: Mapping[str, Any] = MappingProxyType(
    {**convolution.HANDLERS, **arithmetic.HANDLERS, **shapes.HANDLERS, **resizing.HANDLERS}
)
"""What makes a part of a Keras model of an operation, by its name."""


def keras_model(graph: OnnxGraph) -> Any:
    """A Keras model that answers as a graph does, up to rounding.

    It is made in a new thread, since Keras numbers operations without a name for each.

    Args:
        graph: that was scanned.

    Raises:
        NotConverted: an operation has no counterpart; the sentence says which.
        ModelError: it takes no image.
    """
    with ThreadPoolExecutor(1) as new:
        return new.submit(_keras_model, graph).result()


def _keras_model(graph: OnnxGraph) -> Any:
    keras = runtime.keras()
    made = Conversion(graph, keras.layers, keras.ops, dict(graph.arrays))
    start = _start(made, keras)
    for node in graph.nodes:
        _step(made, node)
    found = made.values.get(graph.outputs[0].name)
    if not isinstance(found, Placed):
        raise NotConverted(_CONSTANT)
    return keras.Model(start, _end(made, found))


def _start(made: Conversion, keras: Any) -> Any:
    """The input of the model, which is put among the values."""
    graph = made.graph
    if len(graph.inputs) != 1 or len(graph.outputs) != 1:
        raise NotConverted(_SEVERAL)
    image = graph.inputs[0]
    axis = image_axis(image.shape, "onnx")
    height, width = (image.shape[place] for place in places(axis))
    tensor = keras.Input((height, width, image.shape[axis]), name="image")
    made.names.add("image")
    made.values[image.name] = Placed(tensor, "nchw" if axis == FIRST else "nhwc")
    return tensor


def _step(made: Conversion, node: OnnxNode) -> None:
    """One operation: its outputs are put among the values."""
    try:
        inputs = made.inputs(node)
        outputs = _outputs(made, node, inputs)
    except VitrineError:
        raise
    except Exception as error:  # Keras and numpy raise many kinds where shapes do not fit
        raise no_layer(node, reason_of(error)[:120]) from error
    found = outputs if isinstance(outputs, tuple) else (outputs,)
    made.values.update(zip(node.outputs, found, strict=False))


def _outputs(made: Conversion, node: OnnxNode, inputs: list[Value | None]) -> Any:
    if not any(isinstance(value, Placed) for value in inputs):
        if node.operation not in CONSTANTS:
            raise no_layer(node, "of constants")
        return np.asarray(CONSTANTS[node.operation](node, [value for value in inputs if value is not None]))
    handler = HANDLERS.get(node.operation)
    if handler is None or node.domain not in ("", "ai.onnx"):
        raise no_layer(node)
    return handler(made, node, inputs)


def _end(made: Conversion, found: Placed) -> Any:
    """The answer: a map of a single place is a value for each class."""
    if found.rank == 4 and tuple(found.tensor.shape[1:3]) == (1, 1):
        return made.layers.Flatten(name="answer" if "answer" not in made.names else None)(found.tensor)
    return found.tensor
