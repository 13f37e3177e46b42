"""A narrower U-Net is the same function where what is left out said nothing."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.training.segment.conftest import tiny, train, write_data
from training.common.config import ConfigError
from training.common.keras_files import read_keras, write_keras
from training.segment.config import Model, Slim
from training.segment.export import export_segmenter, exported_logits, trained_network
from training.segment.unet import build_unet, fold_unet
from training.slim.unet import deciding_pictures, slim

pytestmark = pytest.mark.models

WIDTHS = {"dec2_out": 6, "dec2_join": 5, "block2a": 64}
PICTURES = list(np.random.default_rng(0).integers(0, 256, (4, 64, 96, 3)).astype(np.uint8))


@pytest.fixture(scope="module")
def wide() -> Any:
    """One in which all but the first channels of `WIDTHS` are always zero."""
    model = Model("unet", encoder="efficientnet-lite0", decoder=8)
    network = fold_unet(build_unet(model), model)
    silent = {"dec2_refine_conv": 6, "dec3_refine_conv": 5, "dec2_skip_conv": 5, "block2a_expand_conv": 64}
    for name, keep in silent.items():
        layer = network.get_layer(name)
        kernel, bias = layer.get_weights()
        kernel[..., keep:], bias[keep:] = 0, 0
        layer.set_weights([kernel, bias])
    depthwise = network.get_layer("block2a_depthwise_conv")
    depthwise.bias.assign(depthwise.bias * (np.arange(96) < 64))
    return network


def test_silent_channels_go_and_the_answer_stays(wide: Any) -> None:
    said: list[str] = []
    narrow = slim(wide, WIDTHS, PICTURES, said.append)
    expected = wide(PICTURES[0][None].astype(np.float32)).numpy()
    found = narrow(PICTURES[0][None].astype(np.float32)).numpy()
    assert np.abs(found - expected).mean() < 0.02 * expected.std()
    assert len(said) == 3 and said[0].startswith("dec2_out: 6 of 8 channels, 0.")
    assert narrow.get_layer("dec2_refine_conv").kernel.shape == (3, 3, 5, 6)
    assert narrow.get_layer("block2a_project").kernel.shape == (1, 1, 64, 24)
    assert [layer.name for layer in narrow.layers] == [layer.name for layer in wide.layers]


def test_a_place_that_is_not_there_is_named(wide: Any) -> None:
    with pytest.raises(ConfigError, match="'block9z'"):
        slim(wide, {"block9z": 4}, PICTURES)


def test_a_narrow_network_learns_on_and_is_exported(wide: Any, tmp_path: Path) -> None:
    folder, out = tmp_path / "slim", tmp_path / "weights"
    write_keras(slim(wide, WIDTHS, PICTURES, lambda _: None), folder)
    config = replace(tiny(), model=Model("keras", start=str(folder)), balance={"human": -0.5})
    train(config, write_data(tmp_path), tmp_path / "run")
    parameters, position = export_segmenter(config, tmp_path / "run", out)
    assert position.step == 3 and parameters == read_keras(folder).count_params()
    network, _ = trained_network(config, tmp_path / "run")
    learnt = network(PICTURES[0][None]).numpy()[0]
    found = exported_logits(config, out)(PICTURES[0])
    learnt[..., 6] -= 0.5
    np.testing.assert_allclose(found, learnt, atol=0.01 * np.abs(learnt).max())
    assert np.abs(learnt - exported_logits(config, folder)(PICTURES[0])).max() > 1e-3


def test_pictures_that_decide_are_trained_on(tmp_path: Path) -> None:
    config = replace(tiny(watch=True), slim=Slim(pictures={"tiny": 1}))
    pictures = deciding_pictures(config, write_data(tmp_path))
    assert [pixels.shape for pixels in pictures] == [(256, 384, 3)]
