"""The networks: conventions of input and output, and the quicker ways through the same weights."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from tests.training.segment.conftest import tiny
from training.common.config import ConfigError
from training.common.network import TrainableNetwork
from training.segment.config import Model
from training.segment.export import export_segmenter, exported_logits
from training.segment.networks import build_network, starting_network
from training.segment.segformer import quicken, scale_pixels, segformer_logits
from training.segment.unet import fold_unet

pytestmark = pytest.mark.models

PIXELS = np.random.default_rng(0).integers(0, 256, (2, 64, 96, 3)).astype(np.float32)


def shaken(network: TrainableNetwork) -> TrainableNetwork:
    """Every variable away from its starting value, so that nothing is 0 or 1 by chance."""
    rng = np.random.default_rng(1)
    for variable in network.learnt:
        variable.assign_add(rng.normal(0, 0.1, variable.shape))
    for variable in network.followed:
        variable.assign(rng.uniform(0.5, 1.5, variable.shape))
    return network


@pytest.fixture(scope="module", params=["unet", "segformer"])
def network(request: pytest.FixtureRequest) -> TrainableNetwork:
    return shaken(build_network(tiny(request.param).model, 0))


def test_logits_are_channels_last_at_a_quarter(network: TrainableNetwork) -> None:
    assert network.logits(tf.constant(PIXELS), False).shape == (2, 16, 24, 8)


def test_bytes_and_floats_give_the_same(network: TrainableNetwork) -> None:
    whole = tf.constant(PIXELS.astype(np.uint8))
    np.testing.assert_allclose(
        network.logits(whole, False), network.logits(tf.constant(PIXELS), False), atol=1e-5
    )


def test_light_head_and_quick_layers_equal_the_library() -> None:
    network = shaken(TrainableNetwork("segformer", *_library_segformer()))
    expected = np.transpose(network.body(scale_pixels(PIXELS), training=False).logits, (0, 2, 3, 1))
    np.testing.assert_allclose(
        segformer_logits(network.body, PIXELS, False), expected, atol=1e-5 * np.abs(expected).max()
    )
    np.testing.assert_allclose(
        segformer_logits(quicken(network.body), PIXELS, False), expected, atol=1e-5 * np.abs(expected).max()
    )


def _library_segformer():  # type: ignore[no-untyped-def]
    from training.segment.segformer import build_segformer

    body = build_segformer(tiny("segformer").model)
    return body, list(body.trainable_variables), list(body.non_trainable_variables), None


def test_folded_unet_is_the_same_function() -> None:
    model = tiny("unet").model
    network = shaken(build_network(model, 0))
    folded = fold_unet(network.body, model)
    expected = network.logits(tf.constant(PIXELS), False).numpy()
    np.testing.assert_allclose(folded(PIXELS), expected, atol=1e-4 * np.abs(expected).max())
    assert not any("norm" in layer.name for layer in folded.layers)


def test_unet_has_readable_layers_of_keras_only() -> None:
    body = build_network(tiny("unet").model, 0).body
    assert {"enc2_block1_out", "bottom_out", "dec2_out", "logits"} <= {layer.name for layer in body.layers}
    assert {type(layer).__module__.split(".")[0] for layer in body.layers} == {"keras"}


def test_unknown_kind_is_refused() -> None:
    with pytest.raises(ConfigError, match="vgg"):
        build_network(Model("vgg", (8,), (1,), 8), 0)


def test_a_run_starts_from_what_was_exported(trained: Callable[[str], Path], tmp_path: Path) -> None:
    config, folder = tiny("segformer"), tmp_path / "weights"
    export_segmenter(config, trained("segformer"), folder)
    started = starting_network(replace(config, model=replace(config.model, start=str(folder))))
    whole = PIXELS[0].astype(np.uint8)
    expected = exported_logits(config, folder)(whole)
    fresh = build_network(config.model, config.seed).logits(tf.constant(whole[None]), False)[0]
    np.testing.assert_allclose(started.logits(tf.constant(whole[None]), False)[0], expected, atol=1e-4)
    assert np.abs(fresh - expected).max() > 1e-2


def test_a_start_that_does_not_fit_is_refused(trained: Callable[[str], Path], tmp_path: Path) -> None:
    config = tiny("segformer")
    export_segmenter(config, trained("segformer"), tmp_path / "weights")
    wider = replace(config.model, decoder=16, start=str(tmp_path / "weights"))
    absent = replace(config.model, start=str(tmp_path / "nowhere"))
    for model in (wider, absent):
        with pytest.raises(ConfigError, match="does not hold the weights"):
            starting_network(replace(config, model=model))
    with pytest.raises(ConfigError, match="for a SegFormer"):
        starting_network(replace(config, model=replace(tiny("unet").model, start="weights")))
