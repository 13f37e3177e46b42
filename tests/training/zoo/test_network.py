"""Backbones have the strides that they promise; decoders give logits at the size of the image."""

import keras
import numpy as np
import pytest

from tests.training.zoo.conftest import tiny_zoo
from training.backbones import BACKBONES, STRIDES, scaled_colours
from training.common.config import ConfigError
from training.zoo.config import ZooShape
from training.zoo.decoders import DECODERS
from training.zoo.network import build_segmenter
from training.zoo.taps import find_backbone, tapped

pytestmark = pytest.mark.models

SIDE = 64
LARGE = ("ResNet101", "ResNet152", "EfficientNetB3", "EfficientNetB4", "EfficientNetB5", "EfficientNetB6",
         "EfficientNetB7", "EfficientNetV2S", "ConvNeXtTiny", "VGG19", "DenseNet121")  # fmt: skip
PIXELS = np.random.default_rng(0).integers(0, 256, (1, SIDE, SIDE, 3)).astype(np.float32)


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(key, marks=[pytest.mark.slow] if key in LARGE else [])
        for key, row in BACKBONES.items()
        if row.taps
    ],
)
def test_taps_have_the_strides_promised(key: str) -> None:
    """Shapes are known without any weights: variables of a stateless scope are only described."""
    with keras.StatelessScope():
        maps = tapped(key, keras.Input((SIDE, 2 * SIDE, 3)))
    strides = STRIDES[-len(maps) :]
    assert len(maps) == (4 if key == "ConvNeXtTiny" else 5)
    assert [each.shape[1:3] for each in maps] == [(SIDE // stride, 2 * SIDE // stride) for stride in strides]


@pytest.mark.parametrize("decoder", DECODERS)
@pytest.mark.parametrize("backbone", ["small", "efficientnet-lite0"])
def test_logits_are_as_large_as_the_image_and_all_is_learnt(decoder: str, backbone: str) -> None:
    shape = ZooShape(decoder, backbone, "none", width=8, size_hw=(SIDE, SIDE))
    model = build_segmenter(shape, 8, 3)
    assert model(PIXELS).shape == (1, SIDE, SIDE, 8)
    other = np.random.default_rng(1).integers(0, 256, PIXELS.shape).astype(np.float32)
    assert float(np.abs(model(PIXELS) - model(other)).max()) > 1e-5
    again = build_segmenter(shape, 8, 3)
    np.testing.assert_array_equal(model(PIXELS), again(PIXELS))
    assert all(isinstance(layer.name, str) and not hasattr(layer, "layers") for layer in model.layers)


def test_every_tap_reaches_the_logits() -> None:
    """A skip that is forgotten would leave the encoder's fine maps without a gradient."""
    import tensorflow as tf

    for decoder in DECODERS:
        inputs = [keras.Input((SIDE // stride, SIDE // stride, 4)) for stride in STRIDES]
        model = keras.Model(inputs, DECODERS[decoder](inputs, 4))
        maps = [tf.random.normal((1, *each.shape[1:])) for each in inputs]
        with tf.GradientTape() as tape:
            tape.watch(maps)
            total = tf.reduce_sum(model(maps, training=False) ** 2)
        reached = [tf.reduce_max(tf.abs(each)) > 0 for each in tape.gradient(total, maps[decoder == "fpn" :])]
        assert all(reached), decoder


def test_imagenet_weights_of_lite0_come_with_vitrine() -> None:
    inputs = keras.Input((SIDE, SIDE, 3))
    random, known = (
        keras.Model(inputs, tapped("efficientnet-lite0", inputs, w)) for w in ("none", "imagenet")
    )
    stem = [model.get_layer("stem_conv").get_weights()[0] for model in (random, known)]
    assert np.abs(stem[0] - stem[1]).max() > 0.1
    assert BACKBONES["efficientnet-lite0"].offline


def test_colours_are_scaled_inside_and_are_not_learnt() -> None:
    inputs = keras.Input((None, None, 3))
    model = keras.Model(inputs, scaled_colours(inputs, "caffe"))
    expected = keras.applications.vgg16.preprocess_input(PIXELS.copy())
    np.testing.assert_allclose(model(PIXELS), expected, atol=1e-4)
    assert not model.trainable_weights


@pytest.mark.parametrize("key", ["ResNeXt101", "InceptionV3", ""])
def test_backbones_that_no_decoder_fits_are_refused(key: str) -> None:
    with pytest.raises(ConfigError, match="efficientnet-lite0"):
        find_backbone(key)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"decoder": "pan"}, "linknet"),
        ({"size_hw": (40, 64)}, "multiples of 32"),
        ({"backbone": "small", "weights": "cifar"}, "imagenet or none"),
        ({"backbone": "small", "weights": "imagenet"}, "small"),
    ],
)
def test_wrong_shapes_are_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        build_segmenter(tiny_zoo(**changes).zoo, 8, 0)


def test_weights_that_cannot_be_fetched_are_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise Exception("URL fetch failure")

    monkeypatch.setattr(keras.applications, "MobileNetV2", fail)
    with pytest.raises(ConfigError, match="could not be downloaded"):
        tapped("MobileNetV2", keras.Input((SIDE, SIDE, 3)), "imagenet")
