"""`data` and `evaluate --data`: what there is, what is in it, and how a model does on it."""

import json
import tomllib

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from typer.testing import CliRunner

from cli import app
from commands.data.evaluate_masks import mask_figures
from engine.errors import VitrineError
from model_store.base.folders import WEIGHTS
from tests.commands.data.toy_classifiers import SOURCE

KEY = "mobilenetv2-imagenet"


def run(*words):
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def band(path, place):
    """An image 24 x 36 whose left, middle or right third is white."""
    pixels = np.zeros((24, 36, 3), np.uint8)
    pixels[:, 12 * place : 12 * place + 12] = 255
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path_factory):
    """Nothing is found that another test, or another program, has measured."""
    monkeypatch.setenv("VITRINE_CACHE", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def toy(monkeypatch):
    monkeypatch.setenv("VITRINE_MODEL_SOURCE", SOURCE)


@pytest.fixture
def bands(tmp_path):
    """Three right ones, one wrong, one that is no image, one without a label."""
    for name, place in (("a", 0), ("b", 1), ("c", 2), ("d", 1), ("f", 0)):
        band(tmp_path / f"{name}.png", place)
    (tmp_path / "e.png").write_bytes(b"no image")
    rows = "a.png,left band,test\nb.png,middle,test\nc.png,RIGHT_BAND,test\nd.png,left band,train\n"
    (tmp_path / "manifest.csv").write_text(f"path,label,split\n{rows}e.png,middle,train\nf.png,,test\n")
    return tmp_path


@pytest.mark.models
def test_a_classifier_on_a_data_set(toy, bands):
    facts = json.loads(run("evaluate", "--model", KEY, "--data", bands, "--json"))
    assert facts["pictures"] == 4 and facts["top_1"] == 0.75 and facts["data"] == bands.name
    assert facts["top_1_interval"] == pytest.approx([0.301, 0.954], abs=1e-3)
    assert facts["confusion"]["counts"] == [[1, 1, 0], [0, 1, 0], [0, 0, 1]]
    assert [row["item"] for row in facts["refused"]] == ["e.png"] and "cannot be read" in facts["refused"][0][
        "why"
    ]
    assert len(facts["data_digest"]) == 64
    test = json.loads(run("evaluate", "--model", KEY, "--data", bands, "--split", "test", "--json"))
    assert (test["pictures"], test["top_1"], test["split"], test["refused"]) == (3, 1.0, "test", [])
    said = run("evaluate", "--model", KEY, "--data", bands)
    assert "top-1 0.750 (0.301 to 0.954), balanced accuracy 0.833 over 4 pictures; 1 could not" in said


@pytest.mark.models
@pytest.mark.parametrize("name", ["rows.csv", "rows.parquet"])
def test_a_row_for_each_image_is_written(toy, bands, tmp_path_factory, name):
    out = tmp_path_factory.mktemp("out") / name
    run("evaluate", "--model", KEY, "--data", bands, "--out", out)
    rows = pd.read_csv(out) if name.endswith("csv") else pd.read_parquet(out)
    assert rows["id"].tolist() == ["a.png", "b.png", "c.png", "d.png", "e.png", "f.png"]
    assert rows["label"][:4].tolist() == ["left band", "middle", "RIGHT_BAND", "left band"]
    assert rows["prediction"][:4].tolist() == [0, 1, 2, 1] and rows["truth"][:4].tolist() == [0, 1, 2, 0]
    assert "cannot be read" in rows["error"][4] and rows["truth"][5] == -1
    assert np.allclose(rows["loss"][:4], -np.log(rows["true_probability"][:4]), atol=1e-5)


@pytest.mark.models
def test_labels_that_are_numbers_are_places(toy, tmp_path):
    band(tmp_path / "0" / "a.png", 0), band(tmp_path / "2" / "a.png", 1)
    facts = json.loads(run("evaluate", "--model", KEY, "--data", tmp_path, "--json"))
    assert facts["top_1"] == 0.5 and facts["confusion"]["classes"] == ["left band", "Middle", "right band"]
    (tmp_path / "2").rename(tmp_path / "3")
    with pytest.raises(VitrineError, match="No class is called 0, 3"):
        run("evaluate", "--model", KEY, "--data", tmp_path)


@pytest.mark.models
def test_what_does_not_fit_is_said(toy, bands):
    for words, said in (
        (("--data", "streets-rendered"), "Rendered streets has no labels for"),
        (("--data", bands, "--split", "night"), "has no split 'night'; it has test, train"),
        (("--data", bands, "--mapping", "camvid"), "--mapping is for masks"),
        (("--data", bands, "--labels", bands), "has its own labels"),
        (("--data", bands, "--images", bands), "either --images, a folder, or --data"),
        ((), "either --images, a folder, or --data"),
        (("--images", bands, "--split", "test"), "--split is for --data"),
        (("--data", "moon"), "no data set called moon; there are digits, streets-rendered"),
    ):
        with pytest.raises(VitrineError, match=said):
            run("evaluate", "--model", KEY, *words)


@pytest.mark.models
def test_the_card_of_the_digits_reports_what_evaluate_gives():
    card = tomllib.loads((WEIGHTS / "digits-cnn" / "card.toml").read_text())["results"][0]
    facts = json.loads(run(*card["command"].split()[2:]))
    assert facts["pictures"] == card["pictures"] == 367 and facts["top_1"] >= 0.985
    assert facts["top_1"] == pytest.approx(card["top1"], abs=0.003)
    assert facts["top_1_interval"] == pytest.approx(card["top1_interval"], abs=0.005)
    assert np.abs(np.array(facts["confusion"]["counts"]) - card["confusion_rows_truth"]).sum() <= 2
    assert sum(path.stat().st_size for path in (WEIGHTS / "digits-cnn").iterdir()) < 200_000


@pytest.mark.models
def test_a_segmenter_on_masks(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (64, 128, 3), dtype=np.uint8)
    for folder in ("images", "labels"):
        (tmp_path / folder).mkdir()
    for name in "ab":
        Image.fromarray(pixels).save(tmp_path / "images" / f"{name}.png")
        Image.fromarray(np.full((64, 128), 0, np.uint8)).save(tmp_path / "labels" / f"{name}.png")
    words = ("evaluate", "--model", "streets-unet", "--data", tmp_path)
    camvid = json.loads(run(*words, "--mapping", "camvid", "--json"))
    assert camvid["pictures"] == 2 and camvid["iou"]["sky"] is not None and camvid["iou"]["flat"] is None
    (tmp_path / "dataset.json").write_text(json.dumps({"labels": ["SKY", "flat"]}))
    named = json.loads(run(*words, "--json"))
    assert named["iou"] == camvid["iou"] and named["pixel_accuracy"] == camvid["pixel_accuracy"]
    (tmp_path / "dataset.json").write_text(json.dumps({"labels": ["moon"]}))
    with pytest.raises(VitrineError, match="No class is called moon"):
        run(*words)
    with pytest.raises(VitrineError, match="has no masks for streets-unet"):
        run("evaluate", "--model", "streets-unet", "--data", "digits")


def test_figures_of_masks_against_those_worked_out_by_hand():
    """Two images; class b is truth once for 2 pixels, of which 1 is found and 1 taken for a."""
    matrices = np.array([[[4, 0, 0], [1, 1, 0], [0, 0, 0]], [[3, 1, 0], [0, 0, 0], [0, 0, 0]]])
    facts = mask_figures(matrices, ("a", "b", "c"))
    assert facts["iou"]["a"] == pytest.approx(7 / 9) and facts["iou"]["b"] == pytest.approx(1 / 3)
    assert facts["pixel_accuracy"] == 0.8 and np.isnan(facts["iou"]["c"])
    assert facts["mean_iou"] == pytest.approx((7 / 9 + 1 / 3) / 2)
    assert facts["mean_iou_of_images"] == pytest.approx(((4 / 5 + 1 / 2) / 2 + 3 / 4) / 2)
    assert np.isnan(facts["iou_interval"]["a"]).all(), "two images are too few for a band"


def test_masks_have_bands_of_drawn_images():
    matrices = np.array([[[4, 1], [0, 0]], [[3, 1], [0, 0]]] * 10)
    facts = mask_figures(matrices, ("a", "void"))
    low, high = facts["iou_interval"]["a"]
    assert 0.75 <= low < facts["iou"]["a"] == facts["mean_iou"] < high <= 0.8 + 1e-12
    assert set(facts["iou"]) == set(facts["dice_interval"]) == {"a"}
    low, high = facts["pixel_accuracy_interval"]
    assert low < facts["pixel_accuracy"] < high and facts["pixel_accuracy"] == pytest.approx(7 / 9)


def test_what_there_is(tmp_path, monkeypatch):
    band(tmp_path / "sets" / "cats" / "a.png", 0)
    (tmp_path / "sets" / "empty").mkdir()
    monkeypatch.setenv("VITRINE_DATA", str(tmp_path / "sets"))
    rows = {row["key"]: row for row in json.loads(run("data", "list", "--json"))}
    assert list(rows) == ["digits", "streets-rendered", "textures", "cats", "empty"]
    assert (
        rows["digits"]["images"] == 1797
        and rows["digits"]["splits"] == "train 1312, test 367, validation 118"
    )
    assert rows["cats"]["kind"] == "unlabelled" and "no images" in rows["empty"]["why"]
    assert "streets" in run("data", "list")


def test_what_is_in_one(bands):
    facts = json.loads(run("data", "describe", "digits", "--json"))
    assert facts["classes"]["3"] == 183 and facts["task"] == "classification" and len(facts["digest"]) == 64
    assert "CC BY 4.0" in facts["licence"]
    said = run("data", "describe", bands)
    assert "manifest" in said and "test 4, train 2" in said
