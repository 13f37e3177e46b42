"""`features` on a toy classifier, whose maps are known on paper, and on a shipped model."""

import json

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from cli import app
from engine.errors import VitrineError
from tests.feature_toys import CHANNELS

runner = CliRunner()


@pytest.fixture
def picture_file(tmp_path):
    """Left half black, right half white."""
    pixels = np.zeros((32, 32, 3), np.uint8)
    pixels[:, 16:] = 255
    path = tmp_path / "halves.png"
    Image.fromarray(pixels).save(path)
    return path


def run(*words: object) -> str:
    result = runner.invoke(app, ["features", *map(str, words)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_one_layer_is_written_with_its_figures(side_model, picture_file, tmp_path):
    said = run(
        "--model",
        side_model,
        "--image",
        picture_file,
        "--layer",
        "steps",
        "--out",
        tmp_path / "out",
        "--json",
    )
    (row,) = json.loads(said)
    assert (row["layer"], row["shape"], row["activation"], row["dead"]) == (
        "steps",
        f"4 x 4 x {CHANNELS}",
        "ReLU",
        f"0 of {CHANNELS}",
    )
    assert row["maximum"] == 1 and row["active"] == 0.5
    with np.load(tmp_path / "out" / "arrays.npz") as arrays:
        np.testing.assert_array_equal(arrays["after"], np.maximum(arrays["before"], 0))
        assert arrays["after"][0, :, 0].tolist() == [0, 0, 1, 1]
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["layer"]["activation"] == "ReLU" and manifest["provenance"]["picture"] == "halves.png"
    assert Image.open(tmp_path / "out" / "sheet.png").width > 900
    assert len((tmp_path / "out" / "channels.csv").read_text().splitlines()) == CHANNELS + 1


def test_all_layers_have_folders_of_their_own(side_model, picture_file, tmp_path):
    said = run(
        "--model",
        side_model,
        "--image",
        picture_file,
        "--layer",
        "all",
        "--out",
        tmp_path / "out",
        "--same-scale",
    )
    assert "early" in said and "steps" in said
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["early", "steps"]
    with np.load(tmp_path / "out" / "early" / "arrays.npz") as arrays:
        assert list(arrays) == ["after"]


def test_attention_of_a_place(side_model, picture_file, tmp_path):
    words = (
        "--model",
        side_model,
        "--image",
        picture_file,
        "--layer",
        "look around",
        "--out",
        tmp_path / "out",
    )
    (row,) = json.loads(run(*words, "--point", "9,31", "--json"))
    assert row["cells attended to"] == [1.0, 16.0]
    with np.load(tmp_path / "out" / "arrays.npz") as arrays:
        assert arrays["attention"][0, 1, 3] == 1
    with pytest.raises(VitrineError, match="--point ROW,COL"):
        run(*words)


def test_a_layer_that_is_not_there_is_said_in_words(side_model, picture_file, tmp_path):
    with pytest.raises(VitrineError, match="no layer 'attic'; there are early, look around, steps"):
        run("--model", side_model, "--image", picture_file, "--layer", "attic", "--out", tmp_path)
