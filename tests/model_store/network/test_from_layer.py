"""The rest of a network after a layer, on graphs that branch and join."""

import numpy as np
import pytest

from engine.errors import ModelError
from engine.model import ModelFacts
from model_store.base import runtime
from model_store.catalogue import ModelRef
from model_store.keras.classifier import classifier_of
from model_store.loading.cache import ModelCache

pytestmark = pytest.mark.models

SHIPPED = ("digits-cnn", "dogs-vgg", "dogs-inception", "streets-unet", "streets-segformer")


@pytest.fixture(scope="module")
def models():
    return ModelCache(2**31)


def facts(classes=3):
    names = tuple("abcdefgh"[:classes])
    return ModelFacts("own", "Own", "classification", names, ((9, 9, 9),) * classes, "own", "own-1")


@pytest.fixture(scope="module")
def branching():
    """A network that adds, joins, skips, and has a model inside."""
    runtime.tensorflow()
    keras = runtime.keras()
    keras.utils.set_random_seed(0)
    layers = keras.layers
    image = keras.Input((16, 16, 3))
    first = layers.Conv2D(6, 3, padding="same", activation="relu", name="first")(
        layers.Rescaling(1 / 99)(image)
    )
    left = layers.Conv2D(4, 3, padding="same", activation="relu", name="left")(first)
    right = layers.Conv2D(4, 1, padding="same", activation="tanh", name="right")(first)
    joined = layers.Concatenate(name="joined")([left, right, first])
    inner_input = keras.Input((16, 16, 14))
    inner = layers.Conv2D(6, 1, activation="relu", name="deep")(inner_input)
    inside = keras.Model(
        inner_input,
        layers.Add(name="sum")([inner, layers.Conv2D(6, 1, name="other")(inner_input)]),
        name="inside",
    )
    summed = layers.Add(name="residual")([inside(joined), first])
    out = layers.Dense(3, activation="softmax")(layers.GlobalAveragePooling2D()(summed))
    return classifier_of(keras.Model(image, out), facts())


def images(model, count):
    size = model.input_size_hw((96, 96))
    return np.random.default_rng(count).uniform(0, 255, (count, *size, 3)).astype(np.float32)


def test_every_layer_of_a_network_that_branches_gives_its_own_answer_back(branching):
    (picture,) = images(branching, 1)
    own = branching.score_batch(picture[None], "logit")[0]
    for layer in branching.target_layers:
        maps = branching.activations(picture[None], layer.name)
        again = branching.answers_from(picture, layer.name, np.repeat(maps, 3, axis=0), "logit")
        assert again.shape == (3, 3)
        assert np.abs(again - own).max() < 1e-4, layer.name
    assert {"left", "inside/deep", "residual"} <= {layer.name for layer in branching.target_layers}


def test_what_does_not_come_through_the_layer_stays_that_of_the_image(branching):
    """A silenced branch changes the answer as the graph says; the other branch is untouched."""
    picture, other = images(branching, 2)
    maps = branching.activations(picture[None], "left")
    changed = branching.answers_from(picture, "left", np.concatenate([maps, 0 * maps]), "logit")
    assert np.abs(changed[0] - changed[1]).max() > 1e-4
    swapped = branching.answers_from(other, "left", maps, "logit")
    assert np.abs(swapped[0] - changed[0]).max() > 1e-4  # the other image's own branches
    assert np.abs(swapped[0] - branching.score_batch(other[None], "logit")[0]).max() > 1e-4


def test_the_derivative_agrees_with_that_of_the_layer(branching):
    """A small step in the activation moves the score by what the gradient says."""
    (picture,) = images(branching, 1)
    weights = np.array([[1.0, 0, 0]], np.float32)
    for layer in ("first", "right", "inside/sum"):
        seen = branching.layer_gradients(picture[None], weights, [layer])[layer]
        step = np.random.default_rng(0).normal(size=seen.activation.shape).astype(np.float32) * 1e-3
        both = np.concatenate([seen.activation + step, seen.activation - step])
        scores = branching.answers_from(picture, layer, both, "logit")[:, 0]
        assert scores[0] - scores[1] == pytest.approx(2 * (seen.gradient * step).sum(), rel=0.05, abs=1e-5)


@pytest.mark.parametrize("key", SHIPPED)
def test_shipped_models_answer_from_their_usual_layers_as_they_do(models, key):
    model = models.get(ModelRef(key))
    (picture,) = images(model, 1)
    own = model.score_batch(picture[None], "probability")[0]
    for layer in [layer for layer in model.target_layers if layer.usual][-2:]:
        maps = model.activations(picture[None], layer.name)
        again = model.answers_from(picture, layer.name, np.repeat(maps, 2, axis=0), "probability")
        assert np.abs(again - own).max() < 5e-3, layer.name  # the model itself may run in another library


def test_wrong_layers_and_shapes_are_refused(branching):
    (picture,) = images(branching, 1)
    with pytest.raises(ModelError, match="no layer 'nowhere'"):
        branching.activations(picture[None], "nowhere")
    with pytest.raises(ModelError, match="makes"):
        branching.answers_from(picture, "left", np.zeros((2, 8, 8, 4), np.float32), "logit")
