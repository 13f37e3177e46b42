"""The two classifiers have the topologies they are named after, and folding changes nothing."""

import keras
import numpy as np
import pytest

from tests.training.classify.conftest import tiny
from training.classify.config import BodyShape
from training.classify.networks import build_body, build_classifier, fold_classifier, open_cross_entropy
from training.common.config import ConfigError

pytestmark = pytest.mark.models

VGG = BodyShape("vgg", (8, 8, 8, 16, 16), stride=2)
PIXELS = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3)).astype(np.float32)


def disturb(model: keras.Model) -> None:
    """Other weights than those at the start, where normalisations do nothing."""
    rng = np.random.default_rng(1)
    for weight in model.weights:
        if "seed" not in weight.path:
            weight.assign(
                np.abs(weight.numpy() + rng.normal(0, 0.1, weight.shape)) + 0.1
                if "norm" in weight.path
                else weight.numpy()
            )


def test_vgg_has_the_thirteen_convolutions_of_vgg16() -> None:
    model, names = (
        build_body(VGG, 10, folded=True),
        [layer.name for layer in keras.applications.VGG16(weights=None, include_top=False).layers],
    )
    convolutions = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
    assert [layer.name for layer in convolutions] == [name for name in names if "_conv" in name]
    assert len(convolutions) == 13
    assert all(layer.activation is keras.activations.relu for layer in convolutions)
    assert [layer.name for layer in model.layers if "_pool" in layer.name] == [
        name for name in names if "_pool" in name
    ]


def test_a_plain_network_halves_its_map_between_blocks() -> None:
    model = build_body(BodyShape("plain", (4, 8, 12)), 10, folded=True)
    outputs = [model.get_layer(f"block{block}_conv2").output for block in (1, 2, 3)]
    shapes = [keras.Model(model.input, output)(PIXELS[:, :32, :32]).shape for output in outputs]
    assert shapes == [(2, 32, 32, 4), (2, 16, 16, 8), (2, 8, 8, 12)]
    assert model(PIXELS[:, :32, :32]).shape == (2, 10)


def test_inception_has_the_modules_of_inception_v3() -> None:
    body = BodyShape("inception", factor=0.01)
    model, original = (
        build_body(body, 10, folded=True),
        keras.applications.InceptionV3(weights=None, include_top=False),
    )
    for number in range(11):
        ours, theirs = (net.get_layer(f"mixed{number}") for net in (model, original))
        assert isinstance(ours, keras.layers.Concatenate)
        assert len(ours.input) == len(theirs.input)
    convolutions = [
        [layer for layer in net.layers if isinstance(layer, keras.layers.Conv2D)] for net in (model, original)
    ]
    assert len(convolutions[0]) == len(convolutions[1])
    assert sorted(layer.kernel_size for layer in convolutions[0]) == sorted(
        layer.kernel_size for layer in convolutions[1]
    )


@pytest.mark.parametrize("body", [VGG, BodyShape("inception", factor=0.01)], ids=lambda body: body.kind)
def test_networks_take_any_size_and_end_in_logits(body: BodyShape) -> None:
    model = build_body(body, 10, folded=True)
    assert model.layers[1].__class__.__name__ == "Rescaling"
    assert model.input_shape == (None, None, None, 3)
    last = model.layers[-1]
    assert last.name == "logits" and last.activation is keras.activations.linear
    assert model(np.zeros((1, 96, 64, 3), np.float32)).shape == (1, 10)


@pytest.mark.parametrize("kind", ["vgg", "inception"])
def test_folded_network_gives_the_same_outputs(kind: str) -> None:
    config, kept = tiny(kind), np.array([3, 0, 2])
    body = build_classifier(config, 5)
    disturb(body)
    expected = body(PIXELS, training=False).numpy()[:, kept]
    expected -= expected.mean(-1, keepdims=True)
    folded = fold_classifier(body, config.body, kept)
    assert not [layer for layer in folded.layers if isinstance(layer, keras.layers.BatchNormalization)]
    np.testing.assert_allclose(folded(PIXELS).numpy(), expected, atol=1e-4 * np.abs(expected).max())


def test_uniform_logits_cost_the_logarithm_of_the_open_classes() -> None:
    target = np.array([[0.2, 0.8, -1.0, 0.0], [0.0, 1.0, 0.0, 0.0]], np.float32)
    losses = open_cross_entropy(target, np.zeros((2, 4), np.float32))
    np.testing.assert_allclose(losses, np.log([3, 4]), rtol=1e-5)


def test_same_seed_same_weights() -> None:
    first, second = (build_classifier(tiny(), 4).trainable_variables[0].numpy() for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_unknown_network_is_refused() -> None:
    with pytest.raises(ConfigError, match="vgg, inception"):
        build_body(BodyShape("resnet"), 10)
