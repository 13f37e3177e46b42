"""Random weights in place of trained ones: whose initialiser, how deep, from which seed."""

from types import SimpleNamespace

import numpy as np
import pytest

from engine.errors import ModelError
from model_store.base import runtime
from model_store.base.randomised import DEPTH_SHARES, FULL, Randomised
from model_store.catalogue import ModelRef, model_facts
from model_store.loading.cache import ModelCache
from model_store.loading.load import load_model
from model_store.network.randomising import randomise
from settings import settings

pytestmark = pytest.mark.models
TRAINED = 7.0
"""Value of all weights before."""


@pytest.fixture
def network():
    """Layers of many kinds, a model inside; every weight is 7."""
    keras = runtime.keras()
    layers = keras.layers
    inner = keras.Sequential([keras.Input((8, 8, 16)), layers.SeparableConv2D(32, 3, name="inner")])
    model = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.Normalization(name="colours"),
            layers.Conv2D(16, 3, padding="same", kernel_initializer="he_normal", name="first"),
            layers.BatchNormalization(name="norm"),
            inner,
            layers.DepthwiseConv2D(3, bias_initializer="ones", name="deep"),
            layers.Conv2D(8, 1, kernel_initializer="zeros", name="filled"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(4, kernel_initializer="random_normal", name="last"),
        ]
    )
    for weight in model.weights:
        if not weight.path.startswith("colours"):
            weight.assign(np.full(weight.shape, TRAINED))
    return SimpleNamespace(graph=model._functional, model=model)


def weight_of(network, path):
    (found,) = (one for one in network.model.weights if one.path.endswith(path))
    return np.asarray(found)


def changed(network):
    return {
        weight.path.split("/")[-2]
        for weight in network.model.weights
        if not weight.path.startswith("colours") and (np.asarray(weight) != TRAINED).all()
    }


def test_each_layer_begins_as_its_own_initialiser_says(network):
    before = [np.asarray(weight) for weight in network.graph.get_layer("colours").weights]
    paths = randomise(network, Randomised(FULL, 0), "Toy")
    assert paths[0] == "first" and paths[-1] == "last" and "colours" not in paths
    assert weight_of(network, "first/kernel").std() == pytest.approx(np.sqrt(2 / 27) * 0.88, rel=0.25)
    assert weight_of(network, "last/kernel").std() == pytest.approx(0.05, rel=0.4)
    assert (weight_of(network, "first/bias") == 0).all() and (weight_of(network, "deep/bias") == 1).all()
    assert np.ptp(weight_of(network, "inner/pointwise_kernel")) > 0
    after = [np.asarray(weight) for weight in network.graph.get_layer("colours").weights]
    assert all(np.array_equal(*pair) for pair in zip(before, after, strict=True))


def test_the_statistics_of_batch_normalisation_are_reset(network):
    randomise(network, Randomised(FULL, 0), "Toy")
    values = {"gamma": 1, "beta": 0, "moving_mean": 0, "moving_variance": 1}
    assert all((weight_of(network, f"norm/{name}") == value).all() for name, value in values.items())


def test_a_kernel_that_was_built_to_be_filled_is_not_left_at_zero(network):
    randomise(network, Randomised(FULL, 0), "Toy")
    kernel = weight_of(network, "filled/kernel")
    assert np.abs(kernel).max() <= np.sqrt(6 / (32 + 8)) and kernel.std() > 0.1


def test_a_depth_begins_at_the_output_and_leaves_the_rest_as_it_was(network):
    chosen = [("last",), *(None for _ in DEPTH_SHARES[1:])]
    seen = set()
    for depth, expected in enumerate(chosen, 1):
        paths = randomise(network, Randomised(depth, 0), "Toy")
        assert expected in (None, paths) and seen <= set(paths)
        seen = set(paths)
        assert {path.split("/")[-1] for path in paths} == changed(network)
    assert changed(network) == {"first", "norm", "inner", "deep", "filled", "last"}


def test_a_seed_is_a_network(network):
    def drawn(seed):
        randomise(network, Randomised(FULL, seed), "Toy")
        return weight_of(network, "first/kernel"), weight_of(network, "last/kernel")

    one, again, other = drawn(0), drawn(0), drawn(1)
    assert all(np.array_equal(*pair) for pair in zip(one, again, strict=True))
    assert not any(np.array_equal(*pair) for pair in zip(one, other, strict=True))


def test_what_only_answers_says_so():
    with pytest.raises(ModelError, match="only returns outputs"):
        randomise(SimpleNamespace(), Randomised(FULL, 0), "Toy")


def test_what_has_no_kernel_says_so():
    keras = runtime.keras()
    model = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.GlobalAveragePooling2D()])
    with pytest.raises(ModelError, match="no layer whose weights"):
        randomise(SimpleNamespace(graph=model._functional), Randomised(FULL, 0), "Toy")


@pytest.mark.parametrize(
    "word", ["random-0-0", "random-6-0", "random-5-100", "random-5", "pad", "chance-5-0"]
)
def test_other_words_mean_nothing(word):
    assert Randomised.found([word]) is None


def test_nobody_gets_a_random_network_by_a_link():
    ref = ModelRef("digits-cnn", randomised=Randomised(5, 0))
    assert str(ref) == "digits-cnn@random-5-0" and ModelRef.recorded(str(ref)) == ref
    with pytest.raises(ModelError, match="cannot be asked for"):
        ModelRef.parse(str(ref))


def test_it_has_an_identity_of_its_own_and_says_what_it_is():
    refs = [ModelRef("digits-cnn")] + [
        ModelRef("digits-cnn", randomised=Randomised(depth, seed)) for depth in (1, 5) for seed in (0, 1)
    ]
    facts = [model_facts(ref) for ref in refs]
    assert len({one.fingerprint for one in facts}) == len({one.key for one in facts}) == len(refs)
    assert all("random weights" in one.title for one in facts[1:]) and "random" not in facts[0].title


def test_it_is_never_taken_for_the_trained_one_and_writes_nothing(tmp_path, monkeypatch, rng):
    monkeypatch.setenv("VITRINE_MODELS", str(tmp_path))
    assert settings().models == tmp_path
    cache = ModelCache(2**30)
    ref = ModelRef("digits-cnn", randomised=Randomised(FULL, 0))
    random = cache.get(ref)
    assert list(tmp_path.rglob("*")) == []
    trained = cache.get(ModelRef("digits-cnn"))
    image = rng.uniform(0, 255, (1, *trained.input_size_hw((64, 64)), 3)).astype(np.float32)
    answers = [model.score_batch(image, "logit") for model in (random, trained, load_model(ref))]
    assert np.array_equal(answers[0], answers[2]) and np.abs(answers[0] - answers[1]).max() > 0.1
