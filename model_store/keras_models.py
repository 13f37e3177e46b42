"""Keras 3 models stored as a description in JSON and weights in safetensors: nothing in them can run code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from engine.errors import ModelError
from engine.model import Tap
from model_store import runtime
from model_store.folders import read_json, reason_of

_MODELS = ("Functional", "Sequential")
_ACTIVATIONS = ("Activation", "ELU", "LeakyReLU", "PReLU", "ReLU")
_LAYERS = (
    *("Add", "Average", "Concatenate", "Maximum", "Multiply", "Subtract"),
    *("AveragePooling2D", "GlobalAveragePooling2D", "GlobalMaxPooling2D", "MaxPooling2D", "UpSampling2D", "ZeroPadding2D", "Cropping2D"),
    *("Conv2D", "Conv2DTranspose", "DepthwiseConv2D", "SeparableConv2D", "Dense", "Dropout", "SpatialDropout2D"),
    *("BatchNormalization", "GroupNormalization", "LayerNormalization", "Normalization", "Rescaling", "Resizing"),
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
ALLOWED = frozenset((*_MODELS, *_ACTIVATIONS, *_LAYERS, *_PARTS))
"""Classes that a description may name; all are Keras' own."""


class KerasNetwork:
    """A Keras 3 model as a function of RGB 0-255.

    Args:
        model: takes float32 (N, H, W, 3), RGB 0-255, and gives logits (N, h, w, C).
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        layers = [(name, layer) for name, layer in layers_of(model) if _is_tap(layer)]
        last = len(layers) - 1
        self.taps = tuple(Tap(name, int(layer.output.shape[-1]), best=place == last) for place, (name, layer) in enumerate(layers))

    def __call__(self, pictures: Any) -> Any:
        """Logits (N, h, w, C) of a float32 tensor (N, H, W, 3), RGB 0-255."""
        return self._model(pictures, training=False)

    def observe(self, pictures: Any, taps: Sequence[str]) -> tuple[Any, dict[str, Any]]:
        """The same logits, and the activations of some layers."""
        named = dict(layers_of(self._model))
        part = runtime.keras().Model(self._model.inputs, [self._model.outputs[0], *(named[name].output for name in taps)])
        logits, *activations = part(pictures, training=False)
        return logits, dict(zip(taps, activations, strict=True))


def load_keras_network(folder: Path, weights: Path) -> KerasNetwork:
    """Reads ``architecture.json`` (``model.to_json()``) and its weights.

    Args:
        folder: holds the description.
        weights: safetensors with one array for each ``weight.path``; half precision is read into float32.

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
        raise ModelError("{path} does not describe a Keras model: {reason}.", path=path, reason=reason_of(error)) from error
    _assign(model, weights)
    model.trainable = False
    for _, layer in layers_of(model):
        if type(layer).__name__ == "UpSampling2D" and layer.interpolation != "nearest":
            layer.call = _resize(layer)
    return KerasNetwork(model)


def refuse_unknown_classes(description: Any, path: Path) -> None:
    """Lets only Keras' own layers of known kinds pass.

    Raises:
        ModelError: a Lambda layer or another class that could run code.
    """
    for node in _nodes(description):
        name, module = str(node["class_name"]), node.get("module") or "keras"
        if name not in ALLOWED or str(module).split(".")[0] != "keras" or node.get("registered_name") not in (None, name):
            raise ModelError(
                "{path} asks for {name}, which is not one of Keras' own plain layers and could run code; it is not loaded.",
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


def layers_of(model: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Names and layers from input to output; those of models inside are named ``model/layer``."""
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from layers_of(layer, f"{prefix}{layer.name}/")
        else:
            yield prefix + layer.name, layer


def _is_tap(layer: Any) -> bool:
    """An activation, inside a convolution or of its own, with a map that has a height and a width."""
    activation = getattr(getattr(layer, "activation", None), "__name__", "linear")
    shape = layer.output.shape
    return (type(layer).__name__ in _ACTIVATIONS or activation != "linear") and len(shape) == 4 and tuple(shape[1:3]) != (1, 1)


def _resize(layer: Any) -> Any:
    """What an up-sampling layer does, for maps of any size: Keras 3.15 compares the size with 0 in Python, which a graph cannot."""
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
            "The weights {path} cannot be read: {reason}. Please fetch the model again.", path=path, reason=reason_of(error)
        ) from error
    wanted = {weight.path: tuple(weight.shape) for weight in model.weights}
    found = {name: array.shape for name, array in arrays.items()}
    if wanted != found:
        odd = sorted({name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name)})
        raise ModelError(
            "The weights {path} do not fit the model: {count} arrays differ, such as {name}.", path=path, count=len(odd), name=odd[0]
        )
    for weight in model.weights:
        weight.assign(arrays[weight.path].astype("float32"))
