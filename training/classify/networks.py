"""Classifiers of built-in Keras layers: a VGG16 and an InceptionV3 with few channels, and a plain one."""

from collections.abc import Callable
from typing import Any, Protocol

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from engine.arrays import Floats, LongInts
from training.classify.architectures import inception, plain, vgg
from training.classify.config import BodyShape, ClassifierConfig
from training.common.config import ConfigError
from training.common.optimiser import RecipeAdamW

EPSILON = 1e-3


class Build(Protocol):
    """Adds a convolution with its activation."""

    def __call__(self, inputs: Any, width: int, size: tuple[int, int], name: str, stride: int = 1) -> Any: ...


def _trainable(inputs: Any, width: int, size: tuple[int, int], name: str, stride: int = 1) -> Any:
    outputs = layers.Conv2D(
        width, size, stride, "same", use_bias=False, kernel_initializer="he_normal", name=name
    )(inputs)
    outputs = layers.BatchNormalization(momentum=0.98, epsilon=EPSILON, name=f"{name}_norm")(outputs)
    return layers.ReLU(name=f"{name}_relu")(outputs)


def _folded(inputs: Any, width: int, size: tuple[int, int], name: str, stride: int = 1) -> Any:
    return layers.Conv2D(width, size, stride, "same", activation="relu", name=name)(inputs)


_TOPOLOGIES: dict[str, Callable[[Any, Any, BodyShape], Any]] = {
    "vgg": vgg,
    "inception": inception,
    "plain": plain,
}


def build_body(body: BodyShape, classes: int, folded: bool = False, name: str = "classifier") -> keras.Model:
    """The network: RGB 0-255 float32 (B, H, W, 3) to logits (B, classes).

    Args:
        body: kind and widths.
        classes: number of outputs.
        folded: without normalisation layers, for weights from `fold`.
        name: name of the Keras model.

    Raises:
        ConfigError: there is no network of this kind.
    """
    if body.kind not in _TOPOLOGIES:
        raise ConfigError(f"[body] kind is {body.kind!r}; write one of {', '.join(_TOPOLOGIES)}.")
    inputs = keras.Input((None, None, 3), name="rgb")
    outputs = layers.Rescaling(1 / 58.0, -2.0, name="scaled")(inputs)
    outputs = _TOPOLOGIES[body.kind](_folded if folded else _trainable, outputs, body)
    outputs = layers.GlobalAveragePooling2D(name="pooled")(outputs)
    if not folded:
        outputs = layers.Dropout(body.dropout, seed=1, name="dropped")(outputs)
    return keras.Model(inputs, layers.Dense(classes, name="logits")(outputs), name=name)


def open_cross_entropy(target: Any, logits: Any) -> Any:
    """Cross-entropy (B,) of logits (B, K) against probabilities (B, K), nats; classes with a negative target
    are left out of the softmax, which no loss of Keras can.
    """
    shut = tf.cast(target < 0, logits.dtype)
    return -tf.reduce_sum(tf.maximum(target, 0.0) * tf.nn.log_softmax(logits - 1e9 * shut), -1)


def build_classifier(config: ClassifierConfig, classes: int) -> keras.Model:
    """A classifier with random weights that depend on the seed only, compiled for Keras' ``fit``."""
    keras.utils.set_random_seed(config.seed)
    model = build_body(config.body, classes)
    model.compile(RecipeAdamW(config.schedule, model), open_cross_entropy, jit_compile=False)
    return model


def centred(weights: Floats) -> Floats:
    """Weights (..., K) with a mean of 0 over the K outputs."""
    return weights - weights.mean(-1, keepdims=True)


def fold_classifier(
    trained: keras.Model, body: BodyShape, kept: LongInts, name: str = "classifier"
) -> keras.Model:
    """The same function without normalisation layers and with some of the outputs only; their logits are
    centred.

    A softmax does not see what is added to all logits alike. What is explained are logits, so each becomes
    the distance from their mean: what raises all of these classes alike speaks for none of them.

    Args:
        trained: a model of `build_body`; the scale and shift of its normalisations become part of the
            convolutions before them.
        body: its kind and widths.
        kept: indices of the outputs that stay, in their new order.
        name: name of the new model.
    """
    folded = build_body(body, len(kept), folded=True, name=name)
    for layer in folded.layers:
        if isinstance(layer, layers.Conv2D):
            gamma, beta, mean, variance = trained.get_layer(f"{layer.name}_norm").get_weights()
            scale = gamma / np.sqrt(variance + EPSILON)
            layer.set_weights([trained.get_layer(layer.name).get_weights()[0] * scale, beta - mean * scale])
    kernel, bias = trained.get_layer("logits").get_weights()
    folded.get_layer("logits").set_weights([centred(kernel[:, kept]), centred(bias[kept])])
    return folded
