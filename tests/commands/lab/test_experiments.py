"""`experiments`: listed, sorted, shown, compared, exported, stopped."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app
from compute.lab.table import COLUMNS, sorted_runs
from engine.errors import ExperimentError
from experiments.columns import ImageFigures, write_curves, write_image_figures
from experiments.folders import RUN, list_runs, read_experiment, run_folder, write_experiment
from experiments.process import note_process, wish_of
from experiments.record import Experiment, ExperimentFigure
from settings import override

BASE = Experiment("one", "tune", "Head, 64 units", data="dogs", splits={"test": "ab"}, state="finished")


def with_accuracy(key: str, value: float, **changes: object) -> Experiment:
    figure = ExperimentFigure(value, value - 0.1, value + 0.1, "test", 40)
    return replace(BASE, key=key, figures={"accuracy": figure}, **changes)


@pytest.fixture
def runs(tmp_path: Path):
    with override(runs=str(tmp_path)):
        write_experiment(with_accuracy("one", 0.5, seconds=9, started="2026-01-01", settings={"units": 64}))
        write_experiment(with_accuracy("two", 0.75, seconds=3, started="2026-01-02", settings={"units": 32}))
        write_experiment(replace(BASE, key="half", started="2026-01-03", state="paused"))
        write_experiment(with_accuracy("odd", 0.1)).joinpath(RUN).write_text("kind = ")
        yield tmp_path


def asked(*words: str) -> str:
    found = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["experiments", *words], catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return found.output


def test_columns_sort_and_what_has_no_value_comes_last(runs: Path) -> None:
    keys = {by: [run.key for run in sorted_runs(list_runs(), by)] for by in ("", *COLUMNS)}
    assert keys[""] == ["half", "two", "one", "odd"]
    assert keys["accuracy"] == ["two", "one", "half", "odd"]
    assert keys["seconds"][:2] == ["one", "two"]
    assert keys["key"] == ["half", "one", "two", "odd"]
    with pytest.raises(ExperimentError, match="sorted by one of key"):
        sorted_runs([], "colour")


def test_the_list_has_intervals_and_says_what_is_damaged(runs: Path) -> None:
    text = asked("list", "--sort", "accuracy")
    assert (
        "accuracy 0.750 (0.650 to 0.850)" in text
        and "damaged" in text
        and text.index("two") < text.index("one ")
    )
    rows = json.loads(asked("list", "--json"))["experiments"]
    assert [row["key"] for row in rows] == ["half", "two", "one"] and rows[0]["accuracy"] is None
    assert "odd" not in asked("list", "--kind", "tune")
    write_experiment(replace(BASE, key="trial-001", parent="one"), runs / "one" / "trial-001")
    assert "trial-001" in asked("list", "--of", "one") and "trial-001" not in asked("list")


def test_nothing_is_said_in_a_sentence(tmp_path: Path) -> None:
    with override(runs=str(tmp_path / "none")):
        assert "no experiments yet" in asked("list")


def test_one_is_shown_with_its_curves(runs: Path) -> None:
    write_curves(
        run_folder("one"), {"loss": [(epoch, 1 / epoch) for epoch in range(1, 31)], "late": [(30, 2)]}
    )
    text = asked("show", "one")
    assert "settings: units" in text and "accuracy" not in text.splitlines()[0]
    facts = json.loads(asked("show", "one", "--json"))
    assert len(facts["curves"]["loss"]) == 30 and facts["figures"]["accuracy"]["count"] == 40
    epochs = [
        line.split()[1] for line in text.splitlines() if line.startswith("│ 3") or line.startswith("│ 2")
    ]
    assert "30" in epochs and len(epochs) < 12


def test_two_are_compared_on_the_same_images(runs: Path) -> None:
    assert "no figures of the same images" in " ".join(asked("compare", "one", "two").split())
    names = [f"{number}.png" for number in range(40)]
    for key, wrong in (("one", 20), ("two", 10)):
        values = {name: float(place >= wrong) for place, name in enumerate(names)}
        shuffled = dict(reversed(values.items())) if key == "two" else values
        write_image_figures(run_folder(key), ImageFigures("accuracy", shuffled))
    facts = json.loads(asked("compare", "one", "two", "--json"))
    assert facts["difference"]["value"] == -0.25 and facts["difference"]["images"] == 40
    assert facts["difference"]["interval"][1] < 0 and facts["settings"] == {"units": ["64", "32"]}
    assert "accuracy: -0.250 (" in asked("compare", "one", "two")
    write_experiment(replace(read_experiment(run_folder("two")), splits={"test": "cd"}))
    assert "different test parts" in asked("compare", "one", "two")


def test_the_table_is_a_file(runs: Path, tmp_path: Path) -> None:
    assert "3 experiments" in asked("export", str(tmp_path / "rows.csv"), "--sort", "accuracy")
    with (tmp_path / "rows.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["key"] for row in rows] == ["two", "one", "half"] and float(rows[0]["accuracy_low"]) == 0.65
    asked("export", str(tmp_path / "rows.tex"))
    assert r"\begin{tabular}" in (tmp_path / "rows.tex").read_text()


@pytest.mark.parametrize(
    "words", [("show", "nobody"), ("show", "odd"), ("pause", "one"), ("compare", "one", "odd")]
)
def test_what_cannot_be_is_a_sentence(runs: Path, words: tuple[str, ...]) -> None:
    found = CliRunner().invoke(app, ["experiments", *words])
    assert isinstance(found.exception, ExperimentError)


def test_trainings_are_paused_and_stopped(runs: Path) -> None:
    write_experiment(replace(BASE, key="half", state="running"))
    note_process(run_folder("half"))
    assert "pauses after" in asked("pause", "half") and wish_of(run_folder("half")) == "pause"
    assert "ends after" in asked("stop", "half") and wish_of(run_folder("half")) == "stop"
    (run_folder("half") / "process.json").unlink()
    assert "is stopped" in asked("stop", "half")
    assert read_experiment(run_folder("half")).state == "stopped"
