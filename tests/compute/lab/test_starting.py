"""Trainings from a page: what is allowed, what a process is told, what is said when it cannot be."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from compute.lab import starting
from compute.lab.starting import (
    ITEMS,
    LOG,
    REQUEST,
    TrainingRequest,
    begin_training,
    fault_of,
    prepare_training,
    refuse_training,
    training_request,
)
from compute.lab.trained import LABELS_FILE, MODEL_FILE, trained_content, trained_labels
from data_store.catalogue import data_set_at
from engine.errors import ExperimentError
from experiments.folders import list_runs, run_folder, write_experiment
from experiments.process import note_process
from experiments.record import Experiment
from settings import override


@pytest.fixture
def runs(tmp_path: Path):
    with override(runs=str(tmp_path), train="on"):
        yield tmp_path


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What processes would be told."""
    told: list[list[str]] = []
    monkeypatch.setattr(starting, "_launch", lambda key, folder, words: told.append(words))
    return told


def test_servers_train_nothing_unless_they_are_told_to(tmp_path: Path) -> None:
    digits = data_set_at("digits")
    with override(runs=str(tmp_path)), pytest.raises(ExperimentError, match="starts no trainings"):
        prepare_training(TrainingRequest("digits"), digits)
    with override(train="on", private="on"), pytest.raises(ExperimentError, match="starts no trainings"):
        refuse_training()
    with override(train="on"):
        refuse_training(digits)
        with pytest.raises(ExperimentError, match="Uploaded images"):
            refuse_training(replace(digits, uploaded=True))
        with pytest.raises(ExperimentError, match="no classes"):
            refuse_training(data_set_at("streets-rendered"))


@pytest.mark.parametrize(
    "wrong", [{"search": "grid"}, {"epochs": 0}, {"trials": 51}, {"size": 4096}, {"seed": -1}]
)
def test_numbers_have_ranges(wrong: dict) -> None:
    with pytest.raises(ExperimentError, match="of a training cannot be"):
        TrainingRequest("digits", **wrong)


def test_a_set_without_files_is_written_and_the_price_asked_for(
    runs: Path, launched: list[list[str]]
) -> None:
    digits = data_set_at("digits")
    some = replace(
        digits,
        content=replace(digits.content, items=digits.items[:30]),
        item_digests=digits.item_digests[:30],
    )
    key = prepare_training(TrainingRequest("digits", "random", 3, 4), some)
    (run,) = list_runs()
    assert run.key == key and run.experiment is not None and run.experiment.state == "waiting"
    said = json.loads((run.folder / ITEMS).read_text())
    assert len(said["items"]) == 30 and all(Path(path).is_file() for path, _, _ in said["items"])
    assert [part for _, _, part in said["items"]] == [item.split for item in some.items]
    assert launched[0][-1] == "--price" and "--trials" in launched[0]
    assert training_request(run.folder) == TrainingRequest("digits", "random", 3, 4)
    begin_training(key)
    assert launched[1] == launched[0][:-1]


def test_only_so_many_at_once_and_none_twice(runs: Path, launched: list[list[str]]) -> None:
    folder = write_experiment(Experiment("busy", "tune", "Busy", state="running"))
    note_process(folder)
    with pytest.raises(ExperimentError, match="1 of 1 trainings"):
        prepare_training(TrainingRequest("digits"), data_set_at("digits"))
    with pytest.raises(ExperimentError, match="only by the command"):
        begin_training("busy")
    (folder / REQUEST).write_text('{"data": "digits"}')
    with pytest.raises(ExperimentError, match="already"):
        begin_training("busy")
    assert launched == []


@pytest.mark.parametrize(
    "text", ["", "[]", '{"data": 1, "colour": 2}', '{"data": "a", "epochs": 999}', "{" * 5000]
)
def test_a_damaged_request_is_none(text: str, runs: Path) -> None:
    (runs / REQUEST).write_text(text)
    assert training_request(runs) is None


@pytest.mark.processes
def test_the_last_line_of_a_process_that_failed_is_shown(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (runs / LOG).write_text("first\nno memory is left\n")
    child = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
    child.wait()
    monkeypatch.setitem(starting._children, "failed", child)
    assert fault_of("failed", runs) == "no memory is left" and fault_of("other", runs) == ""


def test_models_and_labels_of_runs_are_bounded(runs: Path) -> None:
    with pytest.raises(ExperimentError, match="no model"):
        trained_content(runs)
    (runs / MODEL_FILE).write_bytes(b"x" * (2**20 + 1))
    with override(own_mb="1"), pytest.raises(ExperimentError, match="larger than 1 MB"):
        trained_content(runs)
    assert trained_labels(runs) == ()
    for text, labels in (('[1, "a"]', ("1", "a")), ("{}", ()), ("[", ())):
        (runs / LABELS_FILE).write_text(text)
        assert trained_labels(runs) == labels
    assert run_folder("x").parent == runs
