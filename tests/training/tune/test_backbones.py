"""Colours are scaled as keras.applications does it; what cannot be had is said in words."""

import importlib
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from tests.training.tune.conftest import tiny
from training.tune import backbones
from training.tune.backbones import BACKBONES, OFFLINE, load_backbone, scaled_colours
from training.tune.settings import TuneError, TuneSettings

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
    model = keras.Model(inputs, scaled_colours(inputs, BACKBONES[name]))
    expected = importlib.import_module(f"keras.applications.{MODULES[name]}").preprocess_input(pixels.copy())
    np.testing.assert_allclose(model(pixels).numpy(), expected, atol=1e-4)
    assert not model.trainable_weights


def test_every_backbone_is_in_keras() -> None:
    assert all(hasattr(keras.applications, name) or name in OFFLINE for name in BACKBONES)


def test_random_backbone_is_learnt(tmp_path: Path) -> None:
    assert load_backbone(tiny(tmp_path, tmp_path)).trainable


def test_unknown_backbone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TuneError, match="MobileNetV2"):
        load_backbone(replace(tiny(tmp_path, tmp_path), backbone="ResNet7"))


def test_weights_that_cannot_be_had_are_said_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: object) -> None:
        raise Exception("URL fetch failure")

    monkeypatch.setattr(backbones.keras.applications, "MobileNetV2", fail)
    with pytest.raises(TuneError, match="--weights none"):
        load_backbone(TuneSettings(tmp_path, tmp_path))


@pytest.mark.parametrize("wrong", [{"weights": "cifar"}, {"validation": 1.0}, {"epochs": 0}, {"factor": 1}])
def test_wrong_settings_are_refused(wrong: dict, tmp_path: Path) -> None:
    with pytest.raises(TuneError):
        TuneSettings(tmp_path, tmp_path, **wrong)
