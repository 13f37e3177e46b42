"""Drawing for channels: nets whose best picture is known on paper, and the shipped U-Net."""

from dataclasses import replace

import numpy as np
import pytest

from engine.errors import ModelError
from engine.filters import OUTPUT, FilterParams, start_maximisation
from engine.model import ModelFacts
from model_store.base import runtime
from model_store.catalogue import ModelRef
from model_store.keras.classifier import classifier_of
from model_store.loading.load import load_model
from model_store.network.activation_maximisation import COLOURS, wave_scale

pytestmark = pytest.mark.models

STILL = {"jitter": 0, "rotation": 0, "zoom": 0, "smoothness": 0.0}
PAPER = FilterParams(size=64, steps=64, rate=0.3, **STILL)
PIXELS = FilterParams(size=64, steps=64, rate=0.3, painting="pixels", **STILL)
RED_BLUE, BRIGHT, STRIPES = 0, 1, 2


@pytest.fixture(scope="module")
def paper():
    """Channels: red minus blue; brightness above 0.9, silent at grey; vertical stripes two pixels wide.

    Classes: red minus blue, blue.
    """
    keras = runtime.keras()
    inputs = keras.Input((64, 64, 3))
    maps = keras.layers.Conv2D(3, (1, 4), padding="same", activation="relu", name="maps")(
        keras.layers.Rescaling(1 / 255)(inputs)
    )
    mean = keras.layers.GlobalAveragePooling2D()(inputs)
    unused = keras.layers.GlobalAveragePooling2D()(maps)
    dense = keras.layers.Dense(2, name="answer")
    outputs = keras.layers.Add()([dense(mean), keras.layers.Dense(2, kernel_initializer="zeros")(unused)])
    model = keras.Model(inputs, outputs)
    kernel = np.zeros((1, 4, 3, 3), np.float32)
    kernel[0, 1, :, RED_BLUE] = 1, 0, -1
    kernel[0, 1, :, BRIGHT] = 1 / 3
    kernel[0, :, :, STRIPES] = np.array([1, 1, -1, -1])[:, None] / 6
    model.get_layer("maps").set_weights([kernel, np.array([0, -0.9, 0], np.float32)])
    dense.set_weights([np.array([[1, 0], [0, 0], [-1, 1]], np.float32) / 255, np.zeros(2, np.float32)])
    return classifier_of(
        model,
        ModelFacts("paper", "Paper", "classification", ("red", "blue"), ((9, 9, 9),) * 2, "own", "paper"),
    )


def draw(model, layer, channels, params=PAPER, steps=None):
    canvas = model.maximise(layer, start_maximisation(channels, (64, 64), params), params, 0)
    return canvas, model.maximise(layer, canvas, params, params.steps if steps is None else steps)


@pytest.fixture(scope="module")
def drawn(paper):
    return draw(paper, "maps", [RED_BLUE, BRIGHT, STRIPES])


def test_the_best_picture_is_the_one_known_on_paper(paper):
    start, end = draw(paper, OUTPUT, [0], PIXELS)
    red, _, blue = end.pixels[0].reshape(-1, 3).mean(axis=0)
    assert red > 250 and blue < 5 and end.activation[0] > 0.98
    assert end.step == 64 and start.step == 0 and abs(start.activation[0]) < 0.1


def test_a_direction_of_one_channel_is_that_channel_and_a_sum_is_in_between(paper):
    def towards(*weights):
        canvas = start_maximisation([0], (64, 64), PIXELS, [weights])
        return paper.maximise("maps", canvas, PIXELS, PIXELS.steps)

    single = paper.maximise("maps", start_maximisation([RED_BLUE], (64, 64), PIXELS), PIXELS, PIXELS.steps)
    alone = towards(1, 0, 0)
    assert np.array_equal(alone.pixels, single.pixels) and alone.activation == single.activation
    less_blue_more_red = towards(-1, 0, 0)
    assert less_blue_more_red.activation[0] <= 0, "the opposite of a channel that is never negative"
    both = towards(0.6, 0, 0.8)
    assert both.activation[0] == pytest.approx(
        0.6 * _channel(paper, both, RED_BLUE) + 0.8 * _channel(paper, both, STRIPES), abs=0.01
    )
    assert both.activation[0] > 0.5 * alone.activation[0]


def _channel(model, state, channel):
    """What a channel makes of a drawn image, on the mean."""
    canvas = replace(state, channels=np.array([channel], np.int32), directions=np.zeros((1, 0), np.float32))
    return model.maximise("maps", canvas, PIXELS, 0).activation[0]


def test_waves_come_near_to_what_is_possible_too(drawn):
    start, end = drawn
    assert end.activation[RED_BLUE] > 0.4 and start.activation[RED_BLUE] < 0.01
    assert (
        0.2 < end.activation[STRIPES] < 0.27
    )  # stripes from white to black give 1/4, and the rim of the picture a little more


