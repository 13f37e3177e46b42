"""Keras 3 models stored as a description in JSON and weights in safetensors: nothing in them can run code."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine.errors import ModelError
from model_store.base import runtime
from model_store.base.folders import read_json, reason_of
from model_store.base.target_layers import ACTIVATIONS
from model_store.keras.network import KerasNetwork, Usage
from model_store.network.graph import graph_of, operations

_MODELS = ("Functional", "Sequential")
_LAYERS = (
    *("Add", "Average", "Concatenate", "Maximum", "Multiply", "Subtract"),
    *(
        "AveragePooling2D",
        "GlobalAveragePooling2D",
        "GlobalMaxPooling2D",
        "MaxPooling2D",
        "UpSampling2D",
        "ZeroPadding2D",
        "Cropping2D",
    ),
    *(
        "Conv2D",
        "Conv2DTranspose",
        "DepthwiseConv2D",
        "SeparableConv2D",
        "Dense",
        "Dropout",
        "SpatialDropout2D",
    ),
    *(
        "BatchNormalization",
        "GroupNormalization",
        "LayerNormalization",
        "Normalization",
        "Rescaling",
        "Resizing",
    ),
    *("InputLayer", "Flatten", "Permute", "Reshape", "Softmax"),
)
_PARTS = (
    "DTypePolicy",
    "__keras_tensor__",
    "Zeros",
    "Ones",
    "Constant",
    "GlorotUniform",
    "GlorotNormal",
    "HeNormal",
    "HeUniform",
    "L1",
    "L2",
)
ALLOWED = frozenset((*_MODELS, *ACTIVATIONS, *_LAYERS, *_PARTS))
"""Classes that a description may name; all are Keras' own."""


def load_keras_network(folder: Path, weights: Path, usage: Usage | None = None) -> KerasNetwork:
    """Reads ``architecture.json`` (``model.to_json()``) and its weights.

    Args:
        folder: holds the description.
        weights: safetensors with one array for each ``weight.path``; half precision is read into float32.
        usage: how it is to be used.

    Raises:
        ModelError: a file does not fit, or the description names a class that is not allowed.
    """
    path = folder / "architecture.json"
    description = read_json(path)
    if description.get("class_name") not in _MODELS:
        raise ModelError("{path} does not describe a Keras model.", path=path)
    refuse_unknown_classes(description, path)
    models = runtime.keras().models
    try:
        model = models.model_from_json(path.read_text("utf-8"))
    except Exception as error:  # Keras raises TypeError, ValueError, KeyError, AttributeError ...
        raise ModelError(
            "{path} does not describe a Keras model: {reason}.", path=path, reason=reason_of(error)
        ) from error
    _assign(model, weights)
    model.trainable = False
    mend_upsampling(model)
    return KerasNetwork(model, usage)


def mend_upsampling(model: Any) -> None:
    """Lets up-sampling layers take maps of any size."""
    graph = graph_of(model)
    for _, layer in operations(graph) if graph is not None else ():
        if type(layer).__name__ == "UpSampling2D" and layer.interpolation != "nearest":
            layer.call = _resize(layer)


def refuse_unknown_classes(description: Any, path: Path) -> None:
    """Lets only Keras' own layers of known kinds pass.

    Raises:
        ModelError: a Lambda layer or another class that could run code.
    """
    for node in _nodes(description):
        name, module = str(node["class_name"]), node.get("module") or "keras"
        if (
            name not in ALLOWED
            or str(module).split(".")[0] != "keras"
            or node.get("registered_name") not in (None, name)
        ):
            raise ModelError(
                "{path} asks for {name}, which is not one of Keras' own plain layers and could "
                "run code; it is not loaded.",
                path=path,
                name=name,
            )


def _nodes(content: Any) -> Iterator[dict[str, Any]]:
    """All objects in a description that name a class."""
    if isinstance(content, dict):
        if "class_name" in content:
            yield content
        content = list(content.values())
    if isinstance(content, list):
        for item in content:
            yield from _nodes(item)


def _resize(layer: Any) -> Any:
    """What an up-sampling layer does, for maps of any size: Keras 3.15 compares the size with 0 in Python,
    which a graph cannot.
    """
    tf = runtime.tensorflow()

    def call(inputs: Any) -> Any:
        return tf.image.resize(inputs, tf.shape(inputs)[1:3] * layer.size, method=layer.interpolation)

    return call


def _assign(model: Any, path: Path) -> None:
    from safetensors.numpy import load_file

    try:
        arrays = load_file(path)
    except Exception as error:  # safetensors raises its own errors besides OSError
        raise ModelError(
            "The weights {path} cannot be read: {reason}. Please download the model again.",
            path=path,
            reason=reason_of(error),
        ) from error
    wanted = {weight.path: tuple(weight.shape) for weight in model.weights}
    found = {name: array.shape for name, array in arrays.items()}
    if wanted != found:
        odd = sorted({name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name)})
        raise ModelError(
            "The weights {path} do not fit the model: {count} arrays differ, such as {name}.",
            path=path,
            count=len(odd),
            name=odd[0],
        )
    for weight in model.weights:
        weight.assign(arrays[weight.path].astype("float32"))
