"""A classifier for the command line: which of three bands of the picture is the brightest."""

from dataclasses import replace
from functools import lru_cache

import numpy as np

from engine.model import LoadedModel, ModelFacts
from model_store.catalogue import ModelRef

SOURCE = f"{__name__}:BandSource"
RIVAL = "vgg16-imagenet"
FACTS = ModelFacts(
    "bands",
    "Bands",
    "classification",
    ("left band", "Middle", "right band"),
    ((9, 9, 9),) * 3,
    "CC0",
    "bands-1",
)


@lru_cache(maxsize=2)
def bands(middle_only: bool = False) -> LoadedModel:
    """A real Keras model: mean brightness of the left, middle and right third, times ten; or of the middle
    alone.
    """
    from model_store.base import runtime
    from model_store.keras.classifier import classifier_of
    from model_store.keras.network import Usage

    keras = runtime.keras()
    kernel = np.zeros((1, 3, 3, 3), np.float32)  # height, width, colours, outputs
    kernel[0, range(3), :, range(3)] = 1 / 3
    layers = [
        keras.Input((12, 12, 3)),
        keras.layers.AveragePooling2D((12, 4)),
        keras.layers.Conv2D(3, (1, 3), use_bias=False, activation="relu", name="bands"),
        keras.layers.Flatten(),
        keras.layers.Dense(3, activation="softmax", name="answer"),
    ]
    model = keras.Sequential(layers)
    if middle_only:
        kernel[:, [0, 2]] = 0
    model.get_layer("bands").set_weights([kernel])
    model.get_layer("answer").set_weights([np.eye(3, dtype=np.float32) * 10, np.zeros(3, np.float32)])
    return classifier_of(model, FACTS, Usage("unit"))


class BandSource:
    """The same classifier under every key, but for that of the rival, which sees the middle only."""

    def facts(self, ref: ModelRef) -> ModelFacts:
        return replace(FACTS, key=str(ref), fingerprint=f"{FACTS.fingerprint}-{ref.key == RIVAL}")

    def get(self, ref: ModelRef) -> LoadedModel:
        return bands(middle_only=ref.key == RIVAL)
