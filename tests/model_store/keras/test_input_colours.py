"""The first layers of a Keras model tell which colours it is to be given."""

import numpy as np
import pytest

from model_store.base import runtime
from model_store.base.scaling import SCALINGS
from model_store.keras.input_colours import expected_preset
from model_store.network.graph import graph_of

pytestmark = pytest.mark.models
IMAGENET = ((0.485, 0.456, 0.406), (0.229**2, 0.224**2, 0.225**2))


def network(begin, side=16, channels=3):
    """A classifier that begins with what is given."""
    layers = runtime.keras().layers
    picture = layers.Input((side, side, channels))
    maps = layers.Conv2D(4, 3, activation="relu")(begin(picture, layers))
    return runtime.keras().Model(picture, layers.Dense(3)(layers.GlobalAveragePooling2D()(maps)))


def fixed_convolution(scaling):
    """As ``training.tune`` has it before a backbone."""

    def begin(picture, layers):
        layer = layers.Conv2D(3, 1, trainable=False)
        after = layer(picture)
        kernel = np.eye(3)[:, :: -1 if scaling.reverse else 1] * scaling.scale
        layer.set_weights([kernel[None, None], scaling.shift])
        return after

    return begin


def normalisation(mean, variance):
    return lambda picture, layers: layers.Normalization(mean=mean, variance=variance)(picture)


def nested(picture, layers):
    inner = runtime.keras().Sequential([layers.RandomFlip(), layers.Rescaling(1 / 255)])
    return layers.Normalization(mean=IMAGENET[0], variance=IMAGENET[1])(inner(picture))


def learnt_statistics(picture, layers):
    layer = layers.BatchNormalization()
    after = layer(picture)
    layer.set_weights([np.ones(3), np.zeros(3), np.full(3, 20.0), np.full(3, 900.0)])
    return after


def bgr_less_mean(picture, _layers):
    return runtime.keras().applications.vgg16.preprocess_input(picture)


RAW = {
    "to one": lambda picture, layers: layers.Rescaling(1 / 255)(picture),
    "to minus one": lambda picture, layers: layers.Rescaling(1 / 127.5, -1)(picture),
    "arithmetic": lambda picture, layers: picture / 127.5 - 1,
    "colours the other way": bgr_less_mean,
    "statistics of the data": normalisation((123, 116, 103), (3400, 3200, 3300)),
    "statistics of dark data": learnt_statistics,
    "resized first": lambda picture, layers: layers.Rescaling(1 / 255)(layers.Resizing(32, 32)(picture)),
    "a model inside": nested,
    **{f"convolution {name}": fixed_convolution(SCALINGS[name]) for name in SCALINGS if name != "raw"},
}


@pytest.mark.parametrize("begin", RAW.values(), ids=RAW)
def test_layers_that_scale_themselves_are_given_raw_colours(begin):
    assert expected_preset(graph_of(network(begin))) == "raw"


@pytest.mark.parametrize(
    ("begin", "preset"),
    [
        (lambda picture, layers: layers.Rescaling(2.0, -1.0)(picture), "unit"),
        (lambda picture, layers: layers.Rescaling(255.0)(picture), "unit"),
        (normalisation(*IMAGENET), "unit"),
        (lambda picture, layers: layers.Rescaling(127.5, 127.5)(picture), "signed"),
    ],
)
def test_layers_that_go_on_from_other_values_are_given_these(begin, preset):
    assert expected_preset(graph_of(network(begin))) == preset


@pytest.mark.parametrize(
    "begin",
    [
        lambda picture, layers: picture,
        lambda picture, layers: layers.Conv2D(3, 1, kernel_initializer="glorot_uniform")(picture),
        lambda picture, layers: layers.BatchNormalization()(picture),
        lambda picture, layers: layers.RandomFlip()(picture),
        lambda picture, layers: layers.Add()([picture, layers.Rescaling(1 / 255)(picture)]),
        fixed_convolution(SCALINGS["raw"]),
        lambda picture, layers: layers.Rescaling(-1 / 255, 1)(picture),
    ],
    ids=["nothing", "learnt", "no statistics", "augmentation", "two ways", "identity", "negative"],
)
def test_other_layers_say_nothing(begin):
    assert expected_preset(graph_of(network(begin))) is None


@pytest.mark.parametrize("name", ["MobileNetV3Small", "EfficientNetV2B0", "ConvNeXtTiny"])
def test_applications_with_their_own_scaling(name):
    built = getattr(runtime.keras().applications, name)(
        weights=None, include_top=False, input_shape=(64, 64, 3), pooling="avg"
    )
    assert expected_preset(graph_of(built)) == "raw"


def test_grey_images():
    begin = RAW["to one"]
    assert expected_preset(graph_of(network(begin, channels=1))) == "raw"
