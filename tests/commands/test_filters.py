"""`filters`: files, and a store that the page finds."""

import json

import numpy as np
import pytest
from PIL import Image

from compute.base.store import ResultStore
from engine.errors import VitrineError
from tests.commands.conftest import run

SMALL = ("--set", "steps=16", "--set", "size=64")


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path):
    monkeypatch.setenv("VITRINE_CACHE", str(tmp_path / "cache"))


def test_a_sheet_arrays_and_a_manifest_are_written_and_kept(side_model, tmp_path):
    out = tmp_path / "out"
    said = run(
        "filters", "--model", side_model, "--layer", "output", "--channels", "0-2", *SMALL, "--out", out
    )
    assert "output: 3 channels" in said and "11 times" in said and "no answer from 1" in said
    facts = json.loads((out / "manifest.json").read_text())
    assert facts["channels"] == [0, 1, 2] and facts["params"]["steps"] == 16 and facts["silent"] == [1]
    with np.load(out / "arrays.npz", allow_pickle=False) as arrays:
        assert arrays["pixels"].shape == (3, 32, 32, 3) and arrays["reached"][0] == pytest.approx(1.1)
    assert Image.open(out / "sheet.png").width > 3 * 32
    assert len(ResultStore().sizes()) == 3


def test_several_layers_have_a_folder_each(side_model, tmp_path):
    said = run("filters", "--model", side_model, "--layer", "usual", *SMALL, "--out", tmp_path)
    assert (
        "fine: 1 channels" in said
        and (tmp_path / "fine" / "sheet.png").exists()
        and (tmp_path / "coarse-out" / "arrays.npz").exists()
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--channels", "4"), "channels 0 to 0"),
        (("--channels", "x"), "numbers and ranges"),
        (("--layer", "cellar"), "no layer 'cellar'"),
        (("--set", "steps=17"), "Steps must be one of"),
        (("--set", "steps"), "NAME=VALUE"),
        (("--set", "brush=1"), "no parameter 'brush'"),
    ],
)
def test_wrong_questions_get_one_sentence(words, sentence, side_model, tmp_path):
    with pytest.raises(VitrineError) as caught:
        run("filters", "--model", side_model, "--out", tmp_path, *words)
    assert sentence in str(caught.value)
