"""`counterfactual` and `prototypes`: answers known on paper, files, and refusals in words."""

import json

import numpy as np
import pytest
from PIL import Image

from engine.errors import ParamsError, TargetError
from samples.digits import digit_pixels
from tests.commands.conftest import run


@pytest.fixture
def left_file(tmp_path):
    """32 x 32: the left side has one bright column of cells of a 4 x 4 grid, the right one is darker."""
    pixels = np.zeros((32, 32, 3), np.uint8)
    pixels[:, :8] = 240
    pixels[:, 16:] = 70
    path = tmp_path / "left.png"
    Image.fromarray(pixels).save(path)
    return path


def test_the_least_that_has_to_go_on_paper(side_model, left_file, tmp_path):
    # left 120, right 70 of 255 on average; each bright cell brings 30: with two hidden it is 60 against 70
    out = tmp_path / "changed.png"
    asked = ("counterfactual", "--model", side_model, "--image", left_file)
    words = (*asked, "--grid", 4, "--set", "fill=black")
    said = json.loads(run(*words, "--out", out, "--json"))
    assert len(said["hidden"]) == 2 and set(said["hidden"]) < {0, 4, 8, 12} and said["proved_smallest"]
    assert (said["before"]["answer"], said["after"]["answer"]) == ("left", "right")
    changed = np.asarray(Image.open(out))
    assert changed.shape == (32, 32, 3) and (changed[:, :8].mean(), changed[:, 16:].mean()) == (120, 70)
    lines = run(*words).splitlines()
    assert "2 of 16 parts hidden, proved the smallest" in lines[0] and "left" in lines[1]


def test_another_image_fills_and_superpixels_are_parts(side_model, left_file, tmp_path):
    other = tmp_path / "right.png"
    Image.fromarray(np.asarray(Image.open(left_file))[:, ::-1]).save(other)
    words = ("counterfactual", "--model", side_model, "--image", left_file, "--unlike", other, "--json")
    said = json.loads(run(*words, "--grid", 4))
    assert said["fill"] == "unlike" and said["after"]["answer"] == "right"
    pieces = json.loads(run(*words, "--parts", "superpixels"))
    assert pieces["after"]["answer"] == "right" and pieces["parts"] > 1


def test_what_cannot_be_asked_gets_a_sentence(side_model, left_file):
    words = ("counterfactual", "--model", side_model, "--image", left_file)
    with pytest.raises(TargetError, match="no zones"):
        run(*words, "--point", "1,1")
    with pytest.raises(ParamsError, match="must lie between"):
        run(*words, "--set", "runs=1")
    with pytest.raises(ParamsError, match="needs another image"):
        run(*words, "--set", "fill=unlike")
    assert "so nothing has to be hidden" in run(*words, "--class", "right")


@pytest.mark.models
def test_prototypes_of_a_class_of_digits(tmp_path):
    folder = tmp_path / "digits"
    for digit in (0, 1):
        (folder / str(digit)).mkdir(parents=True)
        for number in range(8):
            Image.fromarray(digit_pixels(digit * 8 + number)).save(folder / str(digit) / f"{number}.png")
    words = ("prototypes", "--model", "digits-cnn", "--data", folder, "--class", "1", "--count", 2, "--json")
    said = json.loads(run(*words))
    assert [row["kind"] for row in said["examples"]] == ["prototype"] * 2 + ["criticism"] * 2
    assert {row["label"] for row in said["examples"]} == {"1"} and said["images"] == 8
    assert len({row["image"] for row in said["examples"]}) == 4
