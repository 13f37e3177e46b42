"""The backbones of keras.applications, each with the colours it was trained on."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import keras
import numpy as np

from model_store.base.scaling import SCALINGS, Preset
from model_store.pretrained.efficientnet_lite import LITE0, LiteSize, build_lite, load_lite
from training.tune.settings import TuneError, TuneSettings

BACKBONES: Mapping[str, Preset] = MappingProxyType(
    {
        "ConvNeXtTiny": "raw",
        "DenseNet121": "torch",
        "EfficientNetB0": "raw",
        "EfficientNetLite0": "raw",
        "EfficientNetV2B0": "raw",
        "InceptionV3": "signed",
        "MobileNetV2": "signed",
        "MobileNetV3Small": "raw",
        "ResNet50": "caffe",
        "VGG16": "caffe",
        "VGG19": "caffe",
        "Xception": "signed",
    }
)
"""Name in keras.applications or of `OFFLINE` -> how colours are scaled before it; `raw`: by itself."""


def _lite0(weights: str | None, **_: Any) -> keras.Model:
    """Pooled features of EfficientNet-Lite0, whose ImageNet weights come with Vitrine."""
    model = load_lite(LITE0, _packaged(LITE0)) if weights else build_lite(LITE0)
    pooled = keras.layers.GlobalAveragePooling2D(name="pool")(model.get_layer("top_relu").output)
    return keras.Model(model.inputs, pooled, name="efficientnet_lite0")


def _packaged(size: LiteSize) -> Path:
    path = size.weights.path
    if path is None:
        raise TuneError(f"The package {size.weights.package}, which has the weights, is not installed.")
    return path


OFFLINE: Mapping[str, Callable[..., keras.Model]] = MappingProxyType({"EfficientNetLite0": _lite0})
"""Backbones that are not in keras.applications."""


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


def load_backbone(settings: TuneSettings) -> keras.Model:
    """The backbone without its head, with pooled features as output.

    Raises:
        TuneError: there is none of this name, the weights cannot be had, or the pictures are too small for
            it.
    """
    if settings.backbone not in BACKBONES:
        raise TuneError(f"There is no backbone {settings.backbone!r}; write one of {', '.join(BACKBONES)}.")
    build = OFFLINE.get(settings.backbone) or getattr(keras.applications, settings.backbone)
    weights = None if settings.weights == "none" else settings.weights
    try:
        backbone = build(
            include_top=False, weights=weights, input_shape=(settings.size, settings.size, 3), pooling="avg"
        )
    except TuneError:
        raise
    except ValueError as error:
        raise TuneError(
            f"{settings.backbone} cannot be built for pictures of {settings.size} px: {error}"
        ) from error
    except Exception as error:  # Keras raises a plain Exception when a download fails
        raise TuneError(
            f"The ImageNet weights of {settings.backbone} are not on this computer and could not "
            "be downloaded. "
            "Connect to a network once, or use --weights none, which learns everything from your pictures."
        ) from error
    backbone.trainable = weights is None
    return backbone
