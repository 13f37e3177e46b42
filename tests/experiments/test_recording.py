"""Runs: written, read back, gone on with, listed although some are damaged."""

import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engine.errors import ExperimentError
from experiments.columns import (
    CURVES,
    ImageFigures,
    read_curves,
    read_image_figures,
    write_curves,
    write_image_figures,
)
from experiments.folders import LARGEST_RUN, RUN, list_runs, read_experiment, run_folder, write_experiment
from experiments.process import express_wish, is_at_work, note_process, wish_of
from experiments.record import Experiment, ExperimentFigure, InferenceTime
from experiments.recording import recorded
from experiments.toml import experiment_of, experiment_text
from settings import override

FULL = Experiment(
    key="unet-lite0-7",
    kind="segment",
    name='U-Net "Lite0" é\n',
    data="streets",
    data_digest="ab" * 32,
    splits={"train": "cd", "test": "ef"},
    seed=7,
    settings={"loss": "dice", "learning_rate": 1e-3, "units": 64, "frozen": True},
    epochs=3,
    epochs_planned=9,
    seconds=61.5,
    processor_seconds=70.25,
    figures={
        "miou": ExperimentFigure(0.5, 0.4, 0.6, "test", 30),
        "mean of dice": ExperimentFigure(1, part="validation", chosen=True),
    },
    speed=InferenceTime(12.5, 9.5, "median of 30"),
    parameters=1234,
    nbytes=99,
    state="finished",
    reason="",
    model="model.keras",
    parent="",
    started="2026-11-30T09:00:00+00:00",
)


@pytest.fixture(autouse=True)
def runs(tmp_path):
    with override(runs=str(tmp_path)):
        yield tmp_path


def alike(experiment):
    return experiment_text(experiment)


def test_a_row_is_read_back_equal():
    folder = write_experiment(FULL)
    assert folder == run_folder(FULL.key) and [path.name for path in folder.iterdir()] == [RUN]
    found = read_experiment(folder)
    assert alike(found) == alike(FULL) and found.name == FULL.name
    assert found.settings["frozen"] is True and math.isnan(found.figures["mean of dice"].low)
    assert found.figures["miou"].has_interval and not found.figures["mean of dice"].has_interval
    assert found.main == ("miou", FULL.figures["miou"])


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "../up"},
        {"key": "Upper"},
        {"kind": "guess"},
        {"state": "lost"},
        {"seconds": math.inf},
        {"epochs": -1},
        {"name": "x" * 601},
        {"settings": {"a": [1]}},
        {"settings": {f"n{at}": 1 for at in range(201)}},
        {"figures": {"miou": 0.5}},
        {"splits": {"": "x"}},
    ],
)
def test_what_cannot_be_is_refused(changes):
    with pytest.raises(ExperimentError):
        replace(FULL, **changes)


