"""A training is recorded, saved as a model that is examined and admitted, ended, and gone on with."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from experiments.process import express_wish
from tests.training.zoo.conftest import tiny_zoo
from training.common import fitting
from training.common.config import ConfigError
from training.common.fitting import FitPlan, ProcessorBudget, epochs_done, spent_seconds
from training.common.recording import RunCallback
from training.zoo.compare import COLUMNS, grid_rows, markdown_table, pair_lines, train_grid, write_grid_table
from training.zoo.config import ZooGrid
from training.zoo.images import class_weights, find_parts, load_labelled, numbered_batch
from training.zoo.run import LABELS, MODEL, train_zoo
from training.zoo.scoring import compare_counts

pytestmark = [pytest.mark.models, pytest.mark.usefixtures("toy_backbone")]


def test_a_run_is_recorded_and_its_model_answers(street_data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "tiny"
    row = train_zoo(tiny_zoo(loss="cross_entropy + dice"), street_data, folder)
    assert row.state == "finished" and row.epochs == 2
    assert set(row.splits) == {"train", "validation", "test"} and row.settings["decoder"] == "unet"
    assert row.figures["miou"].count == 2 and 0 <= row.figures["miou"].value <= row.figures["dice"].value
    model = keras.saving.load_model(folder / MODEL, compile=False, safe_mode=True)
    assert model.count_params() == row.parameters and row.nbytes == (folder / MODEL).stat().st_size
    assert len(json.loads((folder / LABELS).read_text())) == model.output_shape[-1] == 8
    assert len(list(csv.reader((folder / "curves.csv").open()))) == 3
    assert list((folder / "logs").rglob("events*"))
    before = (folder / MODEL).stat().st_mtime_ns
    again = train_zoo(tiny_zoo(loss="cross_entropy + dice"), street_data, folder)
    assert (again.started, again.seconds) == (row.started, row.seconds)
    assert (folder / MODEL).stat().st_mtime_ns == before
    with pytest.raises(ConfigError, match="other settings"):
        train_zoo(tiny_zoo(loss="dice"), street_data, folder)


def test_a_paused_run_goes_on_to_the_same_weights(
    street_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The weights after a pause are those of a run that was never ended: Adam's state is kept, too."""
    config = tiny_zoo(epochs=3, schedule="constant")
    whole = tmp_path / "runs" / "whole"
    train_zoo(replace(config, name="whole"), street_data, whole)
    parts = tmp_path / "runs" / "parts"

    class Pausing(RunCallback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            super().on_epoch_end(epoch, logs)
            if epoch == 0:
                express_wish(parts, "pause")

    monkeypatch.setattr(fitting, "RunCallback", Pausing)
    row = train_zoo(replace(config, name="parts"), street_data, parts)
    assert row.state == "paused" and not (parts / MODEL).exists() and epochs_done(parts) == 1
    monkeypatch.setattr(fitting, "RunCallback", RunCallback)
    row = train_zoo(replace(config, name="parts"), street_data, parts)
    assert row.epochs == 3 and str(row.state) == "finished"
    one, two = (keras.saving.load_model(folder / MODEL, compile=False) for folder in (whole, parts))
    for first, second in zip(one.get_weights(), two.get_weights(), strict=True):
        np.testing.assert_allclose(first, second, atol=1e-5)


def test_a_grid_is_one_table_and_is_not_trained_twice(street_data: Path, tmp_path: Path) -> None:
    runs = tuple(replace(tiny_zoo(loss=loss, epochs=1), name=f"g-{loss}") for loss in ("dice", "focal"))
    said: list[str] = []
    grid = ZooGrid("g", runs, (("g-dice", "g-focal"),))
    rows = train_grid(grid, street_data, tmp_path, said.append)
    table = grid_rows(rows)
    assert [row["name"] for row in table] == ["g-dice", "g-focal"] and list(table[0]) == list(COLUMNS)
    assert all(row["one_ms"] > 0 and row["eight_ms"] > 0 for row in table)
    write_grid_table(rows, tmp_path / "g.csv")
    assert len((tmp_path / "g.csv").read_text().splitlines()) == 3
    assert len(markdown_table(rows)) == 4 and len(pair_lines(grid, tmp_path)) == 2
    same = compare_counts(tmp_path / "g-dice", tmp_path / "g-dice")
    assert same.value == 0
    times = [(tmp_path / run.name / MODEL).stat().st_mtime_ns for run in runs]
    train_grid(grid, street_data, tmp_path, said.append)
    assert times == [(tmp_path / run.name / MODEL).stat().st_mtime_ns for run in runs]


def test_minutes_of_processor_time_end_a_training(tmp_path: Path) -> None:
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    model.build((None, 1))
    plan = FitPlan(1000, 5, 0.002, 9, 0.1, "polynomial")
    budget = ProcessorBudget(plan, tmp_path, lambda: False)
    history = model.fit(
        np.ones((40, 1)), np.ones(40), batch_size=8, epochs=1000, verbose=0, callbacks=[budget]
    )
    assert 0.12 <= spent_seconds(tmp_path) < 5 and len(history.history["loss"]) < 1000
    assert 0.001 <= history.history["learning_rate"][-1] < 0.1
    assert ProcessorBudget(plan, tmp_path, lambda: False).share == 1


def test_batches_depend_on_seed_and_number_alone(street_data: Path) -> None:
    config = tiny_zoo(augmentation="flip-rotate-light")
    parts = find_parts(config.sources, street_data)
    images = load_labelled(parts["train"], config.zoo.size_hw)
    assert len(images) == 5 and not {*map(str, parts["train"])} & {*map(str, parts["report"])}
    first = numbered_batch(images, config, 1)
    for pixels, again in zip(first, numbered_batch(images, config, 1), strict=True):
        np.testing.assert_array_equal(pixels, again)
    for other in (numbered_batch(images, replace(config, seed=8), 1), numbered_batch(images, config, 2)):
        assert (other[0] != first[0]).any()


def test_void_is_not_learnt_and_rare_classes_weigh_more(street_data: Path) -> None:
    images = load_labelled(find_parts(tiny_zoo().sources, street_data)["train"], (32, 64))
    assert 0 not in images.labels
    weights = class_weights(np.array([1, 1, 1, 1, 2, 255], np.uint8), 0.5)
    assert weights[2] == pytest.approx(2 * weights[1]) and weights[1] < weights[5] < weights[2]


def test_a_part_without_images_is_named(street_data: Path) -> None:
    source = replace(tiny_zoo().sources[0], select=())
    with pytest.raises(ConfigError, match="validation"):
        find_parts((source,), street_data)
