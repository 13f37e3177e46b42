"""A linear head on the features of EfficientNet-Lite0: learnt, exported, and loaded as the catalogue does."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.errors import ModelError
from model_store.pretrained.efficientnet_lite import LITE0, OWN_HEAD, load_lite, read_head
from tests.training.classify.conftest import tiny
from training.classify.config import BodyShape, from_table
from training.classify.measure import load_squares
from training.classify.pictures import find_pictures
from training.common.config import ConfigError, Places
from training.common.keras_files import ExportError
from training.transfer.linear import export_head, fit_head, head_answer

pytestmark = pytest.mark.models

LINEAR = replace(tiny(), body=BodyShape("linear", network="efficientnet-lite0"), stages=())


@pytest.fixture
def exported(data: Path, tmp_path: Path) -> Path:
    position = fit_head(LINEAR, Places(data, tmp_path / "run", tmp_path))
    parameters, kept = export_head(LINEAR, data, tmp_path / "run", tmp_path / "weights")
    assert parameters == 1281 * 2
    assert kept == position and position.step > 0
    return tmp_path / "weights"


def test_it_learns_and_what_is_exported_answers_alike(data: Path, exported: Path) -> None:
    samples = find_pictures(LINEAR, data, ["train", "report"])
    pixels = load_squares(samples, 48)
    logits = head_answer(LINEAR, exported)(pixels)
    assert (logits.argmax(1) == [sample.group == "red_dog" for sample in samples]).all()
    whole = load_lite(LITE0, LITE0.weights.path, read_head(exported / OWN_HEAD))
    np.testing.assert_allclose(whole(pixels.astype(np.float32)), logits, atol=1e-4)


def test_nothing_learnt_nothing_exported(data: Path, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="train first"):
        export_head(LINEAR, data, tmp_path / "run", tmp_path / "weights")


def test_another_network_is_refused_in_words(data: Path, tmp_path: Path) -> None:
    other = replace(LINEAR, body=BodyShape("linear", network="vgg99"))
    with pytest.raises(ConfigError, match="efficientnet-lite0"):
        fit_head(other, Places(data, tmp_path / "run", tmp_path))


def test_a_head_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / OWN_HEAD).write_bytes(b"nothing")
    with pytest.raises(ModelError, match="a linear head"):
        read_head(tmp_path / OWN_HEAD)


def test_stages_are_asked_of_networks_that_are_trained() -> None:
    table = {"name": "n", "title": "t", "pictures": {"folder": "dogs"}}
    assert from_table({**table, "body": {"kind": "linear", "network": "efficientnet-lite0"}}).stages == ()
    with pytest.raises(ConfigError, match="stages"):
        from_table({**table, "body": {"kind": "vgg"}})
