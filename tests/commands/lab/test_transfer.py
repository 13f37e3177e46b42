"""`transfer`: a table from the command line, and a row of it as a model of the catalogue."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from cli import app
from commands.lab.grid import GridWords, note_grid
from commands.lab.transfer import TransferQuestion, transfer_summary, transfer_table
from compute.lab.comparing import compare_runs
from compute.lab.transfer_runs import split_digest
from data_store.catalogue import data_set_at
from engine.errors import StoreError, TransferError
from engine.transfer.table import CLASSIFIERS
from experiments.folders import list_runs
from model_store.catalogue import catalogue
from settings import override


def test_the_grid_of_the_note_has_all_kernels_and_three_depths() -> None:
    grid = note_grid(["one", "two", "three"])
    assert [(rows.what.layer, rows.what.pooling) for rows in grid] == [
        ("three", "mean"),
        ("three", "max"),
        ("two", "max"),
        ("two", "flat"),
    ]
    assert {setting.classifier for rows in grid for setting in rows.settings} == set(CLASSIFIERS)
    assert any(setting.preparation.pca for setting in grid[0].settings)
    with pytest.raises(TransferError, match="two target layers"):
        note_grid(["one"])


def test_words_make_rows() -> None:
    words = GridWords(("linear", "rbf"), (0.0, 0.9), 1.0)
    (rows,) = words.rows(["top"])
    assert [(one.classifier, one.preparation.pca) for one in rows.settings] == [
        ("linear", None),
        ("rbf", None),
        ("linear", 0.9),
        ("rbf", 0.9),
    ]


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ({"grid": "note-003"}, TransferError),
        ({"words": GridWords(pooling="sum")}, TransferError),
        ({"words": GridWords(("forest",)), "layers": ("a",)}, TransferError),
        ({"out": Path("table.xls")}, StoreError),
    ],
)
def test_wrong_words_are_said_before_a_model_is_loaded(words: dict, error: type[Exception]) -> None:
    with pytest.raises(error):
        transfer_table(TransferQuestion("digits-cnn", "digits", **words))


@pytest.mark.models
@pytest.mark.processes
@pytest.mark.slow
def test_a_table_and_a_model(tmp_path: Path) -> None:
    """Digits: rows in Parquet and as JSON, features that are found again, and the chosen row as a model that
    answers on the test part as its row says.
    """
    out = tmp_path / "rows.parquet"
    words = ["transfer", "--model", "digits-cnn", "--data", "digits", "--json", "--c", "1"]
    more = ["--classifier", "linear", "--classifier", "rbf", "--pca", "0", "--pca", "0.95"]
    with override(cache=str(tmp_path / "cache"), own=str(tmp_path / "own"), runs=str(tmp_path / "runs")):
        found = CliRunner().invoke(
            app, [*words, *more, "--admit", "digits-svm", "--out", str(out)], catch_exceptions=False
        )
        assert found.exit_code == 0, found.output
        facts = json.loads(found.output[found.output.index("{") :])
        rows = pq.read_table(out).to_pylist()
        assert [row["classifier"] for row in rows] == [row["classifier"] for row in facts["rows"]]
        assert len(rows) == 4
        assert len(facts["pairs"]) == 6
        assert all(row["low"] < row["accuracy"] < row["high"] for row in rows)
        assert facts["admitted"]["classes"] == 10
        kept = [run.experiment for run in list_runs()]
        assert sorted(one.figures["accuracy"].value for one in kept) == sorted(
            row["accuracy"] for row in rows
        )
        assert {one.splits["test"] for one in kept if one} == {split_digest(data_set_at("digits"), "test")}
        difference = compare_runs(*list_runs()[:2]).difference
        assert difference is not None and difference.images == facts["test_images"]
        assert "digits-svm" in catalogue()
        assert "digits-svm" in transfer_summary(facts)
        again = transfer_table(
            TransferQuestion("digits-cnn", "digits", words=GridWords(("linear",), strength=1.0))
        )
        assert again["rows"][0]["features_s"] == 0
        measured = CliRunner().invoke(
            app, ["evaluate", "--model", "digits-svm", "--data", "digits", "--split", "test", "--json"]
        )
        accuracy = json.loads(measured.output[measured.output.index("{") :])["top_1"]
    assert abs(accuracy - facts["rows"][0]["accuracy"]) < 0.006
