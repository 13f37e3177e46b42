"""predict, explain and evaluate on a shipped model and a rendered scene."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.errors import VitrineError
from engine.explanation import Explanation
from engine.visualise.annotations import OUTLINES
from samples.scenes import render_scene
from tests.commands.conftest import run

ROOT = Path(__file__).parents[2]
MODEL, STAGED = "streets-unet", "streets-segformer"
"""The quicker of two shipped models, and the one whose target layers are stages."""

FAST = ("--set", "designs=8", "--set", "grid=4", "--set", "replicates=4")
BELOW = 76
"""Pixels of the colour bar with its words."""


@pytest.fixture(scope="module")
def scene_file(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("scene") / "scene.png"
    Image.fromarray(render_scene(1, (128, 256)).pixels).save(path)
    return path


def failure(*words: object) -> VitrineError:
    with pytest.raises(VitrineError) as caught:
        run(*words)
    return caught.value


@pytest.fixture(scope="module")
def facts(scene_file) -> dict:
    return json.loads(run("predict", "--model", MODEL, "--image", scene_file, "--json"))


@pytest.mark.models
def test_predict_lists_zones_that_cover_the_picture(facts):
    assert sum(zone["area_percent"] for zone in facts["zones"]) == pytest.approx(100, abs=1)
    assert {zone["class"] for zone in facts["zones"]} <= set(facts["classes"])
    assert sum(facts["classes"].values()) == pytest.approx(1, abs=0.01)


def explain_the_border(facts, scene_file, out) -> str:
    words = ("--point", facts["zones"][1]["point"], "--target", "border", *FAST)
    return run("explain", "--model", MODEL, "--image", scene_file, *words, "--out", out)


@pytest.fixture(scope="module")
def border(facts, scene_file, tmp_path_factory) -> tuple[Path, str]:
    """A border's explanation, and what was said about it."""
    out = tmp_path_factory.mktemp("border")
    return out, explain_the_border(facts, scene_file, out)


@pytest.mark.models
@pytest.mark.processes
def test_the_point_of_a_zone_chooses_it(facts, border):
    out, said = border
    assert "144 model evaluations" in said and f"boundary of {facts['zones'][1]['class']} 1 of" in said
    explanation = Explanation.load(out)
    assert explanation.values.shape == (4, 4) and explanation.cost.forwards == 144
    drawn = np.asarray(Image.open(out / "overlay.png"))
    assert drawn.shape == (240 + BELOW, 480, 3)
    outline = np.abs(drawn[:240].astype(int) - OUTLINES[0]).max(-1) < 40
    assert outline.sum() > 100, "the zone is outlined"


@pytest.mark.models
@pytest.mark.processes
def test_lime_paints_superpixels_with_their_borders(facts, scene_file, tmp_path):
    zone = facts["zones"][0]
    settings = (
        "samples=60",
        "seeds=2",
        "n_segments=10",
        "segmentation=slic",
        "regressor=bayesian ridge",
        "shown=3",
        "space=logit",
    )
    words = [word for setting in settings for word in ("--set", setting)]
    said = run(
        "explain",
        "--model",
        MODEL,
        "--image",
        scene_file,
        "--method",
        "lime",
        "--point",
        zone["point"],
        *words,
        "--out",
        tmp_path,
    )
    assert "120 model evaluations" in said and "R2" in said
    explanation = Explanation.load(tmp_path)
    assert (
        explanation.signed
        and explanation.parts.labels.shape == explanation.values.shape
        and explanation.cost.forwards == 120
    )
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["params"]["regressor"] == "bayesian ridge" and manifest["params"]["seeds"] == 2
    assert (
        manifest["figures"]["superpixels"] == explanation.parts.labels.max() + 1
        and manifest["stability"] is not None
    )
    drawn = np.asarray(Image.open(tmp_path / "overlay.png"))[:240]
    photo = np.asarray(Image.open(scene_file).resize((480, 240), Image.Resampling.LANCZOS))
    assert 0.05 < (drawn != photo).any(axis=2).mean() < 0.95, "the superpixels that are shown, and borders"
    with pytest.raises(VitrineError, match="no linear regressor 'crystal ball'"):
        run(
            "explain",
            "--model",
            MODEL,
            "--image",
            scene_file,
            "--method",
            "lime",
            "--set",
            "regressor=crystal ball",
            "--out",
            tmp_path,
        )


@pytest.mark.models
@pytest.mark.processes
def test_all_zones_are_one_pass(tmp_path):
    """On an image of few zones: each map is drawn, which takes longer than the pass."""
    path = tmp_path / "road.png"
    pixels = np.full((128, 256, 3), (110, 110, 112), np.uint8)
    pixels[:64] = (150, 190, 230)
    Image.fromarray(pixels).save(path)
    facts = json.loads(run("predict", "--model", MODEL, "--image", path, "--json"))
    assert len(facts["zones"]) > 1
    run("explain", "--model", MODEL, "--image", path, "--all-zones", *FAST, "--out", tmp_path)
    manifests = [json.loads(path.read_text()) for path in tmp_path.glob("*/manifest.json")]
    kinds = [manifest["target"]["kind"] for manifest in manifests]
    assert kinds.count("ZoneTarget") == kinds.count("BorderTarget") == len(facts["zones"])
    assert kinds.count("SharedBorderTarget") >= 1


