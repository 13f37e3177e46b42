"""A recipe learns, is ended, goes on to the same weights, and is refused to another network."""

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from experiments.columns import read_curves
from experiments.folders import read_experiment
from experiments.process import express_wish
from training.common.config import ConfigError, Position, Schedule
from training.common.keras_files import ExportError
from training.common.optimiser import RecipeAdamW
from training.common.recipes import Lesson, fit_plan, load_trained, recipe_row, train_recipe

pytestmark = pytest.mark.models

SCHEDULE = Schedule(batch=4, iterations=9, epoch=3, warmup=2, ema=0.9)


def lesson(schedule: Schedule = SCHEDULE, width: int = 2, draws: list[float] | None = None) -> Lesson:
    """A line through points in pixels; ``draws`` hears the shares at which batches are drawn."""
    keras.utils.set_random_seed(1)
    shape = keras.Input((None, None, 3)), keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(width)
    model = keras.Sequential(shape)
    model.compile(RecipeAdamW(schedule, model), "mse", jit_compile=False)

    def draw(number: int, share: float) -> tuple[np.ndarray, np.ndarray]:
        if draws is not None:
            draws.append(share)
        rng = np.random.default_rng([3, number])
        side = 2 if share < 0.5 else 4
        pixels = rng.integers(0, 3, (4, side, side, 3)).astype(np.uint8)
        return pixels, np.repeat(pixels.mean((1, 2, 3))[:, None], width, 1).astype(np.float32)

    row = recipe_row("classify", "line", "A line", 7, {"widths": (width,), "kind": "line"})
    return Lesson(
        row, schedule, model, draw, lambda: {"weight": float(np.abs(model.get_weights()[0]).sum())}, False
    )


def test_a_run_is_a_row_with_its_curves_and_ends_with_its_average(tmp_path: Path) -> None:
    shares: list[float] = []
    taught = lesson(draws=shares)
    assert train_recipe(taught, tmp_path).step == 9
    row, curves = read_experiment(tmp_path), read_curves(tmp_path)
    assert (row.state, row.epochs, row.parameters) == ("finished", 3, 8) and row.settings["widths"] == "2"
    assert {"loss", "learning_rate", "select_weight"} <= curves.keys() and len(curves["loss"]) == 3
    assert (tmp_path / "curves.csv").exists() and list((tmp_path / "logs").rglob("events*"))
    assert min(shares) == 0 and max(shares) == 1
    again = lesson()
    assert load_trained(again.model, tmp_path).step == 9
    for one, two in zip(taught.model.get_weights(), again.model.get_weights(), strict=True):
        np.testing.assert_allclose(one, two, atol=1e-6)
    assert curves["select_weight"][-1][1] == pytest.approx(again.watch()["weight"], rel=1e-5)
    assert train_recipe(lesson(), tmp_path).step == 9, "what is done is not done again"


def test_a_run_that_was_ended_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    whole, first, second = lesson(), lesson(), lesson()
    train_recipe(whole, tmp_path / "whole")
    parts = tmp_path / "parts"

    def wishing() -> dict[str, float]:
        express_wish(parts, "pause")
        return {}

    train_recipe(replace(first, watch=wishing), parts)
    assert read_experiment(parts).state == "paused"
    assert load_trained(first.model, parts).step == 3, "an epoch that somebody ended is done again"
    assert train_recipe(second, parts).step == 9
    for one, two in zip(whole.model.get_weights(), second.model.get_weights(), strict=True):
        np.testing.assert_allclose(one, two, atol=1e-6)


def test_a_folder_is_of_one_network(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="no checkpoint"):
        load_trained(lesson().model, tmp_path)
    train_recipe(lesson(replace(SCHEDULE, iterations=3)), tmp_path)
    with pytest.raises(ConfigError, match="other settings"):
        train_recipe(lesson(width=3), tmp_path)
    with pytest.raises(ExportError, match="another network"):
        load_trained(lesson(width=3).model, tmp_path)


def test_steps_come_in_whole_epochs_and_minutes_have_no_last_one() -> None:
    plans = [fit_plan(Schedule(iterations=steps, epoch=100)) for steps in (3, 500, 250)]
    assert [(plan.epochs, plan.steps) for plan in plans] == [(1, 3), (5, 100), (2, 125)]
    timed = fit_plan(Schedule(minutes=2.0))
    assert (timed.minutes, timed.steps) == (2.0, 100) and timed.epochs > 10_000
    assert Position() == Position(0, 0.0)
