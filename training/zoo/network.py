"""A network of the zoo: backbone, decoder, and logits at the size of the image."""

from typing import Any

import keras
from keras import layers

from training.backbones import STRIDES
from training.common.config import ConfigError
from training.zoo.config import ZooShape
from training.zoo.decoders import find_decoder
from training.zoo.taps import tapped


def build_segmenter(shape: ZooShape, classes: int, seed: int) -> keras.Model:
    """RGB 0-255 float32 (B, H, W, 3) to logits (B, H, W, classes); colours are scaled inside.

    Random weights depend on the seed only.

    Raises:
        ConfigError: there is no such backbone or decoder, weights cannot be had, or a side is no multiple of
            32.
    """
    if any(side < STRIDES[-1] or side % STRIDES[-1] for side in shape.size_hw):
        raise ConfigError(f"size_hw is {list(shape.size_hw)}; write multiples of {STRIDES[-1]}.")
    keras.utils.set_random_seed(seed)
    inputs = keras.Input((*shape.size_hw, 3), name="rgb")
    outputs = find_decoder(shape.decoder)(tapped(shape.backbone, inputs, shape.weights), shape.width)
    small = layers.Conv2D(classes, 1, name="logits_small")(outputs)
    stride = shape.size_hw[0] // small.shape[1]
    logits = layers.UpSampling2D(stride, interpolation="bilinear", name="logits")(small)
    return keras.Model(inputs, logits, name=_name(shape))


def _name(shape: ZooShape) -> str:
    return f"{shape.decoder}_{shape.backbone}".lower().replace("-", "_")


def count_parameters(model: Any) -> int:
    """All weights of a network."""
    return int(model.count_params())
