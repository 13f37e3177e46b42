"""A model up to a layer with a classifier behind it, as the file of a Keras model.

Everything in it is one of Keras' own layers, so it passes the scanner, and all methods fit: also a kernel
with its support vectors is two dense layers and what lies between them.
"""

import io
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from engine.errors import ModelError
from engine.transfer.heads import ClassifierHead, KernelStep
from model_store.base import runtime
from model_store.catalogue import ModelRef, entry_of
from model_store.keras.network import KerasNetwork
from model_store.loading.load import network_of
from model_store.network.graph import name_of, operations


def keras_file_with_head(ref: ModelRef, layer: str, pooling: str, head: ClassifierHead) -> bytes:
    """The bytes of a ``.keras`` file that takes what the model takes, and gives the scores of the head.

    Args:
        ref: the model that has the features.
        layer: name of one of its target layers.
        pooling: "mean" of each channel, "max" of each four places, or all places ("flat").
        head: what comes after them.

    Raises:
        ModelError: the model is no Keras graph, or the layer lies inside another model.
    """
    entry = entry_of(ref)
    network = network_of(entry)
    if not isinstance(network, KerasNetwork):
        raise ModelError("Only Keras models can go on as another classifier; {key} is none.", key=ref.key)
    output = next(
        (one.output for path, one in operations(network.graph) if path == layer and path == name_of(one)),
        None,
    )
    if output is None:
        raise ModelError("The layer {layer} cannot be cut out of this model.", layer=layer)
    keras, (height, width) = runtime.keras(), entry.policy.fixed_hw
    cut = _of_size(keras.Model(network.graph.inputs, output), (height, width))
    features = _pooled(cut.output, pooling, len(head.preparation.mean))
    return _saved(keras.Model(cut.inputs, _scores(features, head)))


def _of_size(model: Any, size_hw: tuple[int | None, int | None]) -> Any:
    """The same network for images of one size only, where it took any: the head was learnt at that size."""
    if None not in model.inputs[0].shape[1:]:
        return model
    keras = runtime.keras()
    twin = keras.models.clone_model(model, [keras.Input((*size_hw, model.inputs[0].shape[-1]))])
    twin.set_weights(model.get_weights())
    return twin


def _pooled(maps: Any, pooling: str, count: int) -> Any:
    """(N, count): the features of a layer as they were learnt from."""
    layers = runtime.keras().layers
    if pooling == "mean":
        return layers.GlobalAveragePooling2D(name="transfer_mean")(maps)
    if pooling == "max":
        maps = layers.MaxPooling2D(2, name="transfer_max")(maps)
    return layers.Reshape((count,), name="transfer_flat")(maps)


def _scores(features: Any, head: ClassifierHead) -> Any:
    rows = _prepared(features, head)
    if head.kernel is not None:
        rows = _KERNELS[head.kernel.kernel.shape](rows, head.kernel)
    return _dense(rows, head.weights, head.bias, "transfer_scores")


def _prepared(features: Any, head: ClassifierHead) -> Any:
    layers, prepared = runtime.keras().layers, head.preparation
    rows = layers.UnitNormalization(name="transfer_unit")(features) if prepared.normalise else features
    if prepared.basis is not None:  # the scaler goes into the components
        weights = prepared.scale[:, None] * prepared.basis
        return _dense(rows, weights, -prepared.mean @ weights, "transfer_components")
    if prepared.mean.any() or (prepared.scale != 1).any():
        layer = layers.Normalization(
            mean=prepared.mean, variance=prepared.scale**-2.0, name="transfer_scaler"
        )
        return layer(rows)
    return rows


def _dense(rows: Any, weights: Any, bias: Any, name: str, activation: str | None = None) -> Any:
    layer = runtime.keras().layers.Dense(weights.shape[1], activation, name=name)
    out = layer(rows)
    layer.set_weights([np.asarray(weights, np.float32), np.asarray(bias, np.float32)])
    return out


def _rbf(rows: Any, step: KernelStep) -> Any:
    """exp(2 gamma x s - gamma |s|² - gamma |x|²), with |x|² by a dense layer of ones."""
    layers, gamma, vectors = runtime.keras().layers, step.kernel.gamma, step.vectors
    count = len(vectors)
    squares = layers.Multiply(name="transfer_squares")([rows, rows])
    ones = np.full((vectors.shape[1], count), -gamma, np.float32)
    lengths = _dense(squares, ones, np.zeros(count), "transfer_lengths")
    products = _dense(rows, 2 * gamma * vectors.T, -gamma * (vectors**2).sum(1), "transfer_vectors")
    return layers.Activation("exponential", name="transfer_kernel")(
        layers.Add(name="transfer_distances")([products, lengths])
    )


def _sigmoid(rows: Any, step: KernelStep) -> Any:
    kernel, bias = step.kernel, np.full(len(step.vectors), step.kernel.coef0)
    return _dense(rows, kernel.gamma * step.vectors.T, bias, "transfer_vectors", "tanh")


def _poly(rows: Any, step: KernelStep) -> Any:
    kernel, bias = step.kernel, np.full(len(step.vectors), step.kernel.coef0)
    products = _dense(rows, kernel.gamma * step.vectors.T, bias, "transfer_vectors")
    return runtime.keras().layers.Multiply(name="transfer_kernel")([products] * kernel.degree)


_KERNELS: Mapping[str, Callable[[Any, KernelStep], Any]] = {"rbf": _rbf, "sigmoid": _sigmoid, "poly": _poly}


def _saved(model: Any) -> bytes:
    from keras.src.saving.saving_lib import _save_model_to_fileobj  # ``save`` takes a path only

    file = io.BytesIO()
    _save_model_to_fileobj(model, file, "h5")
    return file.getvalue()
