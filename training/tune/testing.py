"""The winner of a search on the part that was kept aside, once, and how long it takes for an image."""

import time
from statistics import median

import keras
import numpy as np
import tensorflow as tf

from engine.evaluation.intervals import wilson_interval
from experiments.columns import ImageFigures
from experiments.record import ExperimentFigure, InferenceTime
from training.tune.pictures import HeldOut, dataset, image_name
from training.tune.settings import TuneSettings

_WARM_RUNS = 30


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


def inference_time(core: keras.Model, size: int) -> InferenceTime:
    """Milliseconds for an image of noise, alone and among eight: median of warm runs of a `tf.function`."""
    answer = tf.function(core, reduce_retracing=True)
    one, eight = (_median_ms(answer, count, size) / count for count in (1, 8))
    how = f"median of {_WARM_RUNS} warm runs in TensorFlow, {size} px"
    return InferenceTime(one, eight, how)


def _median_ms(answer: object, count: int, size: int) -> float:
    pixels = tf.constant(np.random.default_rng(0).integers(0, 256, (count, size, size, 3)), tf.float32)
    spent = []
    for _ in range(_WARM_RUNS + 2):
        began = time.perf_counter()
        answer(pixels).numpy()  # type: ignore[operator]
        spent.append(1000 * (time.perf_counter() - began))
    return median(spent[2:])