def test_a_channel_that_is_silent_at_first_is_woken(drawn):
    start, end = drawn
    assert start.activation[BRIGHT] == 0 and end.activation[BRIGHT] > 0.02


def test_paleness_keeps_pictures_grey(paper, drawn):
    _, pale = draw(
        paper, "maps", [RED_BLUE], FilterParams(size=64, steps=64, rate=0.3, paleness=2.0, **STILL)
    )
    assert 0.05 < pale.activation[0] < drawn[1].activation[RED_BLUE]


def test_classes_are_drawn_by_their_logits(paper):
    _, end = draw(paper, OUTPUT, [0, 1])
    means = end.pixels.reshape(2, -1, 3).mean(axis=1) / 255
    assert end.activation[0] > 0.4 and end.activation[1] > 0.85
    np.testing.assert_allclose(end.activation, [means[0, 0] - means[0, 2], means[1, 2]], atol=0.01)


def test_same_seed_same_picture_in_any_company_and_in_any_portions(paper):
    params = FilterParams(size=64, steps=16, rate=0.1, jitter=5, rotation=20, zoom=20)
    _, all_three = draw(paper, "maps", [STRIPES, BRIGHT, RED_BLUE], params)
    start, alone = draw(paper, "maps", [RED_BLUE], params, 7)
    before = start.values.copy()
    alone = paper.maximise("maps", alone, params, 9)
    np.testing.assert_array_equal(start.values, before)
    assert alone.step == all_three.step == 16
    np.testing.assert_allclose(alone.pixels[0].astype(int), all_three.pixels[2].astype(int), atol=2)
    _, other = draw(
        paper,
        "maps",
        [RED_BLUE],
        FilterParams(size=64, steps=16, rate=0.1, jitter=5, rotation=20, zoom=20, seed=1),
    )
    assert np.abs(other.pixels.astype(int) - alone.pixels).mean() > 5


def test_layers_are_drawn_at_any_size_and_unknown_ones_get_a_sentence(paper):
    canvas = start_maximisation([0], (96, 128), PAPER)
    assert paper.maximise("maps", canvas, PAPER, 1).pixels.shape == (1, 96, 128, 3)
    with pytest.raises(ModelError, match=r"no layer 'cellar'.*maps"):
        paper.maximise("cellar", canvas, PAPER, 1)
    with pytest.raises(ModelError, match="no layer"):
        paper.receptive_field("cellar", (64, 64))


def test_a_cell_sees_as_far_as_its_kernels(paper):
    up, left, down, right = paper.receptive_field("maps", (64, 64))
    assert (up, down) == pytest.approx((0.5 / 64, 0.5 / 64))
    assert (left, right) == pytest.approx((1.5 / 64, 2.5 / 64))
    assert paper.receptive_field(OUTPUT, (64, 64)) == (1.0, 1.0, 1.0, 1.0)


def test_drawing_leaves_the_model_as_it_is(paper, drawn):
    noise = np.random.default_rng(0).uniform(0, 255, (1, 64, 64, 3)).astype(np.float32)
    seen = paper.layer_gradients(noise, np.array([[1, 0]], np.float32), ["maps"])["maps"].activation
    wanted = np.maximum((noise[..., 0] - noise[..., 2]) / 255, 0)
    np.testing.assert_allclose(seen[..., RED_BLUE], wanted, atol=1e-5)


def test_slow_waves_are_stronger_and_colours_are_those_of_pictures():
    scale = wave_scale((64, 96))
    assert scale.shape == (64, 49) and scale[0, 0] == scale.max() and scale[32, 48] == scale.min() > 0
    np.testing.assert_allclose(np.linalg.norm(COLOURS, axis=0).max(), 1)


def test_channels_of_a_shipped_classifier_reach_five_times_the_noise():
    """Seven of eight: one of the first eight answers to plain grey, or nearly."""
    model = load_model(ModelRef("dogs-vgg"))
    start, end = draw(model, "block4_conv3", range(8), FilterParams(size=64, steps=64))
    assert (end.activation >= 5 * np.maximum(start.activation, 1e-3)).sum() >= 7


def test_channels_of_the_shipped_street_network_reach_five_times_the_noise():
    """In the median: a channel that answers to plain grey cannot answer five times as much everywhere."""
    model = load_model(ModelRef("streets-unet"))
    params = FilterParams(size=64, steps=64, rate=0.1)
    start, end = draw(model, "block2b_add", range(8), params)
    gains = end.activation / np.maximum(start.activation, 1e-6)
    assert np.median(gains) >= 5 and gains.min() >= 2
