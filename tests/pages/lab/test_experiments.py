"""The page of experiments inside the frame: table, curves, a difference, a training from price to map."""

import csv
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from PIL import Image

from components.lab.experiments.table_view import _csv
from components.session.offers import data_sets
from compute.lab.table import plain_rows
from experiments.columns import ImageFigures, write_curves, write_image_figures
from experiments.folders import RUN, list_runs, read_experiment, run_folder, write_experiment
from experiments.process import note_process, wish_of
from experiments.record import Experiment, ExperimentFigure
from settings import override
from tests.pages.visits import Visit

pytestmark = pytest.mark.usefixtures("all_models_are_here")
BASE = Experiment("one", "tune", "Head *one*", data="dogs", state="finished", started="2026-01-02", epochs=2)


@pytest.fixture
def runs(tmp_path):
    with override(runs=str(tmp_path)):
        yield tmp_path


@pytest.fixture
def two(runs):
    for key, wrong in (("one", 30), ("two", 10)):
        figure = ExperimentFigure(1 - wrong / 40, 0.1, 0.9, "test", 40)
        write_experiment(replace(BASE, key=key, figures={"accuracy": figure}, settings={"units": 64}))
        write_curves(run_folder(key), {"loss": [(1, 2.0), (2, 1.0)], "val_loss": [(1, 2.5), (2, 1.5)]})
        values = {f"{number}.png": float(number >= wrong) for number in range(40)}
        write_image_figures(run_folder(key), ImageFigures("accuracy", values))
    write_experiment(replace(BASE, key="bad")).joinpath(RUN).write_text("kind = ")


def opened(**link) -> Visit:
    return Visit("experiments", **link).until(lambda page: page.has("runs-csv") or page.asks)


def test_an_empty_page_says_what_appears_and_who_may_start(runs):
    page = opened()
    assert page.asks and "starts no trainings" in page.texts and not page.has("run-price")


def test_the_table_has_intervals_and_names_what_is_damaged(two):
    page = opened()
    frame = page.at.dataframe[0].value
    assert sorted(frame["Accuracy"]) == ["0.250 (0.100 to 0.900)", "0.750 (0.100 to 0.900)"]
    assert "bad" in page.texts and not page.at.exception
    rows = list(csv.DictReader(StringIO(_csv(plain_rows(list_runs())))))
    assert {row["key"] for row in rows} == {"one", "two"} and rows[0]["accuracy_high"] == "0.9"


def test_two_runs_are_compared_on_the_same_images(two):
    page = opened(runs=["one", "two"])
    assert "-0.500 (" in page.texts.replace("\u2212", "-") and "40 images of both" in page.texts
    assert len(page.at.get("plotly_chart")) == 1
    assert "Once both are models" in page.texts


def test_a_training_under_way_is_shown_and_paused(runs):
    write_experiment(replace(BASE, state="running", epochs_planned=4, settings={"price in seconds": 600}))
    note_process(run_folder("one"))
    page = opened(runs=["one"])
    page.until(lambda page: page.has("run-pause-one"))
    (bar,) = page.at.get("progress")
    assert "Epoch 2 of 4" in bar.proto.text and "left" in bar.proto.text
    page.widget("run-pause-one").click().run()
    assert wish_of(run_folder("one")) == "pause"
    (run_folder("one") / "process.json").unlink()
    page.at.run()
    assert "paused" in page.texts and not page.has("run-pause-one")


def test_private_servers_train_nothing(runs):
    with override(train="on", private="on"):
        assert "starts no trainings" in opened().texts


@pytest.fixture
def lights(tmp_path, runs):
    root = tmp_path / "data"
    for number in range(24):
        part, name = ("test" if number % 3 == 0 else "train"), ("bright", "dark")[number % 2]
        path = root / "lights" / part / name / f"{number:02}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        value = number + (200 if name == "bright" else 0)
        Image.fromarray(np.full((64, 64, 3), value, np.uint8)).save(path)
    with override(data=str(root), train="on", runs=str(tmp_path / "runs")):
        data_sets._listed.cache_clear()
        yield root
    data_sets._listed.cache_clear()


@pytest.mark.slow
@pytest.mark.models
@pytest.mark.processes
def test_from_a_price_to_a_trained_model_to_a_model_of_the_list(lights, tmp_path):
    with override(own=str(tmp_path / "own")):
        page = Visit("experiments", data="lights", epochs="3")
        page.until(lambda page: page.has("run-price"))
        page.widget("run-price").click().run()
        (run,) = list_runs()
        page.until(lambda page: page.has(f"run-start-{run.key}") or page.at.error)
        assert not [one.value for one in page.at.error]
        assert "of this machine" in page.texts and read_experiment(run.folder).state == "waiting"
        page.widget(f"run-start-{run.key}").click().run()
        page.until(lambda page: page.has(f"run-explain-{run.key}") or page.at.error)
        trained = read_experiment(run.folder)
        assert (trained.state, trained.epochs) == ("finished", 3)
        assert trained.figures["accuracy"].count == 8 and "on the test part" in page.texts
        page.widget(f"run-explain-{run.key}").click().run()
        page.until(lambda page: page.at.success or page.at.error)
        assert not [one.value for one in page.at.error]
