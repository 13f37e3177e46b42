"""How long networks take for an image."""

from collections.abc import Mapping
from time import perf_counter
from typing import Any

import numpy as np
import tensorflow as tf

from experiments.record import InferenceTime

EIGHT, ROUNDS, WARM = 8, 30, 3
HOW_TIMED = f"Networks took turns in one process; median of {ROUNDS} calls after {WARM} others."


def time_models(models: Mapping[str, Any], size_hw: tuple[int, int]) -> dict[str, InferenceTime]:
    """Milliseconds of an image, of networks that take turns, alone and among eight."""
    rng = np.random.default_rng(0)
    calls = {name: tf.function(lambda pixels, model=model: model(pixels, training=False))
             for name, model in models.items()}  # fmt: skip
    medians: dict[int, dict[str, float]] = {}
    for batch in (1, EIGHT):
        pixels = tf.constant(rng.uniform(0, 255, (batch, *size_hw, 3)).astype(np.float32))
        taken: dict[str, list[float]] = {name: [] for name in calls}
        for _ in range(WARM + ROUNDS):
            for name, call in calls.items():
                began = perf_counter()
                call(pixels).numpy()
                taken[name].append(1000 * (perf_counter() - began) / batch)
        medians[batch] = {name: float(np.median(times[WARM:])) for name, times in taken.items()}
    return {name: InferenceTime(medians[1][name], medians[EIGHT][name], HOW_TIMED) for name in calls}
