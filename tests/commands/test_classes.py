"""predict and explain for classifiers, and the gradient methods, from the command line."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.errors import VitrineError
from engine.explanation import Explanation
from engine.gradients.run import KEYS
from engine.targets import ClassContrast, ClassTarget
from tests.commands.conftest import run
from tests.sides import LABELS

FAST = (
    "--set",
    "designs=8",
    "--set",
    "grid=4",
    "--set",
    "replicates=4",
    "--set",
    "space=logit",
    "--set",
    "fill=black",
)


@pytest.fixture
def lit_left(tmp_path) -> Path:
    """Bright on the left, half as bright on the right."""
    pixels = np.full((64, 96, 3), 90, np.uint8)
    pixels[:, :48] = 180
    Image.fromarray(pixels).save(tmp_path / "lit.png")
    return tmp_path / "lit.png"


def explain(model: str, image: Path, out: Path, *words: object) -> str:
    return run("explain", "--model", model, "--image", image, "--out", out, *words)


def test_predict_lists_the_best_classes(side_model, lit_left):
    found = json.loads(run("predict", "--model", side_model, "--image", lit_left, "--json"))["top"]
    assert [row["class"] for row in found] == list(LABELS) and found[0]["probability"] > 0.8
    assert "left" in run("predict", "--model", side_model, "--image", lit_left)


@pytest.mark.parametrize("method", KEYS)
def test_the_best_class_at_the_best_layer_without_saying_more(method, side_model, lit_left, tmp_path):
    said = explain(side_model, lit_left, tmp_path / "out", "--method", method)
    found = Explanation.load(tmp_path / "out")
    assert found.target == ClassTarget(0, label="left") and found.params == {
        "layer": "coarse/out",
        "direction": "for",
    }
    assert (
        found.score == pytest.approx(180 / 51, rel=0.02)
        and "left: score 3.5" in said
        and "raw maximum" in said
    )
    assert found.values.shape == (8, 8) and Image.open(tmp_path / "out" / "overlay.png").size == (480, 396)


@pytest.mark.parametrize(("name", "versus"), [("LEFT", "right"), ("0", "1"), ("left", "nowhere at_all")])
def test_one_class_rather_than_another(name, versus, side_model, lit_left, tmp_path):
    explain(
        side_model, lit_left, tmp_path / "cam", "--method", "hirescam", "--class", name, "--versus", versus
    )
    found = Explanation.load(tmp_path / "cam")
    other = 1 if versus in ("right", "1") else 2
    assert found.target == ClassContrast(0, other, label=f"left in contrast with {LABELS[other]}")
    assert found.score == pytest.approx((180 - 90 * (other == 1)) / 51, rel=0.02)
    assert found.values[:, :4].sum() == pytest.approx(180 / 51, rel=0.02) and not found.values[:, 4:].any()


def test_the_same_words_for_a_perturbation_method(side_model, lit_left, tmp_path):
    explain(side_model, lit_left, tmp_path / "sobol", "--class", "right", *FAST)
    found = Explanation.load(tmp_path / "sobol")
    assert found.target == ClassTarget(1, label="right")
    assert found.values[:, 2:].sum() > 0.99 * found.values.sum() > 0
    explain(side_model, lit_left, tmp_path / "versus", "--class", "right", "--versus", "left", *FAST)
    found = Explanation.load(tmp_path / "versus")
    assert found.target == ClassContrast(
        1, 0, label="right in contrast with left"
    ) and found.score == pytest.approx(-90 / 51, rel=0.02)
    assert (
        found.values[:, :2].min() > found.values[:, 2:].max() > 0
    )  # the left is brighter, so it moves the difference more


@pytest.mark.parametrize(
    ("layer", "names"), [("all", {"fine", "coarse-out", "odd"}), ("usual", {"fine", "coarse-out"})]
)
def test_a_folder_for_each_layer(layer, names, side_model, lit_left, tmp_path):
    explain(
        side_model,
        lit_left,
        tmp_path / "out",
        "--method",
        "layercam",
        "--layer",
        layer,
        "--set",
        "direction=against",
        "--class",
        "1",
    )
    found = {
        path.parent.name: Explanation.load(path.parent) for path in (tmp_path / "out").glob("*/manifest.json")
    }
    assert found.keys() == names
    assert all(
        one.warnings and not one.values.any() and one.params["direction"] == "against"
        for one in found.values()
    )


def test_a_layer_by_name(side_model, lit_left, tmp_path):
    explain(side_model, lit_left, tmp_path / "out", "--method", "gradcam", "--layer", "fine")
    assert Explanation.load(tmp_path / "out").values.shape == (32, 32)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--method", "gradcam", "--layer", "attic"), "fine, coarse/out, odd"),
        (("--method", "sobol", "--layer", "fine"), "no parameter 'layer'"),
        (("--method", "gradcam", "--class", "lefty"), "Did you mean left"),
        (("--method", "gradcam", "--class", "3"), "among 0 to 2"),
        (("--method", "gradcam", "--class", "left", "--versus", "left"), "contrasted with itself"),
        (("--method", "gradcam", "--point", "3,3"), "--class NAME"),
        (("--method", "gradcam", "--set", "direction=sideways"), "for, against"),
    ],
)
def test_wrong_questions_get_one_sentence(words, sentence, side_model, lit_left, tmp_path):
    with pytest.raises(VitrineError, match=sentence):
        explain(side_model, lit_left, tmp_path / "out", *words)
