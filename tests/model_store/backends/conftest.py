"""A small classifier, and its network converted once."""

import pytest

from engine.model import ModelFacts
from model_store.backends.converted import NETWORK
from model_store.backends.openvino_forward import convert
from model_store.base import runtime
from model_store.base.entries import FixedSize
from model_store.keras.classifier import classifier_of

FACTS = ModelFacts("own", "Own", "classification", tuple("abcd"), ((9, 9, 9),) * 4, "own", "f" * 64)
SIZE = FixedSize(24, 24)


@pytest.fixture(scope="module")
def classifier():
    runtime.tensorflow()
    keras = runtime.keras()
    keras.utils.set_random_seed(0)
    layers = keras.layers
    blocks = [
        layers.Rescaling(1 / 50),
        layers.Conv2D(6, 3, activation="relu"),
        layers.GlobalAveragePooling2D(),
    ]
    return classifier_of(
        keras.Sequential([keras.Input((24, 24, 3)), *blocks, layers.Dense(4, activation="softmax")]), FACTS
    )


@pytest.fixture(scope="module")
def converted(classifier, tmp_path_factory):
    """The converted network."""
    network = tmp_path_factory.mktemp("converted") / NETWORK
    convert(classifier.frozen(), network)
    return network
