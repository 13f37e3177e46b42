"""The rate rises, stays and falls; the average is a mean at first; some weights have a rate of their own."""

import keras
import numpy as np
import pytest

from training.common.config import Schedule
from training.common.fitting import SCHEDULES, FitPlan
from training.common.optimiser import RecipeAdamW, averaged

pytestmark = pytest.mark.models


def test_rate_rises_stays_and_falls_to_zero() -> None:
    plan = FitPlan(10, 100, 0.0, 0, 1.0, "linear", warmup=10, decay=0.25)
    rate = SCHEDULES[plan.schedule]
    assert rate is not None
    found = [rate(plan, step, share) for step, share in ((0, 0.0), (50, 0.5), (50, 0.875), (50, 1.0))]
    assert found == pytest.approx([0.1, 1, 0.5, 0])
    assert SCHEDULES["polynomial"](FitPlan(1, 1, 0.0, 0, 1.0), 0, 1.0) == pytest.approx(0.01)  # type: ignore[misc]


def two_layers() -> keras.Model:
    return keras.Sequential([keras.Input((1,)), *(keras.layers.Dense(1, name=name) for name in "ab")])


def test_a_short_average_is_a_mean_and_gentle_weights_go_slowly() -> None:
    model = keras.Sequential(
        [keras.Input((1,)), keras.layers.Dense(1, name="a"), keras.layers.Dense(1, name="b")]
    )
    gentle = {weight.path for weight in model.get_layer("a").weights}
    optimiser = RecipeAdamW(Schedule(learning_rate=0.1, weight_decay=0.0, ema=0.995), model, gentle, 0.25)
    model.compile(optimiser, "mse", jit_compile=False)
    start, seen = [weight.numpy() for weight in model.trainable_variables], []
    for _ in range(4):
        model.train_on_batch(np.ones((2, 1), np.float32), np.full((2, 1), 9.0, np.float32))
        seen.append([weight.numpy() for weight in model.trainable_variables])
    moved = [float(np.abs(one - two).max()) for one, two in zip(seen[0], start, strict=True)]
    assert moved == pytest.approx([0.025, 0.025, 0.1, 0.1], rel=1e-3)
    with averaged(model):
        for place, weight in enumerate(model.trainable_variables):
            np.testing.assert_allclose(weight.numpy(), np.mean([step[place] for step in seen], 0), rtol=1e-5)
    np.testing.assert_array_equal(model.trainable_variables[0].numpy(), seen[-1][0])


def test_vectors_and_gentle_kernels_do_not_decay() -> None:
    model = keras.Sequential(
        [keras.Input((1,)), keras.layers.Dense(1, name="a"), keras.layers.Dense(1, name="b")]
    )
    gentle = {weight.path for weight in model.get_layer("a").weights}
    optimiser = RecipeAdamW(Schedule(learning_rate=0.1, weight_decay=0.5), model, gentle, 0.0)
    weights = model.trainable_variables
    optimiser.build(weights)
    before = [weight.numpy() for weight in weights]
    optimiser.apply([keras.ops.zeros_like(weight) for weight in weights], weights)
    factors = [1, 1, 0.95, 1]
    for weight, value, factor in zip(weights, before, factors, strict=True):
        np.testing.assert_allclose(weight.numpy(), factor * value, rtol=1e-5)
