"""`evaluate-methods`: figures with bands, what they say, files that can be read, going on after a stop."""

import json

import pandas as pd
import pytest
from PIL import Image

from commands.trust.evaluate_methods import spread_items
from engine.errors import DataSetError, ParamsError
from samples.digits import digit_pixels
from tests.commands.conftest import run

METHODS = ("--method", "gradcam", "--method", "saliency", "--method", "occlusion")
FAST = ("--set", "grid=4", "--set", "positions=4")
pytestmark = [pytest.mark.models]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("digits")
    for digit in range(6):
        Image.fromarray(digit_pixels(digit)).save(path / f"{digit}.png")
    return path


@pytest.mark.processes
def test_methods_are_compared_on_the_images_of_a_folder_and_nothing_is_run_twice(folder, tmp_path):
    words = ("evaluate-methods", "--model", "digits-cnn", "--images", folder, *METHODS, *FAST)
    facts = json.loads(run(*words, "--out", tmp_path, "--json"))
    assert facts["images"] == 6 and not facts["failed"] and not facts["refused"]
    for figures in facts["methods"].values():
        figure = figures["deletion"]
        assert figure["low"] <= figure["mean"] <= figure["high"] and figure["images"] == 6
        assert figures["pointing"]["mean"] is None, "a digit has no zone, and JSON no nan"
    assert set(facts["agreement"]) >= {"deletion", "mufidelity"} and -1 <= facts["halves"] <= 1
    assert facts["leaders"]["deletion"]["method"] in facts["methods"]
    assert {"fidelity", "deletion", "insertion", "mufidelity"} <= set(facts["leaders"])
    assert any(text.startswith("Deletion: ") for text in facts["said"])
    assert json.loads((tmp_path / "summary.json").read_text()) == facts
    summary = pd.read_csv(tmp_path / "summary.csv")
    assert set(summary["method"]) == {"gradcam", "saliency", "occlusion"}
    rows = pd.read_parquet(tmp_path / "scores.parquet")
    assert len(rows) == 18 and rows["fidelity"].between(-1, 1).all()
    written = (tmp_path / "scores.parquet").stat().st_mtime_ns, list((tmp_path / "parts").iterdir())
    assert json.loads(run(*words, "--out", tmp_path, "--json")) == facts
    assert list((tmp_path / "parts").iterdir()) == written[1], "all of it was there"
    table = run(*words, "--metric", "deletion", "--metric", "fidelity", "--out", tmp_path, "--markdown")
    assert table.splitlines()[0] == "| method | fidelity | deletion |" and "| Grad-CAM | " in table


@pytest.mark.processes
def test_a_data_set_is_taken_by_its_key_and_images_are_spread_over_it():
    words = (
        "evaluate-methods",
        "--model",
        "digits-cnn",
        "--data",
        "digits",
        "--split",
        "test",
        "--set",
        "grid=4",
    )
    said = run(*words, "--limit", "5", "--method", "gradcam", "--method", "layercam", "--metric", "aopc")
    assert "AOPC: " in said and "has the best mean" in said
    assert spread_items("abcdefgh", 3) == ("a", "c", "f") and spread_items("ab", None) == ("a", "b")


@pytest.mark.parametrize(
    ("words", "kind", "sentence"),
    [
        ((), DataSetError, "either --images DIR or --data KEY"),
        (("--data", "digits", "--method", "tea-leaves"), ParamsError, "no method 'tea-leaves'"),
        (("--data", "digits", "--metric", "truth"), ParamsError, "There is no metric 'truth'"),
        (
            ("--data", "digits", "--set", "sugar=2"),
            ParamsError,
            "None of the methods has a parameter 'sugar'",
        ),
    ],
)
def test_wrong_words_get_a_sentence_before_anything_runs(words, kind, sentence):
    with pytest.raises(kind, match=sentence):
        run("evaluate-methods", "--model", "digits-cnn", *words)