DAMAGE = {
    "cut": lambda text: text[: len(text) // 2],
    "no toml": lambda text: "\x00\x01",
    "unknown": lambda text: 'colour = "red"\n' + text,
    "key of many parts": lambda text: "a." * 100_000 + "b = 1\n" + text,
    "large": lambda text: "#" * LARGEST_RUN + "\n" + text,
    "text for a number": lambda text: text.replace('"seconds" = 61.5', '"seconds" = "61"'),
    "text for a share": lambda text: text.replace('"value" = 0.5', '"value" = "much"'),
    "another format": lambda text: text.replace('"format" = 1', '"format" = 2'),
    "another key": lambda text: text.replace("unet-lite0-7", "unet-lite0-8"),
    "table for a row": lambda text: text.replace('"seed" = 7', '"seed" = {a = 1}'),
    "figures no tables": lambda text: text[: text.index("[figures")].replace(
        '"format"', '"figures" = [1]\n"format"'
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_folder_is_a_row_with_a_sentence(damage, runs):
    write_experiment(replace(FULL, key="whole", started="2026"))
    path = write_experiment(FULL) / RUN
    spoilt = DAMAGE[damage](path.read_text("utf-8"))
    path.write_text(spoilt, "utf-8")
    (runs / "notes").mkdir()
    (runs / "file.txt").write_text("x")
    listed = list_runs()
    assert [run.key for run in listed] == ["whole", FULL.key]
    assert listed[0].experiment is not None and listed[0].problem == ""
    assert listed[1].experiment is None and listed[1].problem.endswith(".")


def test_no_folder_is_no_runs(runs):
    with override(runs=str(runs / "none")):
        assert list_runs() == []


def test_curves_and_answers_are_read_back(runs):
    write_curves(runs, {"loss": [(1, 0.5), (2, 0.25)], "val_loss": [(1, math.nan)]})
    found = read_curves(runs)
    assert found["loss"] == [(1, 0.5), (2, 0.25)] and math.isnan(found["val_loss"][0][1])
    assert read_image_figures(runs) is None
    write_image_figures(runs, ImageFigures("accuracy", {"a.png": 1.0, "b.png": 0.0}))
    assert read_image_figures(runs) == ImageFigures("accuracy", {"a.png": 1.0, "b.png": 0.0})


def test_damaged_curves_are_a_sentence(runs, monkeypatch):
    (runs / CURVES).write_bytes(b"PAR1 no")
    with pytest.raises(ExperimentError, match=r"curves.parquet is damaged"):
        read_curves(runs)
    pq.write_table(pa.table({"epoch": [1], "other": ["x"]}), runs / CURVES)
    with pytest.raises(ExperimentError, match="damaged"):
        read_curves(runs)
    monkeypatch.setattr("experiments.columns.MOST_ROWS", 3)
    pq.write_table(pa.table({"epoch": [1] * 4, "name": ["a"] * 4, "value": [0.0] * 4}), runs / CURVES)
    with pytest.raises(ExperimentError, match="larger than 3"):
        read_curves(runs)
    with pytest.raises(ExperimentError, match="may have 3"):
        write_curves(runs, {"a": [(at, 0.0) for at in range(4)]})


def fresh(**changes):
    return replace(
        FULL, **{"epochs": 0, "seconds": 0, "figures": {}, "state": "waiting", "started": "", **changes}
    )


def test_a_training_writes_as_it_goes(runs):
    with recorded(fresh()) as run:
        assert read_experiment(run.folder).state == "running" and is_at_work(run.folder)
        run.epoch(1, {"loss": 2.0})
        run.epoch(2, {"loss": 1.0})
        assert read_experiment(run.folder).epochs == 2 and run.wish() is None
        run.update(figures=FULL.figures)
    ended = read_experiment(run_folder(FULL.key))
    assert ended.state == "finished" and ended.figures["miou"] == FULL.figures["miou"]
    assert ended.seconds > 0 and ended.started.endswith("+00:00")
    assert sorted(path.name for path in run.folder.iterdir()) == [CURVES, RUN]


@pytest.mark.parametrize(("wish", "state"), [("pause", "paused"), ("stop", "stopped")])
def test_people_pause_and_stop_it_and_it_goes_on(wish, state):
    with recorded(fresh()) as run:
        run.epoch(1, {"loss": 2.0})
        run.epoch(2, {"loss": 1.5})
        express_wish(run.folder, wish)
        assert run.wish() == wish
    left = read_experiment(run.folder)
    assert (left.state, left.epochs, wish_of(run.folder)) == (state, 2, None)
    with recorded(fresh()) as run:
        assert run.experiment.epochs == 2 and run.experiment.seconds >= left.seconds
        assert run.experiment.started == left.started
        run.epoch(2, {"loss": 1.25})
    assert read_curves(run.folder)["loss"] == [(1, 2.0), (2, 1.25)], "an epoch that is done again replaces"


def test_an_error_is_told():
    with pytest.raises(ZeroDivisionError), recorded(fresh()) as run:
        raise ZeroDivisionError("nothing left")
    failed = read_experiment(run.folder)
    assert (failed.state, failed.reason) == ("failed", "ZeroDivisionError: nothing left")
    with pytest.raises(KeyboardInterrupt), recorded(fresh()) as run:
        raise KeyboardInterrupt
    assert read_experiment(run.folder).state == "paused"


def test_nobody_trains_what_is_being_trained():
    with recorded(fresh()), pytest.raises(ExperimentError, match="already"), recorded(fresh()):
        pass
    assert read_experiment(run_folder(FULL.key)).state == "finished"


@pytest.mark.processes
def test_a_killed_training_is_paused():
    lines = (
        "import os, experiments.process as p; from pathlib import Path; "
        f"p.note_process(Path({str(write_experiment(replace(FULL, state='running')))!r})); os._exit(9)"
    )
    folder = run_folder(FULL.key)
    note_process(folder)
    assert is_at_work(folder) and read_experiment(folder).state == "running"
    subprocess.run([sys.executable, "-c", lines], cwd=Path(__file__).parents[2], check=False)
    assert not is_at_work(folder) and read_experiment(folder).state == "paused"
    (folder / "process.json").write_text(f'{{"pid": {os.getpid()}, "born": 1.0}}')
    assert not is_at_work(folder), "the number belongs to another process by now"
    (folder / "process.json").write_bytes(b"\xff{")
    assert not is_at_work(folder)


def test_the_words_are_told_in_toml():
    assert experiment_of(experiment_text(FULL)).speed == FULL.speed
    with pytest.raises(ExperimentError, match="cannot be read"):
        experiment_of("kind = 3")
