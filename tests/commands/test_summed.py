"""explain with methods that add up runs, on a classifier known on paper."""

import json

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from cli import app
from engine.errors import VitrineError
from engine.explanation import Explanation

runner = CliRunner()


@pytest.fixture
def asked(side_model, tmp_path):
    """Words of the command line about a picture whose left half is brighter; its folder."""
    pixels = np.full((32, 32, 3), 60, np.uint8)
    pixels[:, :16] = 200
    Image.fromarray(pixels).save(tmp_path / "halves.png")
    return (
        "explain",
        "--model",
        side_model,
        "--image",
        str(tmp_path / "halves.png"),
        "--out",
        str(tmp_path / "out"),
    ), tmp_path / "out"


def run(*words):
    result = runner.invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_integrated_gradients_from_the_command_line(asked):
    """The logits are 5 times the brightness: from black, the left half adds 5 * 200 / 255."""
    words, out = asked
    said = run(*words, "--method", "integrated_gradients", "--set", "steps=8")
    assert "9 model evaluations, 8 gradients" in said and "completeness gap" in said
    found = Explanation.load(out)
    assert found.signed and found.values.shape == (32, 32) and (out / "overlay.png").is_file()
    assert (
        found.values[:, :16].sum() == pytest.approx(5 * 200 / 255, rel=1e-3)
        and not found.values[:, 16:].any()
    )
    assert (found.cost.forwards, found.cost.backwards) == (9, 8)
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["params"] == {"steps": 8, "fill": "black", "seed": 0}


def test_one_class_rather_than_another(asked):
    words, out = asked
    run(*words, "--method", "gradient_x_input", "--class", "right", "--versus", "left")
    values = Explanation.load(out).values
    assert values[:, 16:].sum() == pytest.approx(5 * 60 / 255, rel=1e-3) and values[
        :, :16
    ].sum() == pytest.approx(-5 * 200 / 255, rel=1e-3)


def test_score_cam_at_a_layer(asked):
    words, out = asked
    said = run(*words, "--method", "scorecam", "--layer", "coarse/out")
    assert "3 model evaluations, 1 gradients" in said
    found = Explanation.load(out)
    assert found.values.shape == (8, 8) and found.params["layer"] == "coarse/out" and found.score > 0.8
    with pytest.raises(VitrineError, match="one layer at a time"):
        run(*words, "--method", "scorecam", "--layer", "all")


def test_a_method_that_does_not_fit_says_why(asked):
    words, _ = asked
    with pytest.raises(VitrineError, match="Sides has no ReLU.*plain gradient"):
        run(*words, "--method", "guided_backprop")
