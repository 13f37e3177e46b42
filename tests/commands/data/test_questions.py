"""`errors`, `compare-models` and `embed`: worst images, two models, points; figures worked out by hand."""

import json

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from typer.testing import CliRunner

from cli import app
from engine.errors import VitrineError
from tests.commands.data.toy_classifiers import RIVAL, SOURCE

KEY = "mobilenetv2-imagenet"
pytestmark = pytest.mark.models


def run(*words):
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def facts(*words):
    def refuse(name):
        raise AssertionError(f"{name} is no JSON")

    return json.loads(run(*words, "--json"), parse_constant=refuse)


@pytest.fixture(autouse=True)
def toy(monkeypatch, tmp_path_factory):
    monkeypatch.setenv("VITRINE_MODEL_SOURCE", SOURCE)
    monkeypatch.setenv("VITRINE_CACHE", str(tmp_path_factory.mktemp("cache")))


def band(path, place, value=255):
    """An image 24 x 36 whose left, middle or right third is bright."""
    pixels = np.zeros((24, 36, 3), np.uint8)
    pixels[:, 12 * place : 12 * place + 12] = value
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


@pytest.fixture
def bands(tmp_path):
    """Five of the middle, four of the left; two of the latter are bright elsewhere, one only faintly."""
    for number in range(5):
        band(tmp_path / "Middle" / f"{number}.png", 1, 255 - number)
    for number, (place, value) in enumerate(((0, 255), (0, 200), (2, 255), (1, 90))):
        band(tmp_path / "left_band" / f"{number}.png", place, value)
    return tmp_path


def test_the_worst_images_come_first(bands, tmp_path_factory):
    found = facts("errors", "--model", KEY, "--data", bands)
    assert (found["checked"], found["wrong"], found["by"]) == (9, 2, "loss")
    assert [row["image"] for row in found["images"]] == ["left_band/2.png", "left_band/3.png"]
    first = found["images"][0]
    assert (first["truth"], first["prediction"]) == ("left band", "right band")
    assert first["loss"] == pytest.approx(-np.log(first["true_probability"]), rel=1e-4)
    by_margin = facts("errors", "--model", KEY, "--data", bands, "--by", "margin", "--limit", 1)
    assert [row["image"] for row in by_margin["images"]] == ["left_band/2.png"] and by_margin["wrong"] == 2
    for suffix, read in ((".csv", pd.read_csv), (".parquet", pd.read_parquet)):
        out = tmp_path_factory.mktemp("out") / f"errors{suffix}"
        said = run("errors", "--model", KEY, "--data", bands, "--out", out)
        assert "2 of 9 images are wrong; 2 listed, by loss" in said and "right" in said
        assert read(out)["image"].tolist() == ["left_band/2.png", "left_band/3.png"]


def test_two_models_on_the_same_images(bands, tmp_path_factory):
    """The rival sees only the middle: of all black ones and of the left it knows nothing."""
    out = tmp_path_factory.mktemp("out") / "differences.csv"
    found = facts("compare-models", "--model", KEY, "--model", RIVAL, "--data", bands, "--out", out)
    assert found["models"] == [KEY, RIVAL] and found["images"] == 9
    test, accuracy = found["mcnemar"], found["figures"][0]
    counts = [test[name] for name in ("both_right", "only_first_right", "only_second_right", "both_wrong")]
    assert sum(counts) == 9 and counts[0] >= 5
    assert accuracy["figure"] == "accuracy" and accuracy["class"] is None
    assert accuracy["difference"] == pytest.approx((counts[1] - counts[2]) / 9)
    low, high = accuracy["interval"]
    assert low <= accuracy["difference"] <= high
    recalls = {figure["class"]: figure for figure in found["figures"][1:]}
    assert (
        recalls["Middle"]["first"] == recalls["Middle"]["second"] == 1.0
        and recalls["left band"]["images"] == 4
    )
    assert recalls["left band"]["interval"] == [None, None], "four images are too few for a band"
    assert pd.read_csv(out)["difference"][0] == pytest.approx(accuracy["difference"])
    assert "McNemar's exact test" in run("compare-models", "--model", KEY, "--model", RIVAL, "--data", bands)


@pytest.fixture
def shipped(monkeypatch):
    """The models that there are, in place of the toy."""
    monkeypatch.delenv("VITRINE_MODEL_SOURCE")


