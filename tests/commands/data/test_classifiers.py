"""predict and evaluate with a classifier."""

import json

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from cli import app
from commands.data.evaluate_classes import class_figures, labelled_pictures, ranked
from engine.errors import VitrineError
from tests.commands.data.toy_classifiers import FACTS, SOURCE

KEY = "mobilenetv2-imagenet"
runner = CliRunner()


@pytest.fixture(autouse=True)
def toy(monkeypatch):
    monkeypatch.setenv("VITRINE_MODEL_SOURCE", SOURCE)


def band(path, place):
    """A picture 24 x 36 whose left, middle or right third is white."""
    pixels = np.zeros((24, 36, 3), np.uint8)
    pixels[:, 12 * place : 12 * place + 12] = 255
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    return path


def run(*words):
    result = runner.invoke(app, [str(word) for word in words], catch_exceptions=False, standalone_mode=True)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.models
def test_the_best_classes_come_first(tmp_path):
    image = band(tmp_path / "one.png", 2)
    facts = json.loads(run("predict", "--model", KEY, "--image", image, "--top", 2, "--json"))
    best = facts["top"][0]
    assert best["class"] == "right band" and len(facts["top"]) == 2
    assert best["index"] == 2 and best["logit"] > 8 and best["probability"] > 0.99
    assert "zones" not in facts and "classes" not in facts
    assert "right band" in run("predict", "--model", KEY, "--image", image)


@pytest.mark.models
def test_a_folder_of_class_folders_is_evaluated(tmp_path):
    for folder, place, name in (
        ("LEFT_band", 0, "a"),
        ("LEFT_band", 0, "b"),
        ("LEFT_band", 1, "c"),
        ("middle", 1, "d"),
        ("Right Band", 2, "e"),
    ):
        band(tmp_path / folder / f"{name}.png", place)
    (tmp_path / "middle" / "notes.txt").write_text("no image")
    facts = json.loads(run("evaluate", "--model", KEY, "--images", tmp_path, "--json"))
    assert facts["pictures"] == 5 and facts["top_1"] == pytest.approx(0.8) and "top_3" not in facts
    assert facts["per_class"] == pytest.approx({"left band": 2 / 3, "Middle": 1, "right band": 1})
    assert (
        facts["confusion"]["counts"] == [[2, 1, 0], [0, 1, 0], [0, 0, 1]]
        and facts["confusion"]["rows_are"] == "truth"
    )
    said = run("evaluate", "--model", KEY, "--images", tmp_path)
    assert (
        "Middle (1)" in said
        and "top-1 0.800 (0.376 to 0.964), balanced accuracy 0.889 (" in said
        and "over 5 pictures" in said
    )


def test_figures_against_those_worked_out_by_hand():
    names = [f"k{index}" for index in range(7)]
    logits = np.zeros((4, 7), np.float32)
    for row, order in enumerate(([0, 1, 2, 3, 4], [1, 0, 2, 3, 4], [2, 1, 3, 0, 4], [0, 3, 1, 2, 4])):
        logits[row, order] = [9, 8, 7, 6, 5]
    truth = np.array([0, 0, 0, 6])
    facts = class_figures(ranked(logits), truth, names)
    assert (facts["top_1"], facts["top_3"], facts["top_5"]) == (0.25, 0.5, 0.75)
    assert facts["per_class"] == {"k0": pytest.approx(1 / 3), "k6": 0}
    assert facts["balanced_accuracy"] == pytest.approx((1 / 3 + 0) / 2) and facts["precision"]["k0"] == 0.5
    assert facts["f1"]["k0"] == pytest.approx(0.4) and facts["f1_interval"].keys() == {"k0", "k6"}
    assert facts["confusion"]["classes"] == ["k0", "k1", "k2", "k6"]
    assert facts["confusion"]["counts"] == [[1, 1, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0], [1, 0, 0, 0]]


def test_what_cannot_be_evaluated_is_said(tmp_path):
    with pytest.raises(VitrineError, match="no pictures in the folders"):
        labelled_pictures(tmp_path, FACTS.labels)
    band(tmp_path / "top" / "a.png", 0)
    with pytest.raises(
        VitrineError, match="No class is called top; .* such as left band, Middle, right band"
    ):
        labelled_pictures(tmp_path, FACTS.labels)
    with pytest.raises(VitrineError, match="takes no --labels"):
        run("evaluate", "--model", KEY, "--images", tmp_path, "--labels", tmp_path)


def test_segmentation_needs_labels(tmp_path, monkeypatch):
    monkeypatch.delenv("VITRINE_MODEL_SOURCE")
    with pytest.raises(VitrineError, match="needs --labels"):
        run("evaluate", "--model", "streets-unet", "--images", tmp_path)
