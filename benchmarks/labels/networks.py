"""The network of ``digits-cnn``, taught the right labels or labels that were dealt out anew."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from engine.arrays import Bools, LongInts, Pixels
from engine.model import LoadedModel, ModelFacts
from model_store.base import runtime
from model_store.catalogue import ModelRef
from model_store.keras.classifier import classifier_of
from samples.digits import COUNT, MODEL_SIDE, digit_pixels, digit_split, digit_values

CONFIG = Path(__file__).parents[2] / "training" / "configs" / "digits-cnn.toml"
BATCH, RATE, EPOCHS = 64, 4e-3, 100
TAUGHT: Mapping[str, tuple[bool, int]] = {
    "right-0": (True, 0),
    "right-1": (True, 1),
    "dealt-0": (False, 0),
    "dealt-1": (False, 1),
}
"""Networks: whether they learnt the right labels, and the seed of weights, order and labels."""


@dataclass(frozen=True, eq=False)
class Lessons:
    """Images with what a network is taught about them.

    Attributes:
        images: uint8 (N, 32, 32, 3).
        truth: int64 (N,), the digit.
        training: bool (N,), whether it is learnt.
    """

    images: Pixels
    truth: LongInts
    training: Bools

    def taught(self, right: bool, seed: int) -> LongInts:
        """int64 (N,): the digits, or the same labels dealt out anew among the training images."""
        labels = self.truth.copy()
        if not right:
            rows = np.flatnonzero(self.training)
            labels[rows] = np.random.default_rng(seed).permutation(labels[rows])
        return labels


@lru_cache(maxsize=1)
def lessons() -> Lessons:
    """All digits of scikit-learn; a fixed fifth is held out."""
    images = np.stack([digit_pixels(number) for number in range(COUNT)])
    training = np.array([digit_split(number) != "test" for number in range(COUNT)], np.bool_)
    return Lessons(images, digit_values()[1].astype(np.int64), training)


@dataclass(frozen=True, eq=False)
class Taught:
    """A network with what it knows.

    Attributes:
        model: ready to be explained.
        learnt: share of the training images that it answers as it was taught, 0-1.
        held_out: share of the other images that it answers rightly, 0-1.
    """

    model: LoadedModel
    learnt: float
    held_out: float


@lru_cache(maxsize=len(TAUGHT))
def teach(name: str) -> Taught:
    """Train one of the networks, without augmentation or dropout: it is to learn by heart."""
    keras = runtime.tensorflow().keras
    from training.classify.config import read_config
    from training.classify.networks import build_body, fold_classifier

    right, seed = TAUGHT[name]
    body = replace(read_config(CONFIG).body, dropout=0.0)
    keras.utils.set_random_seed(seed)
    network = build_body(body, 10)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    data, labels = lessons(), lessons().taught(right, seed)
    images = data.images[data.training].astype(np.float32)
    steps = EPOCHS * (len(images) // BATCH + 1)
    network.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(RATE, steps)), loss)
    network.fit(images, labels[data.training], batch_size=BATCH, epochs=EPOCHS, verbose=0)
    folded = fold_classifier(network, body, np.arange(10))
    whole = keras.Sequential([keras.Input((MODEL_SIDE, MODEL_SIDE, 3)), folded])
    model = classifier_of(whole, _facts(name))
    answers = np.concatenate(
        [
            model.score_batch(part.astype(np.float32), "logit").argmax(axis=1)
            for part in np.array_split(data.images, 16)
        ]
    )
    known = answers == labels
    return Taught(model, float(known[data.training].mean()), float(known[~data.training].mean()))


def _facts(name: str) -> ModelFacts:
    labels = tuple(str(digit) for digit in range(10))
    return ModelFacts(
        name,
        name,
        "classification",
        labels,
        ((0, 0, 0),) * 10,
        "Apache-2.0",
        name.encode().hex().ljust(64, "0"),
    )


class TaughtSource:
    """The networks by their names, as workers ask for models."""

    def facts(self, ref: ModelRef) -> ModelFacts:
        return _facts(ref.key)

    def get(self, ref: ModelRef) -> LoadedModel:
        return teach(ref.key).model
