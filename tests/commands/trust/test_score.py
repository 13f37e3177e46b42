"""`score`: maps of ours and of others are graded; what is no map gets a sentence before a run is paid."""

import json

import numpy as np
import pytest
from PIL import Image

from engine.errors import GradeError, ParamsError
from engine.trust.counts import common_runs, own_runs
from samples.digits import digit_pixels
from tests.commands.conftest import run

MODEL = "digits-cnn"
FAST = ("--set", "designs=8", "--set", "grid=4", "--set", "replicates=4")
pytestmark = [pytest.mark.models]


@pytest.fixture(scope="module")
def digit_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("scored") / "digit.png"
    Image.fromarray(digit_pixels(3)).save(path)
    return path


@pytest.mark.processes
def test_a_map_of_explain_is_graded_for_its_own_target(digit_file, tmp_path):
    run("explain", "--model", MODEL, "--image", digit_file, *FAST, "--out", tmp_path)
    said = json.loads(run("score", "--model", MODEL, "--image", digit_file, "--map", tmp_path, "--json"))
    label = json.loads((tmp_path / "manifest.json").read_text())["target"]["label"]
    assert said["target"] == label and said["grid"] == 4 and said["fill"] == "mean"
    assert {"deletion", "insertion", "mufidelity", "average-drop"} <= set(said["grades"])
    assert 0 <= said["grades"]["deletion"]["percentile"] <= 1
    assert set(said["grades"]["insertion"]["baselines"]) == {"edges", "centre"}


@pytest.mark.processes
def test_an_array_of_any_tool_is_graded_by_the_metrics_that_are_asked_for(digit_file, tmp_path):
    path = tmp_path / "saliency.npy"
    np.save(path, np.arange(64.0).reshape(8, 8))
    words = ("score", "--model", MODEL, "--image", digit_file, "--map", path)
    said = json.loads(run(*words, "--metric", "deletion", "--metric", "entropy", "--set", "grid=4", "--json"))
    assert set(said["grades"]) == {"deletion", "entropy"}
    assert said["runs"] == common_runs() + own_runs(1)


@pytest.mark.parametrize(
    ("array", "sentence"),
    [
        (np.zeros((4, 4)), "same everywhere"),
        (np.full((4, 4), np.nan), "not numbers"),
        (np.zeros((4, 4, 3)), "no array of numbers"),
        (np.array([["a"]]), "no array of numbers"),
        (b"not an array", "cannot be read"),
    ],
)
def test_what_is_no_map_gets_a_sentence(array, sentence, digit_file, tmp_path):
    path = tmp_path / "map.npy"
    path.write_bytes(array) if isinstance(array, bytes) else np.save(path, array)
    with pytest.raises(GradeError, match=sentence):
        run("score", "--model", MODEL, "--image", digit_file, "--map", path)


def test_an_unknown_metric_is_named_with_those_that_there_are(digit_file, tmp_path):
    with pytest.raises(ParamsError, match="deletion, insertion"):
        run("score", "--model", MODEL, "--image", digit_file, "--map", tmp_path, "--metric", "truth")
