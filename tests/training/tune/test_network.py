"""The backbone of a search, and settings that cannot be used."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.training.tune.conftest import tiny
from training.tune.network import freeze_beginning, load_backbone
from training.tune.settings import TuneError, TuneSettings

pytestmark = pytest.mark.models


def test_a_random_backbone_is_learnt_and_one_of_imagenet_only_at_its_end(tmp_path: Path) -> None:
    settings = tiny(tmp_path, tmp_path)
    assert load_backbone(settings).trainable_weights
    known = load_backbone(replace(settings, backbone="efficientnet-lite0", weights="imagenet"))
    assert known.output_shape == (None, 1280) and not known.trainable_weights
    freeze_beginning(known, 0.9)
    assert 0 < len(known.trainable_weights) < 0.2 * len(known.weights)


def test_unknown_backbone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TuneError, match="MobileNetV2"):
        load_backbone(replace(tiny(tmp_path, tmp_path), backbone="ResNet7"))


@pytest.mark.parametrize("wrong", [{"weights": "cifar"}, {"validation": 1.0}, {"epochs": 0}, {"factor": 1}])
def test_wrong_settings_are_refused(wrong: dict, tmp_path: Path) -> None:
    with pytest.raises(TuneError):
        TuneSettings(tmp_path, tmp_path, **wrong)
