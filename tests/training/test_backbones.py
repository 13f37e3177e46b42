"""Colours are scaled as keras.applications does it; what cannot be had is said in words."""

import importlib

import keras
import numpy as np
import pytest

from training import backbones
from training.backbones import BACKBONES, build_backbone, scaled_colours
from training.common.config import ConfigError

pytestmark = pytest.mark.models

MODULES = {
    "VGG16": "vgg16",
    "DenseNet121": "densenet",
    "MobileNetV2": "mobilenet_v2",
    "EfficientNetB0": "efficientnet",
}


@pytest.mark.parametrize("name", MODULES)
def test_colours_are_those_of_the_backbone(name: str) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (1, 4, 5, 3)).astype(np.float32)
    inputs = keras.Input((None, None, 3))
    model = keras.Model(inputs, scaled_colours(inputs, BACKBONES[name].preset))
    expected = importlib.import_module(f"keras.applications.{MODULES[name]}").preprocess_input(pixels.copy())
    np.testing.assert_allclose(model(pixels).numpy(), expected, atol=1e-4)
    assert not model.trainable_weights


def test_every_backbone_is_in_keras_or_built_here() -> None:
    assert all(hasattr(keras.applications, key) or row.build for key, row in BACKBONES.items())


def test_weights_that_cannot_be_had_are_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise Exception("URL fetch failure")

    monkeypatch.setattr(backbones.keras.applications, "MobileNetV2", fail)
    with pytest.raises(ConfigError, match="take weights none"):
        build_backbone(BACKBONES["MobileNetV2"], keras.Input((64, 64, 3)), "imagenet")
    with pytest.raises(ConfigError, match="write imagenet or none"):
        build_backbone(BACKBONES["MobileNetV2"], keras.Input((64, 64, 3)), "cifar")
    with pytest.raises(ConfigError, match="no ImageNet weights"):
        build_backbone(BACKBONES["small"], keras.Input((64, 64, 3)), "imagenet")


def test_images_that_are_too_small_are_said_in_words() -> None:
    with pytest.raises(ConfigError, match="images of this size"):
        build_backbone(BACKBONES["InceptionV3"], keras.Input((16, 16, 3)), "none")
