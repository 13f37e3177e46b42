"""Gradients by the picture with three rules, on every kind of network.

They are held against a tape and against a net worked out by hand.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from engine.errors import ModelError
from engine.model import ModelFacts
from model_store.base import runtime
from model_store.base.entries import Grouping, InputPolicy
from model_store.huggingface.segformer import load_segformer
from model_store.keras.classifier import classifier_of
from model_store.network.input_gradients import InputGradients
from model_store.network.traced_model import TracedModel

pytestmark = pytest.mark.models

RULES = ("plain", "guided", "deconvnet")


def facts(classes):
    return ModelFacts(
        "own", "Own", "classification", tuple("abcdefgh"[:classes]), ((9, 9, 9),) * classes, "own", "own-1"
    )


@pytest.fixture(scope="module")
def keras():
    runtime.tensorflow()
    return runtime.keras()


@pytest.fixture(scope="module")
def nested(keras):
    """ReLUs of every kind: inside a convolution, as a layer, cut off at 6, in a model inside a model."""
    keras.utils.set_random_seed(0)
    layers = keras.layers
    inner = keras.Sequential(
        [keras.Input((16, 16, 6)), layers.Conv2D(8, 3), layers.ReLU(6.0), layers.Activation("relu")]
    )
    outer = [
        keras.Input((16, 16, 3)),
        layers.Rescaling(1 / 50),
        layers.Conv2D(6, 3, padding="same", activation="relu"),
        inner,
    ]
    return keras.Sequential([*outer, layers.GlobalAveragePooling2D(), layers.Dense(4, activation="softmax")])


def by_tape(model, pictures, weights):
    tf = runtime.tensorflow()
    images = tf.constant(pictures)
    with tf.GradientTape() as tape:
        tape.watch(images)
        score = tf.reduce_sum(model.logits(images) * weights)
    return tape.gradient(score, images).numpy()


def one_by_one(keras, first, last):
    """Two units of the sum of the colours, "first" a and b before the ReLU, and one answer made of them with
    the weights "last".
    """
    runtime.tensorflow()
    layers = keras.layers
    units = layers.Dense(2, activation="relu", use_bias=False, name="units")
    model = keras.Sequential(
        [keras.Input((1, 1, 3)), layers.Flatten(), units, layers.Dense(2, use_bias=False, name="answer")]
    )
    units.set_weights([np.tile(np.float32(first), (3, 1))])
    model.get_layer("answer").set_weights([np.array([[last[0], 0], [last[1], 0]], np.float32)])
    return classifier_of(model, facts(2))


@pytest.mark.parametrize(
    ("last", "plain", "guided", "deconvnet"),
    [
        # units 1 (active) and -1 (not): only the first passes anything but in a deconvnet, where -1 *
        # positive weight passes, too
        ((2, 3), 2, 2, 2 - 3),
        ((2, -3), 2, 2, 2),
        ((-2, 3), -2, 0, -3),
        ((-2, -3), -2, 0, 0),
    ],
)
def test_two_units_by_hand(keras, last, plain, guided, deconvnet):
    model = one_by_one(keras, (1, -1), last)
    picture, weights = np.full((1, 1, 1, 3), 7, np.float32), np.array([[1, 0]], np.float32)
    for rule, wanted in zip(RULES, (plain, guided, deconvnet), strict=True):
        np.testing.assert_allclose(model.input_gradients(picture, weights, rule).ravel(), [wanted] * 3)


def test_the_rules_agree_where_no_relu_blocks(keras, rng):
    model = one_by_one(keras, (1, 0.5), (2, 3))
    picture = rng.uniform(1, 255, (2, 1, 1, 3)).astype(np.float32)
    found = [model.input_gradients(picture, np.eye(2, dtype=np.float32), rule) for rule in RULES]
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])
    assert found[0][0].ravel() == pytest.approx([3.5] * 3) and not found[0][1].any()


def test_the_plain_rule_is_the_gradient_of_each_picture(nested, rng):
    model = classifier_of(nested, facts(4))
    pictures = rng.uniform(0, 255, (3, 16, 16, 3)).astype(np.float32)
    weights = rng.normal(size=(3, 4)).astype(np.float32)
    kept = pictures.copy()
    found = model.input_gradients(pictures, weights, "plain")
    assert found.dtype == np.float32 and model.traits == {"relu"}
    np.testing.assert_allclose(found, by_tape(model, pictures, weights), atol=1e-7)
    np.testing.assert_array_equal(pictures, kept)


def test_a_rule_reaches_every_relu_and_leaves_the_model_as_it_is(nested, rng):
    tf, model = runtime.tensorflow(), classifier_of(nested, facts(4))
    pictures, weights = (
        rng.uniform(0, 255, (2, 16, 16, 3)).astype(np.float32),
        np.eye(4, dtype=np.float32)[[0, 2]],
    )
    before = model.score_batch(pictures, "logit")
    rescale, outer, inner, _pool, answer = nested.layers

    def guided(values):
        gates = tf.cast(values > 0, tf.float32)
        return tf.custom_gradient(lambda x: (tf.nn.relu(x), lambda gradient: tf.nn.relu(gradient) * gates))(
            values
        )

    images = tf.constant(pictures)
    with tf.GradientTape() as tape:
        tape.watch(images)
        maps = guided(tf.nn.bias_add(tf.nn.conv2d(rescale(images), outer.kernel, 1, "SAME"), outer.bias))
        maps = guided(
            tf.nn.bias_add(tf.nn.conv2d(maps, inner.layers[0].kernel, 1, "VALID"), inner.layers[0].bias)
        )
        score = tf.reduce_sum(
            (tf.reduce_mean(tf.minimum(maps, 6), (1, 2)) @ answer.kernel + answer.bias) * weights
        )
    np.testing.assert_allclose(
        model.input_gradients(pictures, weights, "guided"), tape.gradient(score, images), atol=1e-7
    )
    plain = model.input_gradients(pictures, weights, "plain")
    assert np.abs(plain - model.input_gradients(pictures, weights, "guided")).max() > 1e-5
    np.testing.assert_allclose(plain, by_tape(model, pictures, weights), atol=1e-7)
    np.testing.assert_array_equal(model.score_batch(pictures, "logit"), before)


@pytest.mark.peers
def test_guided_gradients_equal_those_of_xplique_where_it_can(keras, rng):
    """Its ReLUs are layers at the top; it derives the mean over the batch's own scores, so one picture at a
    time.
    """
    keras.utils.set_random_seed(1)
    layers = keras.layers
    blocks = [
        layers.Conv2D(6, 3, padding="same"),
        layers.ReLU(),
        layers.Conv2D(8, 3),
        layers.ReLU(),
        layers.GlobalAveragePooling2D(),
    ]
    network = keras.Sequential([keras.Input((16, 16, 3)), *blocks, layers.Dense(3)])
    model = classifier_of(network, facts(3))
    pictures, one_hot = (
        rng.uniform(0, 255, (2, 16, 16, 3)).astype(np.float32),
        np.eye(3, dtype=np.float32)[[2, 1]],
    )
    attributions = runtime.xplique().attributions
    for rule, kind in (
        ("guided", attributions.GuidedBackprop),
        ("deconvnet", attributions.DeconvNet),
        ("plain", attributions.Saliency),
    ):
        theirs = np.asarray(kind(network, reducer=None).explain(pictures, one_hot))
        mine = model.input_gradients(pictures, one_hot, rule)
        np.testing.assert_allclose(np.abs(mine) if rule == "plain" else mine, theirs, atol=1e-6)
        assert np.abs(mine).max() > 1e-3


def test_a_network_without_relu_has_no_such_trait(keras, rng):
    layers = keras.layers
    smooth = [layers.Conv2D(4, 3, activation="gelu"), layers.GlobalAveragePooling2D(), layers.Dense(2)]
    model = classifier_of(keras.Sequential([keras.Input((8, 8, 3)), *smooth]), facts(2))
    assert model.traits == frozenset()
    picture, weights = rng.uniform(0, 255, (1, 8, 8, 3)).astype(np.float32), np.ones((1, 2), np.float32)
    np.testing.assert_array_equal(
        *(model.input_gradients(picture, weights, rule) for rule in ("plain", "guided"))
    )


def test_a_segformer_in_any_size(tiny_folders, rng):
    """A Hugging Face network with summed classes: its decode head has one ReLU."""
    network = load_segformer(tiny_folders["tensorflow"], tiny_folders["tensorflow"] / "model.safetensors", 19)
    grouping = Grouping(("even", "odd"), ((1, 1, 1),) * 2, tuple(index % 2 for index in range(19)))
    streets = ModelFacts("s", "S", "segmentation", grouping.labels, grouping.colours, "own", "s-1")
    model = TracedModel(streets, InputPolicy(64, 128, 32), network, grouping)
    assert model.traits == {"relu"}
    for size in ((64, 96), (32, 64)):
        pictures = rng.uniform(0, 255, (2, *size, 3)).astype(np.float32)
        weights = rng.normal(size=(2, size[0] // 4, size[1] // 4, 2)).astype(np.float32)
        plain = model.input_gradients(pictures, weights, "plain")
        np.testing.assert_allclose(plain, by_tape(model, pictures, weights), atol=1e-5 * np.abs(plain).max())
    assert (
        np.abs(model.input_gradients(pictures, weights, "guided") - plain).max() > 1e-3 * np.abs(plain).max()
    )


def test_threads_trace_once_for_all_rules(nested, rng, monkeypatch):
    calls = []
    trace = InputGradients._trace
    monkeypatch.setattr(InputGradients, "_trace", lambda self: calls.append(1) or trace(self))
    model = classifier_of(nested, facts(4))
    pictures, weights = (
        rng.uniform(0, 255, (1, 16, 16, 3)).astype(np.float32),
        np.eye(4, dtype=np.float32)[:1],
    )
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda rule: model.input_gradients(pictures, weights, rule), RULES * 3))
    assert len(calls) == 1 and all(
        np.array_equal(gradient, found[index % 3]) for index, gradient in enumerate(found)
    )


def test_what_does_not_fit_is_refused_in_words(nested):
    model = classifier_of(nested, facts(4))
    picture = np.zeros((1, 16, 16, 3), np.float32)
    for shape in ((1, 3), (2, 4), (1, 1), (1, 1, 1, 4)):
        with pytest.raises(ModelError, match="made for an output"):
            model.input_gradients(picture, np.zeros(shape, np.float32), "plain")
    with pytest.raises(ModelError, match="no rule 'lucky'.*plain, guided, deconvnet"):
        model.input_gradients(picture, np.zeros((1, 4), np.float32), "lucky")
    with pytest.raises(ModelError, match="Images are an array"):
        model.input_gradients(picture[..., :2], np.zeros((1, 4), np.float32), "plain")