def test_two_segmenters_and_the_worst_masks(shipped, tmp_path):
    """One mask is the first model's own answer, the other says sky everywhere."""
    from commands.data.evaluate_masks import predicted_classes
    from compute.worker.sources import model_source
    from engine.images.picture import read_picture
    from model_store.catalogue import ModelRef

    (tmp_path / "images").mkdir(), (tmp_path / "labels").mkdir()
    pixels = np.random.default_rng(0).integers(0, 256, (64, 128, 3), dtype=np.uint8)
    for name in "ab":
        Image.fromarray(pixels).save(tmp_path / "images" / f"{name}.png")
    picture = read_picture((tmp_path / "images" / "a.png").read_bytes())
    own = predicted_classes(model_source().get(ModelRef("streets-unet")), picture, (64, 128)).astype(np.uint8)
    own[own == 5] = 0  # void is counted nowhere
    Image.fromarray(own).save(tmp_path / "labels" / "a.png")
    Image.fromarray(np.full((64, 128), 5, np.uint8)).save(tmp_path / "labels" / "b.png")
    words = ("--data", tmp_path)
    found = facts("errors", "--model", "streets-unet", *words)
    assert (found["by"], found["checked"], found["wrong"]) == ("iou", 2, 1)
    assert found["images"][0]["image"] == "images/b.png"
    both = facts("compare-models", "--model", "streets-unet", "--model", "streets-segformer", *words)
    means = {figure["figure"]: figure for figure in both["figures"] if figure["class"] is None}
    assert means.keys() == {"iou", "dice"} and means["iou"]["first"] > means["iou"]["second"]
    assert "mcnemar" not in both and "void" not in {figure["class"] for figure in both["figures"]}


DIGITS = ("embed", "--model", "digits-cnn", "--data", "digits", "--split", "validation")


def test_points_with_how_far_to_trust_them(shipped, tmp_path):
    out = tmp_path / "points.parquet"
    found = facts(*DIGITS, "--out", out)
    assert (found["images"], found["left_out"], found["method"]) == (118, 0, "pca") and found["features"] > 4
    kept, null = found["trust"]["layout"], found["trust"]["null"]
    assert kept["trustworthiness"] > null["trustworthiness"] + 0.05 and not found["trust"]["is_noise"]
    points = pd.read_parquet(out)
    assert points.columns.tolist() == ["image", "split", "label", "x", "y"] and len(points) == 118
    centres = points.groupby("label")[["x", "y"]].mean()
    assert len(centres) == 10 and np.isfinite(points[["x", "y"]]).all(axis=None)
    said = run(*DIGITS, "--dimensions", 3, "--layer", found["layer"], "--out", out)
    assert "trustworthiness" in said and "above noise" in said.lower() and "z" in pd.read_parquet(out)
    with pytest.raises(VitrineError, match=f"no target layer 'moon'; there are .*{found['layer']}"):
        run(*DIGITS, "--layer", "moon", "--out", out)


def test_few_images_have_points_but_no_verdict(shipped, tmp_path):
    for number in range(5):
        band(tmp_path / f"{number}.png", number % 3, 255 - number)
    words = ("embed", "--model", "digits-cnn", "--data", tmp_path, "--out", tmp_path / "points.csv")
    assert facts(*words)["trust"] is None and "too few different images" in run(*words)
    with pytest.raises(VitrineError, match="at least 10 different images"):
        run(*words, "--method", "tsne")
    for path in tmp_path.glob("*.png"):
        path.write_bytes(b"no image")
    with pytest.raises(VitrineError, match="No image of .* can be read"):
        run(*words)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("errors", "--model", KEY, "--by", "iou"), "--by iou does not fit this model; there are loss"),
        (("errors", "--model", KEY, "--split", "night"), "no split 'night'"),
        (("errors", "--model", "moon"), "no model"),
        (("errors", "--model", KEY, "--out", "rows.txt"), "a .csv or a .parquet file"),
        (("errors", "--model", KEY, "--out", "nowhere/rows.csv"), "There is no folder"),
        (("compare-models", "--model", KEY), "two different models"),
        (("compare-models", "--model", KEY, "--model", KEY), "two different models"),
        (("embed", "--model", KEY, "--out", "p.csv"), "has no layers that features can be taken from"),
        (("embed", "--model", KEY, "--out", "p.csv", "--method", "moon"), "no layout 'moon'; there are pca"),
        (("embed", "--model", KEY, "--out", "p.csv", "--set", "grid=2"), "no parameter 'grid'"),
        (("embed", "--model", KEY, "--out", "p.csv", "--set", "grid"), "A setting is NAME=VALUE"),
    ],
)
def test_what_cannot_be_answered_is_a_sentence(bands, tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(VitrineError, match=said):
        run(*words, "--data", bands)


def test_a_set_without_labels_has_no_errors(tmp_path):
    band(tmp_path / "a.png", 0)
    with pytest.raises(VitrineError, match="has no labels for"):
        run("errors", "--model", KEY, "--data", tmp_path)


def test_lists_of_data_sets_are_tables_too(bands, tmp_path_factory):
    out = tmp_path_factory.mktemp("out") / "rows.csv"
    run("data", "list", "--out", out)
    assert pd.read_csv(out)["key"].tolist()[:2] == ["digits", "streets-rendered"]
    run("data", "describe", bands, "--out", out)
    rows = pd.read_csv(out)
    assert len(rows) == 9 and set(rows["label"]) == {"Middle", "left band"}
