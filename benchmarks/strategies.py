"""Strategies that are known, and maps without any: what the clusters of maps make of them.

    python -m benchmarks.strategies

A small classifier learns digits of which one class has a mark in a corner in half of its images, and the maps
of that class are clustered. Then maps without groups are, many times over.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from compute.measure.cams.class_cams import MAP, ClassMaps
from compute.measure.measure import Read
from data_store.base.words import DataSet
from data_store.shipped.digits import digits
from engine.arrays import Bools, Floats, LongInts, Pixels, Reals
from engine.images.picture import Picture
from engine.model import LoadedModel, ModelFacts
from engine.strategies.clusters import MapClusters, cluster_maps
from engine.strategies.preparing import GRID
from model_store.base import runtime
from model_store.catalogue import ModelRef
from model_store.keras.classifier import classifier_of
from samples.digits import COUNT, digit_pixels, digit_split, digit_values

MARKED_CLASS = 8
SIDE, MARK = 16, 3
"""Sides of the images and of the mark, in pixels."""
EPOCHS, BATCH, RATE = 14, 64, 4e-3
LAYER, METHOD = "third", "layercam"
FACTS = ModelFacts(
    "digits-marked",
    "Digits with a mark",
    "classification",
    tuple(str(digit) for digit in range(10)),
    ((0, 0, 0),) * 10,
    "Apache-2.0",
    "marked",
)


@dataclass(frozen=True, eq=False)
class MarkedDigits:
    """Digits, some with a white square in the lower right corner.

    Attributes:
        images: uint8 (N, 16, 16, 3).
        classes: int64 (N,).
        marked: bool (N,): every second image of one class.
        training: bool (N,): what is learnt from.
    """

    images: Pixels
    classes: LongInts
    marked: Bools
    training: Bools


def marked_digits() -> MarkedDigits:
    """All digits of scikit-learn; the mark stands in every second image of ``MARKED_CLASS``."""
    classes = digit_values()[1].astype(np.int64)
    images = np.stack([digit_pixels(number, SIDE) for number in range(COUNT)])
    marked = np.zeros(COUNT, np.bool_)
    marked[np.flatnonzero(classes == MARKED_CLASS)[::2]] = True
    images[marked, -MARK - 1 : -1, -MARK - 1 : -1] = 255
    training = np.array([digit_split(number) == "train" for number in range(COUNT)], np.bool_)
    return MarkedDigits(images, classes, marked, training)


def learn(data: MarkedDigits, seed: int = 0) -> LoadedModel:
    """A classifier of three convolutions, trained from nothing in seconds."""
    keras = runtime.tensorflow().keras
    keras.utils.set_random_seed(seed)
    layers = keras.layers
    network = keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 3)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(16, 3, padding="same", activation="relu", name="first"),
            layers.MaxPooling2D(),
            layers.Conv2D(24, 3, padding="same", activation="relu", name="second"),
            layers.Conv2D(32, 3, padding="same", activation="relu", name=LAYER),
            layers.GlobalAveragePooling2D(),
            layers.Dense(10),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile(optimizer=keras.optimizers.Adam(RATE), loss=loss)
    images, classes = data.images[data.training].astype(np.float32), data.classes[data.training]
    network.fit(images, classes, batch_size=BATCH, epochs=EPOCHS, verbose=0)
    return classifier_of(network, FACTS)


def class_maps(model: LoadedModel, data: MarkedDigits, rows: LongInts) -> Floats:
    """float32 (n, GRID, GRID): maps of the answers to some images, as a data set is measured."""
    whole: DataSet = digits()
    measure = ClassMaps(ModelRef(FACTS.key), LAYER, METHOD)
    read = [Read(whole.items[row], Picture(data.images[row], whole.items[row].id)) for row in rows.tolist()]
    parts: list[Any] = [
        measure.values(model, whole, read[start : start + 32])[MAP] for start in range(0, len(read), 32)
    ]
    return np.concatenate(parts).reshape(-1, GRID, GRID)


def planted(seed: int = 0) -> tuple[MapClusters, Bools, Bools]:
    """Clusters of the maps of the marked class; which images are marked, and which are right, bool (n,)."""
    data = marked_digits()
    model = learn(data, seed)
    rows = np.flatnonzero(data.classes == MARKED_CLASS)
    answers = model.score_batch(data.images[rows].astype(np.float32), "logit").argmax(axis=1)
    return cluster_maps(class_maps(model, data, rows)), data.marked[rows], answers == MARKED_CLASS


def spots(count: int, rng: np.random.Generator, shift: float) -> Reals:
    """Maps (count, 16, 16) with one round spot, which lies off the middle by normal shifts in cells."""
    rows, columns = np.mgrid[:GRID, :GRID]
    middle = GRID / 2 + shift * rng.normal(size=(count, 2, 1, 1))
    return np.exp(-(np.square(rows - middle[:, 0]) + np.square(columns - middle[:, 1])) / 18)


WITHOUT: dict[str, Callable[[np.random.Generator], Reals]] = {
    "noise": lambda rng: np.abs(rng.normal(size=(100, GRID, GRID))),
    "noise, log-normal": lambda rng: np.exp(rng.normal(size=(100, GRID, GRID))),
    "a spot that shifts by 1 cell": lambda rng: spots(100, rng, 1.0),
    "a spot that shifts by 2 cells": lambda rng: spots(100, rng, 2.0),
    "a spot that shifts by 4 cells": lambda rng: spots(100, rng, 4.0),
}
"""Maps without groups, 100 of them."""


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.strategies", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="networks that are trained")
    parser.add_argument("--draws", type=int, default=60, help="sets of maps without groups, of each kind")
    asked = parser.parse_args()
    from sklearn.metrics import adjusted_rand_score

    print("| network | right | clusters | marked in each | adjusted Rand index |\n|---|---|---|---|---|")
    for seed in range(asked.seeds):
        found, marked, right = planted(seed)
        sizes = [f"{len(one.rows)}" for one in found.clusters]
        inside = [f"{int(marked[one.rows].sum())}" for one in found.clusters]
        score = adjusted_rand_score(marked, found.labels)
        print(
            f"| {seed} | {right.mean():.3f} | {', '.join(sizes)} | {', '.join(inside)} | {score:.3f} |",
            flush=True,
        )
    print("\n| maps | divided |\n|---|---|")
    for name, draw in WITHOUT.items():
        counts = [
            len(cluster_maps(draw(np.random.default_rng(seed)), seed).clusters) for seed in range(asked.draws)
        ]
        print(f"| {name} | {sum(count > 1 for count in counts)} of {asked.draws} |", flush=True)


if __name__ == "__main__":
    main()
