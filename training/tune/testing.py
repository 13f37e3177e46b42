"""The winner of a search on the part that was kept aside, once."""

import keras
import numpy as np

from engine.evaluation.intervals import wilson_interval
from experiments.columns import ImageFigures
from experiments.record import ExperimentFigure
from training.tune.pictures import HeldOut, dataset, image_name
from training.tune.settings import TuneSettings


def ask_once(
    core: keras.Model, held_out: HeldOut, settings: TuneSettings
) -> tuple[ExperimentFigure, ImageFigures]:
    """Accuracy on the test part with its 95 % interval (Wilson), and which images are right.

    Raises:
        TuneError: the part was looked at before.
    """
    pictures = held_out.take()
    right: list[bool] = []
    for pixels, labels in dataset(pictures, settings, shuffle=False):
        right += (np.argmax(core(pixels, training=False), -1) == labels.numpy()).tolist()
    low, high = wilson_interval(sum(right), len(right))
    values = {image_name(path): float(one) for (path, _), one in zip(pictures, right, strict=True)}
    return ExperimentFigure(sum(right) / len(right), low, high, "test", len(right)), ImageFigures(
        "accuracy", values
    )