@pytest.mark.models
@pytest.mark.processes
def test_gradients_of_a_zone_at_each_layer(scene_file, tmp_path):
    zone = json.loads(run("predict", "--model", STAGED, "--image", scene_file, "--json"))["zones"][0]
    words = ("--point", zone["point"], "--method", "layercam", "--layer", "all")
    said = run("explain", "--model", STAGED, "--image", scene_file, *words, "--out", tmp_path)
    assert "1 model evaluations, 1 gradients, 4 layers" in said
    found = [Explanation.load(tmp_path / f"stage-{stage}") for stage in (1, 2, 3, 4)]
    sizes = [explanation.values.shape for explanation in found]
    assert sizes == sorted(sizes, reverse=True) and len(set(sizes)) == 4
    assert all(
        explanation.target.label.startswith(zone["class"]) and explanation.values.max() > 0
        for explanation in found
    )


@pytest.mark.models
@pytest.mark.processes
def test_same_seed_same_map(facts, scene_file, border, tmp_path):
    """But for the last digits, which depend on how runs were cut into batches: that follows the speed, which
    is measured anew.
    """
    explain_the_border(facts, scene_file, tmp_path)
    one, two = (Explanation.load(folder) for folder in (border[0], tmp_path))
    np.testing.assert_allclose(one.values, two.values, rtol=1e-4, atol=1e-6)


@pytest.mark.models
def test_a_model_is_perfect_against_its_own_answers(scene_file, tmp_path):
    """The oracle of ``evaluate``: labels made of the model's own classes give 1.0 everywhere."""
    from commands.data.evaluate_masks import predicted_classes
    from compute.worker.sources import model_source
    from engine.images.picture import read_picture
    from model_store.catalogue import ModelRef

    label = tmp_path / "scene.png"
    picture = read_picture(scene_file.read_bytes())
    own = predicted_classes(model_source().get(ModelRef(MODEL)), picture, (128, 256))
    Image.fromarray(own.astype(np.uint8)).save(label)
    found = json.loads(
        run("evaluate", "--model", MODEL, "--images", scene_file.parent, "--labels", tmp_path, "--json")
    )
    assert found["pixel_accuracy"] == found["mean_iou"] == found["mean_dice"] == 1.0
    assert found["pictures"] == 1 and "void" not in found["iou"]


@pytest.mark.models
def test_evaluate_maps_labels_and_ignores_255(scene_file, tmp_path):
    labels = np.full((128, 256), 255, np.uint8)
    labels[:4] = 0  # CamVid: sky
    Image.fromarray(labels).save(tmp_path / "scene.png")
    words = ("--model", MODEL, "--images", scene_file.parent, "--labels", tmp_path, "--mapping", "camvid")
    found = json.loads(run("evaluate", *words, "--json"), parse_constant=no_json)
    seen = {name for name, value in found["iou"].items() if value is not None}
    assert "sky" in seen and "human" not in seen and found["pixel_accuracy"] <= 1
    assert "absent" in run("evaluate", *words)


def no_json(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")


@pytest.mark.models
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--point", "500,500"), "outside the image"),
        (("--point", "here"), "ROW,COL"),
        ((), "Say which zone"),
        (("--point", "9,9", "--target", "shared-border"), "--other"),
        (("--point", "9,9", "--target", "soul"), "zone, border, shared-border"),
        (("--point", "9,9", "--set", "designs=7"), "Samples"),
        (("--point", "9,9", "--set", "designs"), "NAME=VALUE"),
        (("--point", "9,9", "--method", "tarot"), "sobol"),
        (("--class", "sky"), "for classifiers"),
    ],
)
def test_wrong_questions_get_one_sentence(words, sentence, scene_file, tmp_path):
    assert sentence in str(
        failure("explain", "--model", MODEL, "--image", scene_file, "--out", tmp_path, *words)
    )


@pytest.mark.models
def test_wrong_folders_and_names_get_one_sentence(scene_file, tmp_path):
    assert "no images" in str(
        failure("evaluate", "--model", MODEL, "--images", tmp_path, "--labels", tmp_path)
    )
    assert "no label file" in str(
        failure("evaluate", "--model", MODEL, "--images", scene_file.parent, "--labels", tmp_path)
    )
    assert "streets-unet" in str(failure("predict", "--model", "oracle", "--image", scene_file))


@pytest.mark.processes
def test_an_error_is_one_line_and_exit_code_2():
    words = [sys.executable, "cli.py", "predict", "--model", MODEL, "--image", "nowhere.png"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "nowhere.png" in done.stderr
