"""The table of backbones: how each is built, what colours it wants, and where decoders tap it.

Classifiers pool what a backbone ends with; decoders take feature maps on the way.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import keras
import numpy as np

from model_store.base.scaling import SCALINGS, Preset
from model_store.pretrained.efficientnet_lite import LITE0, build_lite, load_lite
from training.common.config import ConfigError

STRIDES = (2, 4, 8, 16, 32)
WEIGHTS = ("imagenet", "none")


@dataclass(frozen=True)
class Backbone:
    """A row of the table.

    Attributes:
        key: as written in configurations; the name in ``keras.applications`` where it comes from there.
        preset: how colours are scaled before it; `raw`: it does so itself.
        taps: layers whose outputs decoders take, from fine to coarse, the last at 1/32; "" is the output of
            the network. Empty: no decoder fits, since its convolutions do not pad.
        offline: whether its ImageNet weights come with Vitrine; else Keras fetches them on first use.
        build: from the key, scaled colours and the name of the weights to a network without a head.
    """

    key: str
    preset: Preset
    taps: tuple[str, ...] = ()
    offline: bool = False
    build: Callable[[str, Any, str], Any] | None = None


def _lite0(_key: str, colours: Any, weights: str) -> Any:
    """EfficientNet-Lite0, normalisation folded."""
    whole = build_lite(LITE0, 0)
    if weights != "none":
        if LITE0.weights.path is None:
            raise ConfigError(f"The package {LITE0.weights.package} with the weights is not installed.")
        known = load_lite(LITE0, LITE0.weights.path)
        for layer in (layer for layer in whole.layers if layer.weights):
            layer.set_weights(known.get_layer(layer.name).get_weights())
    copy = keras.models.clone_model(whole, input_tensors=colours)
    copy.set_weights(whole.get_weights())
    return copy


def _small(_key: str, colours: Any, weights: str) -> Any:
    """The encoder of the small U-Net that Vitrine's first street models had: residual blocks."""
    from training.segment.unet import residual_encoder

    if weights != "none":
        raise ConfigError("The backbone 'small' has no ImageNet weights; write weights = \"none\".")
    return keras.models.clone_model(residual_encoder(), input_tensors=colours)


def _vgg(convolutions: int) -> tuple[str, ...]:
    return ("block2_conv2", *(f"block{block}_conv{convolutions}" for block in (3, 4, 5)), "block5_pool")


def _resnet(third: int, fourth: int) -> tuple[str, ...]:
    blocks = {2: 3, 3: third, 4: fourth, 5: 3}
    return ("conv1_relu", *(f"conv{stage}_block{count}_out" for stage, count in blocks.items()))


_MOBILENET = tuple(f"block_{number}_expand_relu" for number in (1, 3, 6, 13))
_EFFICIENT = tuple(f"block{block}a_expand_activation" for block in (2, 3, 4, 6))
_LATE = ("block4a_expand_activation", "block6a_expand_activation", "top_activation")
_DENSE = ("conv1_relu", "pool2_relu", "pool3_relu", "pool4_relu", "relu")
CONVNEXT = tuple(
    f"convnext_tiny_stage_{stage}_block_{block}_depthwise_conv" for stage, block in enumerate((2, 2, 8))
)
_LITE = ("block1a_project", "block2b_add", "block3b_add", "block5c_add", "block7a_project")
_SMALL = ("enc1_down", "enc2_block1_out", "enc3_block2_out", "enc4_block2_out", "enc5_block2_out")
_ROWS = (
    Backbone("efficientnet-lite0", "raw", _LITE, offline=True, build=_lite0),
    Backbone("small", "raw", _SMALL, build=_small),
    Backbone("MobileNetV2", "signed", (*_MOBILENET, "out_relu")),
    Backbone("MobileNetV3Small", "raw"),
    Backbone("VGG16", "caffe", _vgg(3)),
    Backbone("VGG19", "caffe", _vgg(4)),
    Backbone("ResNet50", "caffe", _resnet(4, 6)),
    Backbone("ResNet101", "caffe", _resnet(4, 23)),
    Backbone("ResNet152", "caffe", _resnet(8, 36)),
    Backbone("DenseNet121", "torch", _DENSE),
    *(Backbone(f"EfficientNetB{number}", "raw", (*_EFFICIENT, "top_activation")) for number in range(8)),
    Backbone("EfficientNetV2B0", "raw", ("block1a_project_activation", "block2b_add", *_LATE)),
    Backbone("EfficientNetV2S", "raw", ("block1b_add", "block2d_add", *_LATE)),
    Backbone("ConvNeXtTiny", "raw", (*CONVNEXT, "")),
    Backbone("InceptionV3", "signed"),
    Backbone("Xception", "signed"),
)
BACKBONES: Mapping[str, Backbone] = MappingProxyType({row.key: row for row in _ROWS})
"""Backbones by key; those without taps are for classifiers alone."""


def scaled_colours(inputs: Any, preset: Preset) -> Any:
    """RGB 0-255 as the backbone wants it: a fixed 1x1 convolution, which is a built-in layer and safe to
    load.
    """
    scaling = SCALINGS[preset]
    order = np.eye(3, dtype=np.float32)[:, ::-1] if scaling.reverse else np.eye(3, dtype=np.float32)
    layer = keras.layers.Conv2D(3, 1, trainable=False, name="colours")
    outputs = layer(inputs)
    layer.set_weights([(order * scaling.scale)[None, None], np.asarray(scaling.shift, np.float32)])
    return outputs


def build_backbone(row: Backbone, colours: Any, weights: str) -> Any:
    """The network without a head.

    Args:
        row: of the table.
        colours: Keras tensor (B, H, W, 3), scaled as the row says.
        weights: `imagenet`, or `none` for random ones.

    Raises:
        ConfigError: images are too small for it, or the weights are not there and could not be fetched.
    """
    if weights not in WEIGHTS:
        raise ConfigError(f"Weights are {weights!r}; write imagenet or none.")
    if row.build:
        return row.build(row.key, colours, weights)
    make = getattr(keras.applications, row.key)
    try:
        return make(include_top=False, weights=None if weights == "none" else weights, input_tensor=colours)
    except ValueError as error:
        raise ConfigError(f"{row.key} cannot be built for images of this size: {error}") from error
    except Exception as error:  # Keras raises a plain Exception when a download fails
        raise ConfigError(
            f"The ImageNet weights of {row.key} are not on this computer and could not be downloaded. "
            "Connect to a network once, or take weights none, which learns everything from your images."
        ) from error
