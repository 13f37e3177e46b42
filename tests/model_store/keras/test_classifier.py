"""Any Keras classifier: nested, with and without softmax, one sigmoid, grey; a real one of ImageNet."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from engine.errors import ModelError
from engine.model import INPUT, ModelFacts
from model_store.base import runtime
from model_store.base.target_layers import TargetLayerChoice
from model_store.keras.classifier import classifier_of
from model_store.keras.network import Usage
from tests.model_store.keras.classifiers import functional, sequential

pytestmark = pytest.mark.models

REAL = Path(__file__).parents[4] / "shared" / "models" / "mobilenet_v2_imagenet.keras"
THREE = ("cat", "dog", "bird")


def facts(labels=THREE):
    return ModelFacts(
        "own", "Own model", "classification", labels, ((9, 9, 9),) * len(labels), "own", "own-1"
    )


@pytest.fixture(scope="module")
def keras():
    keras = runtime.keras()
    keras.utils.set_random_seed(0)
    return keras


@pytest.fixture(scope="module")
def pictures():
    return np.random.default_rng(0).uniform(0, 255, (2, 16, 16, 3)).astype(np.float32)


def softmax(logits):
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


@pytest.mark.parametrize("build", [sequential, functional])
@pytest.mark.parametrize("kind", ["inside", "layer", "activation", "reshaped"])
def test_a_softmax_is_left_out_wherever_it_is(keras, pictures, build, kind):
    model = build(keras, kind)
    loaded = classifier_of(model, facts())
    wanted = np.asarray(model(pictures, training=False))
    np.testing.assert_allclose(loaded.score_batch(pictures, "probability"), wanted, atol=1e-6)
    logits = loaded.score_batch(pictures, "logit")
    np.testing.assert_allclose(softmax(logits), wanted, atol=1e-6)
    answer = next(layer for layer in model._flatten_layers() if layer.name == "answer")
    np.testing.assert_allclose(
        logits.sum(), (logits - answer.bias.numpy()).sum() + 2 * answer.bias.numpy().sum(), rtol=1e-4
    )
    assert not np.allclose(logits.sum(-1), 1)


def test_logits_are_those_of_the_same_weights_without_softmax(keras, pictures):
    with_softmax, without = sequential(keras, "inside"), sequential(keras, "none")
    without.set_weights(with_softmax.get_weights())
    wanted = np.asarray(without(pictures, training=False))
    for model in (with_softmax, without):
        np.testing.assert_allclose(
            classifier_of(model, facts()).score_batch(pictures, "logit"), wanted, atol=1e-5
        )


def test_one_sigmoid_answers_two_classes(keras, pictures):
    model = functional(
        keras, "sigmoid"
    )  # of small numbers: a logit cannot be told from a probability of nearly 1
    loaded = classifier_of(model, facts(("not a dog", "dog")))
    yes = np.asarray(model(pictures, training=False))
    np.testing.assert_allclose(
        loaded.score_batch(pictures, "probability"), np.concatenate([1 - yes, yes], -1), atol=1e-6
    )
    logits = loaded.score_batch(pictures, "logit")
    np.testing.assert_allclose(logits[:, 1:], np.log(yes / (1 - yes)), rtol=1e-3, atol=1e-5)
    np.testing.assert_array_equal(logits[:, 0], -logits[:, 1])


def test_classes_that_do_not_exclude_each_other(keras, pictures):
    model = functional(keras, "sigmoids")
    loaded = classifier_of(model, facts())
    wanted = np.asarray(model(pictures, training=False))
    np.testing.assert_allclose(loaded.score_batch(pictures, "probability"), wanted, atol=1e-6)
    np.testing.assert_allclose(
        loaded.score_batch(pictures, "logit"), np.log(wanted / (1 - wanted)), rtol=1e-3, atol=1e-5
    )


@pytest.mark.parametrize(("build", "prefix"), [(sequential, "backbone/"), (functional, "backbone/")])
def test_layers_of_a_nested_model_are_watched(keras, pictures, build, prefix):
    model = build(keras, "inside")
    loaded = classifier_of(model, facts())
    assert [
        (target_layer.name, target_layer.channels, target_layer.best) for target_layer in loaded.target_layers
    ] == [
        (prefix + "conv1", 6, False),
        (prefix + "relu2", 8, True),
    ]
    weights = np.zeros((2, 3), np.float32)
    weights[:, 1] = 1
    seen = loaded.layer_gradients(pictures, weights, [prefix + "relu2", prefix + "conv1", INPUT])
    assert (
        seen[prefix + "relu2"].activation.shape == (2, 8, 8, 8)
        and seen[INPUT].gradient.shape == pictures.shape
    )
    answer = next(layer for layer in model._flatten_layers() if layer.name == "answer")
    on_paper = np.broadcast_to(
        answer.kernel.numpy()[:, 1] / 64, (2, 8, 8, 8)
    )  # the mean over 64 places, then a matrix
    np.testing.assert_allclose(seen[prefix + "relu2"].gradient, on_paper, rtol=1e-5, atol=1e-9)
    inner = keras.Model(
        model.get_layer("backbone").inputs, model.get_layer("backbone").get_layer("conv1").output
    )
    scaled = pictures if build is sequential else pictures / 127.5 - 1
    np.testing.assert_allclose(
        seen[prefix + "conv1"].activation, np.asarray(inner(scaled)), rtol=1e-4, atol=1e-4
    )


def test_the_model_is_left_as_it_is(keras, pictures):
    model = functional(keras, "inside")
    before = (
        model.to_json(),
        np.asarray(model(pictures, training=False)),
        [len(layer._inbound_nodes) for layer in model._flatten_layers()],
    )
    kept = pictures.copy()
    loaded = classifier_of(model, facts())
    loaded.layer_gradients(
        pictures, np.ones((2, 3), np.float32), [target_layer.name for target_layer in loaded.target_layers]
    )
    assert (
        model.to_json() == before[0]
        and [len(layer._inbound_nodes) for layer in model._flatten_layers()] == before[2]
    )
    np.testing.assert_array_equal(np.asarray(model(pictures, training=False)), before[1])
    np.testing.assert_array_equal(pictures, kept)


def test_threads_watch_one_model_at_once(keras, pictures):
    loaded = classifier_of(functional(keras, "inside"), facts())
    names = [target_layer.name for target_layer in loaded.target_layers]
    weights = [np.eye(3, dtype=np.float32)[[index, index]] for index in (0, 1, 2)] * 4
    alone = [loaded.layer_gradients(pictures, own, names) for own in weights]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda own: loaded.layer_gradients(pictures, own, names), weights))
    for one, other in zip(alone, together, strict=True):
        for name in names:
            np.testing.assert_allclose(one[name].gradient, other[name].gradient, atol=1e-7)


def test_a_grey_model_sees_the_luminance(keras, pictures):
    model = sequential(keras, "inside", channels=1)
    loaded = classifier_of(model, facts(), Usage("unit"))
    grey = pictures @ np.array([[0.299], [0.587], [0.114]], np.float32)
    np.testing.assert_allclose(
        loaded.score_batch(pictures, "probability"), np.asarray(model(grey / 255, training=False)), atol=1e-6
    )


def test_a_model_for_any_size_gets_one(keras):
    loaded = classifier_of(sequential(keras, "inside", size=None), facts())
    assert loaded.input_size_hw((480, 640)) == (224, 224)
    assert [target_layer.name for target_layer in loaded.target_layers if target_layer.usual] == [
        "backbone/conv1",
        "backbone/relu2",
    ]


def test_half_precision_gives_single(keras, pictures):
    keras.mixed_precision.set_dtype_policy("mixed_float16")
    try:
        model = sequential(keras, "inside")
    finally:
        keras.mixed_precision.set_dtype_policy("float32")
    loaded = classifier_of(model, facts(), Usage("signed"))
    assert loaded.score_batch(pictures, "logit").dtype == np.float32


def test_chosen_layers(keras):
    model = sequential(keras, "none")
    target_layers = classifier_of(
        model, facts(), Usage(target_layers=TargetLayerChoice(("backbone/norm",), "backbone/conv1"))
    ).target_layers
    assert [(target_layer.name, target_layer.usual, target_layer.best) for target_layer in target_layers] == [
        ("backbone/conv1", False, True),
        ("backbone/norm", True, False),
        ("backbone/relu2", False, False),
    ]
    with pytest.raises(ModelError, match="no layer backbone/answer with a map"):
        classifier_of(model, facts(), Usage(target_layers=TargetLayerChoice(best="backbone/answer")))


def test_joints_and_a_last_bare_convolution(keras):
    layers = keras.layers
    inputs = keras.Input((16, 16, 3))
    left, right = (layers.Conv2D(4, 1, activation="relu", name=name)(inputs) for name in ("left", "right"))
    joined = layers.Concatenate(name="mixed")([left, right])
    added = layers.ReLU(name="out")(
        layers.Add(name="add")([joined, layers.Conv2D(8, 1, name="shortcut")(inputs)])
    )
    last = layers.Conv2D(5, 3, 2, name="last")(added)
    model = keras.Model(inputs, layers.Dense(3)(layers.Flatten()(last)))
    target_layers = classifier_of(model, facts()).target_layers
    assert (
        {target_layer.name for target_layer in target_layers} == {"left", "right", "mixed", "out", "last"}
        and target_layers[-1].name == "last"
        and target_layers[-1].best
    )
    assert [one.name for one in target_layers if one.branch] == ["left", "right"]


def refused(keras):
    layers = keras.layers
    inputs = keras.Input((16, 16, 3))
    pooled = layers.GlobalAveragePooling2D()(layers.Conv2D(4, 3)(inputs))
    four = keras.Input((16, 16, 4))
    act = layers.Activation("softmax")

    class Code(keras.Model):
        def call(self, pictures):
            return pictures

    return {
        "custom code": Code(),
        "never built": keras.Sequential([layers.Dense(3)]),
        "1 inputs and 2 outputs": keras.Model(inputs, [layers.Dense(3)(pooled), layers.Dense(3)(pooled)]),
        r"takes an input \(None, 16, 16, 4\)": keras.Model(four, layers.Dense(3)(layers.Flatten()(four))),
        r"takes an input \(None, 9\)": keras.Sequential([keras.Input((9,)), layers.Dense(3)]),
        r"\(None, 16, 16, 3\) of Own model is no classification": keras.Model(
            inputs, layers.Conv2D(3, 1)(inputs)
        ),
        "give 5 classes instead of 3": keras.Model(inputs, layers.Dense(5)(pooled)),
        "cannot be told apart": keras.Model(inputs, act(layers.Dense(3)(act(layers.Dense(3)(pooled))))),
    }


@pytest.mark.parametrize("place", range(8))
def test_what_cannot_be_used_is_refused_in_words(keras, place):
    sentence, model = list(refused(keras).items())[place]
    with pytest.raises(ModelError, match=sentence):
        classifier_of(model, facts())


def test_other_pictures_are_refused_in_words(keras, pictures):
    loaded = classifier_of(sequential(keras, "none"), facts())
    for wrong in (pictures[0], pictures[..., :1], pictures[:, :8], pictures[:0]):
        with pytest.raises(ModelError, match=r"array \(number, 16, 16, 3\)"):
            loaded.score_batch(wrong, "logit")
    with pytest.raises(ModelError, match="There is no layer 'backbone'"):
        loaded.layer_gradients(pictures, np.zeros((2, 3), np.float32), ["backbone"])
    with pytest.raises(ModelError, match="made for an output"):
        loaded.layer_gradients(pictures, np.zeros((2, 4), np.float32), ["backbone/conv1"])


@pytest.mark.skipif(not REAL.is_file(), reason="the shared ImageNet model is not there")
def test_a_real_model_of_imagenet(keras):
    from PIL import Image

    model = keras.models.load_model(REAL)
    labels = tuple((REAL.parent / "mobilenet_v2_imagenet.labels.txt").read_text("utf-8").splitlines())
    loaded = classifier_of(model, facts(labels), Usage("signed"))
    photo = next((REAL.parents[1] / "data" / "dogs").glob("*amoyed/*"))
    picture = np.asarray(Image.open(photo).convert("RGB").resize((224, 224)), np.float32)[None]
    probabilities = loaded.score_batch(picture, "probability")[0]
    assert "Samoyed" in labels[int(probabilities.argmax())] and probabilities.sum() == pytest.approx(
        1, abs=1e-4
    )
    np.testing.assert_allclose(
        probabilities, np.asarray(model(picture / 127.5 - 1, training=False))[0], atol=1e-5
    )
    assert (
        loaded.target_layers[-1].name == "relu6_63"
        and loaded.target_layers[-1].best
        and loaded.target_layers[-1].channels == 1280
    )
