"""The networks: conventions of input and output, folding, and the SegFormer beside the graph that runs it."""

import numpy as np
import pytest
import tensorflow as tf

from tests.training.segment.conftest import tiny
from training.common.config import ConfigError
from training.segment.config import Model
from training.segment.network import BUILDERS, compiled_network
from training.segment.segformer import build_segformer, segformer_settings, write_segformer
from training.segment.unet import build_unet, fold_unet

pytestmark = pytest.mark.models

PIXELS = np.random.default_rng(0).integers(0, 256, (2, 64, 96, 3)).astype(np.float32)


def shaken(network):
    """Every weight away from its starting value, so that nothing is 0 or 1 by chance."""
    rng = np.random.default_rng(1)
    for weight in network.trainable_variables:
        weight.assign_add(rng.normal(0, 0.1, weight.shape))
    for weight in network.non_trainable_variables:
        weight.assign(rng.uniform(0.5, 1.5, weight.shape))
    return network


@pytest.mark.parametrize("kind", ["unet", "segformer"])
def test_logits_are_channels_last_at_a_quarter_and_bytes_are_floats(kind: str) -> None:
    network = shaken(BUILDERS[kind](tiny(kind).model))
    logits = network(PIXELS)
    assert logits.shape == (2, 16, 24, 8)
    np.testing.assert_allclose(network(tf.constant(PIXELS.astype(np.uint8))), logits, atol=1e-5)


def test_a_segformer_is_written_as_the_library_writes_it(tmp_path) -> None:
    """The library reads the file by name and answers alike."""
    assert tf.keras.Model
    from transformers import TFSegformerForSemanticSegmentation

    model = tiny("segformer").model
    network = shaken(build_segformer(model))
    parameters = write_segformer(network, model, tmp_path)
    library = TFSegformerForSemanticSegmentation.from_pretrained(tmp_path)
    assert library.count_params() == parameters
    assert library.config.decoder_hidden_size == segformer_settings(model)["decoder_hidden_size"]
    scaled = tf.transpose(network.get_layer("scaled")(PIXELS), (0, 3, 1, 2))
    expected = network(PIXELS).numpy()
    found = np.transpose(library(scaled, training=False).logits, (0, 2, 3, 1))
    np.testing.assert_allclose(found, expected, atol=0.02 * np.abs(expected).max())


def test_folded_unet_is_the_same_function() -> None:
    model = tiny("unet").model
    network = shaken(build_unet(model))
    folded = fold_unet(network, model)
    expected = network(PIXELS).numpy()
    np.testing.assert_allclose(folded(PIXELS), expected, atol=1e-4 * np.abs(expected).max())
    assert not any("norm" in layer.name for layer in folded.layers)


def test_unet_has_readable_layers_of_keras_only() -> None:
    layers = build_unet(tiny("unet").model).layers
    assert {"enc2_block1_out", "bottom_out", "dec2_out", "logits"} <= {layer.name for layer in layers}
    assert {type(layer).__module__.split(".")[0] for layer in layers} == {"keras"}


def test_unknown_kind_is_refused() -> None:
    from dataclasses import replace

    with pytest.raises(ConfigError, match="vgg"):
        compiled_network(replace(tiny(), model=Model("vgg", (8,), (1,), 8)))
