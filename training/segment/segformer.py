"""The SegFormer (Xie et al. 2021, https://arxiv.org/abs/2105.15203) of Hugging Face, with a quicker head.

The decode head of the library enlarges every stage to 1/4 size, joins them and fuses them with a 1x1
convolution. Fusing and enlarging are linear and commute, so each stage is fused at its own size first, and
projecting and fusing are one product: the same output for a fraction of the work.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from safetensors import SafetensorError
from safetensors.numpy import load_file

from model_store.base.label_maps import CATEGORY_NAMES
from training.common.config import ConfigError
from training.segment.config import Model

MEAN_RGB = (0.485, 0.456, 0.406)
STD_RGB = (0.229, 0.224, 0.225)
EXPORTED = "model.safetensors"
"""File of the weights in the folder of an exported one."""


def segformer_config(model: Model) -> Any:
    """Configuration of the library, with the categories as labels and without any dropout."""
    from transformers import SegformerConfig

    return SegformerConfig(
        hidden_sizes=list(model.widths),
        depths=list(model.blocks),
        num_attention_heads=list(model.heads),
        decoder_hidden_size=model.decoder,
        classifier_dropout_prob=0.0,
        drop_path_rate=0.0,
        id2label=dict(enumerate(CATEGORY_NAMES)),
        label2id={name: index for index, name in enumerate(CATEGORY_NAMES)},
    )


def build_segformer(model: Model) -> Any:
    """A `TFSegformerForSemanticSegmentation` with random weights."""
    assert_keras_is_ready()
    from transformers import TFSegformerForSemanticSegmentation

    network = TFSegformerForSemanticSegmentation(segformer_config(model))
    network.build_in_name_scope()
    return network


def start_from(network: Any, path: Path) -> None:
    """Puts the weights of an exported file, float16, into the network.

    Raises:
        ConfigError: the file is missing, or of another network.
    """
    try:
        tensors = load_file(path)
        for variable in network.weights:
            variable.assign(tensors[variable.name.split("/", 1)[1]].astype(np.float32))
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise ConfigError(
            f"[model] start: {path} does not hold the weights of this network: {error}."
        ) from None


def assert_keras_is_ready() -> None:
    """Touches `tf.keras` before transformers switches the process to Keras 2."""
    if not hasattr(tf.keras, "Model"):
        raise RuntimeError("TensorFlow was imported without Keras; install the project's requirements.")


def scale_pixels(pixels: tf.Tensor) -> tf.Tensor:
    """What the network takes, (B, 3, H, W), from RGB 0-255 (B, H, W, 3)."""
    return tf.transpose((tf.cast(pixels, tf.float32) / 255.0 - MEAN_RGB) / STD_RGB, (0, 3, 1, 2))


def light_head(head: Any, stages: Sequence[tf.Tensor], training: bool) -> tf.Tensor:
    """Logits (B, H/4, W/4, classes) from the stage maps (B, C, h, w), fine to coarse, with the weights of the
    library's head.

    Equal to the library's head up to rounding.

    Args:
        head: `network.decode_head`.
        stages: `hidden_states` of the encoder.
        training: whether the normalisation uses, and follows, this batch.
    """
    kernel = tf.convert_to_tensor(head.linear_fuse.kernel)[0, 0]
    width = kernel.shape[1]
    size = tf.shape(stages[0])[2:4]
    fused = 0.0
    for number, (stage, projection) in enumerate(zip(stages, head.mlps, strict=True)):
        place = len(head.mlps) - 1 - number
        part = kernel[place * width : (place + 1) * width]
        shift = tf.linalg.matvec(part, projection.proj.bias, transpose_a=True)
        own = tf.transpose(stage, (0, 2, 3, 1)) @ (projection.proj.kernel @ part) + shift
        fused += own if number == 0 else tf.image.resize(own, size, method="bilinear")
    return head.classifier(head.activation(head.batch_norm(fused, training=training)))


def segformer_logits(network: Any, pixels: tf.Tensor, training: bool) -> tf.Tensor:
    """Logits (B, H/4, W/4, 8) of RGB 0-255 (B, H, W, 3), through the light head."""
    stages = network.segformer(
        scale_pixels(pixels), output_hidden_states=True, training=training
    ).hidden_states
    return light_head(network.decode_head, stages, training)


def _plain_normalisation(layer: Any) -> Any:
    def call(inputs: tf.Tensor) -> tf.Tensor:
        mean, variance = tf.nn.moments(inputs, -1, keepdims=True)
        return (inputs - mean) * tf.math.rsqrt(variance + layer.epsilon) * layer.gamma + layer.beta

    return call


def _depthwise(layer: Any) -> Any:
    def call(inputs: tf.Tensor) -> tf.Tensor:
        kernel = tf.transpose(layer.kernel, (0, 1, 3, 2))
        return tf.nn.bias_add(tf.nn.depthwise_conv2d(inputs, kernel, (1, 1, 1, 1), "SAME"), layer.bias)

    return call


def quicken(network: Any) -> Any:
    """Lets two layers of the network compute the same thing with operations that are quicker on a processor;
    returns the network.

    The library writes a depthwise convolution as a grouped one, which a processor can only run through XLA,
    and Keras 2 a layer norm through a batch norm.
    """
    for layer in network.segformer._flatten_layers():
        if type(layer).__name__ == "LayerNormalization":
            layer.call = _plain_normalisation(layer)
        elif type(layer).__name__ == "TFSegformerDWConv":
            layer.depthwise_convolution.call = _depthwise(layer.depthwise_convolution)
    return network
