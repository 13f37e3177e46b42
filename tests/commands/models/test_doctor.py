"""`doctor` and `admit`: a model is examined, stands in the catalogue, and answers like any other."""

import json
import re

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from cli import app
from commands.models.doctor import AdmitOptions, description_of, model_key_of, policy_of, preprocessing_of
from commands.models.naming import ClassNames
from compute.doctor.diagnosis import Diagnosis, Trial
from engine.errors import ModelError
from model_store.base.entries import FixedSize, InputPolicy
from model_store.download.own_hub import fetch_folder, is_repo_id
from model_store.own.model import Preprocessing
from tests.model_store.own_toys import nested_classifier
from tests.model_store.strangers import archive, described, layer

FOUND = Diagnosis(
    **{
        "kind": "keras",
        "files": {},
        "input_shape": (None, None, 3),
        "output_shape": (8, 8, 2),
        "classes": 2,
        "task": "segmentation",
    },
    **{
        "answer": "logits",
        "answer_certain": False,
        "row_sums": (0.0, 1.0),
        "labels": (),
        "nested": 0,
        "layers": 1,
        "target_layers": (),
    },
    **{
        "gradients": True,
        "relu": True,
        "parameters": 1,
        "tried_hw": (512, 512),
        "seconds_per_run": 0.1,
        "memory_mb": 1,
        "methods": (),
    },
    trials=(Trial("unit", 0.9, 1.0, 1.0, ()),),
)


@pytest.fixture
def own(tmp_path, monkeypatch):
    monkeypatch.setenv("VITRINE_OWN", str(tmp_path / "own"))
    return tmp_path / "own"


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.mark.models
@pytest.mark.processes
def test_a_model_is_admitted_and_predicts(tmp_path, own):
    (tmp_path / "names.txt").write_text("red\ngreen\nblue <b>\n")
    words = ("--labels", tmp_path / "names.txt", "--preprocessing", "signed", "--title", "My Toy!", "--json")
    result = run("admit", nested_classifier(tmp_path / "toy.keras"), *words)
    assert result.exit_code == 0, result.output
    (row,) = json.loads(result.stdout)
    assert row["key"] == "my-toy" and row["classes"] == 3 and row["labels"] == str(tmp_path / "names.txt")
    assert "my-toy" in run("models").output
    Image.fromarray(np.full((40, 60, 3), (0, 0, 255), np.uint8)).save(tmp_path / "blue.png")
    top = json.loads(run("predict", "--model", "my-toy", "--image", tmp_path / "blue.png", "--json").stdout)[
        "top"
    ]
    assert top[0]["class"] == "blue <b>" and top[0]["probability"] > 0.99


@pytest.mark.processes
def test_a_refused_model_leaves_nothing(tmp_path, own):
    result = run("doctor", archive(tmp_path / "a.keras", described(layer("Lambda"))))
    assert isinstance(result.exception, ModelError) and "Lambda layer" in str(result.exception)
    assert not own.exists() or not list(own.glob("[!.]*"))


@pytest.mark.models
@pytest.mark.processes
def test_names_that_are_missing_or_miscounted_are_said_before_the_examination(tmp_path, own):
    """The model is loaded, and nothing of it is tried."""
    toy = nested_classifier(tmp_path / "toy.keras")
    (tmp_path / "two.txt").write_text("red\ngreen\n")
    cases = {
        ("admit", toy): "answers 3 classes, and nothing says what they are called",
        ("admit", toy, "--labels", tmp_path / "two.txt"): "returns 3 classes, and 2 labels were given",
        ("doctor", toy, "--labels", "voc"): "has 20 or 21 labels, and the model returns 3 classes",
        ("admit", toy, "--labels", tmp_path / "none.txt"): "neither a text file",
    }
    for words, sentence in cases.items():
        result = run(*words)
        assert isinstance(result.exception, ModelError) and sentence in str(result.exception)
        assert "preprocessing ..." not in result.stderr
    assert not own.exists() or not list(own.glob("[!.]*"))


@pytest.mark.models
@pytest.mark.processes
def test_a_model_without_names_is_admitted_with_numbers_and_the_doctor_names_its_answers(tmp_path, own):
    toy = nested_classifier(tmp_path / "toy.keras")
    row = json.loads(run("admit", toy, "--labels", "numbers", "--json").stdout)[0]
    assert (row["classes"], row["labels"], row["key"]) == (3, "numbers", "toy")
    image = tmp_path / "blue.png"
    Image.fromarray(np.full((40, 60, 3), (0, 0, 255), np.uint8)).save(image)
    assert json.loads(run("predict", "--model", "toy", "--image", image, "--json").stdout)["top"][0][
        "class"
    ].startswith("class ")
    (tmp_path / "toy.labels.txt").write_text("red\ngreen\nblue\n")
    told = " ".join(run("doctor", toy).stdout.replace("│", " ").split())
    assert re.search("Leafy street in the sun: (red|green|blue) [0-9]+%", told)
    assert re.search("best in [0-9]+% of random draws of [0-9]+ images", told)


def test_what_is_said_counts_more_than_what_was_found():
    options = AdmitOptions(
        title="T",
        preprocessing="1,2,3/4,5,6/bgr",
        size="64-128/32",
        answer="softmax",
    )
    description = description_of(FOUND, options, "toy", ClassNames(("a", "b"), "names.txt"))
    assert description.preprocessing == Preprocessing(
        "hand", (1, 2, 3), (4, 5, 6), "bgr"
    ) and description.policy == InputPolicy(64, 128, 32)
    assert (description.title, description.answer, description.labels) == ("T", "softmax", ("a", "b"))


def test_words_of_the_command_line():
    assert (
        policy_of("513x255") == FixedSize(513, 255)
        and model_key_of("Äpfel & Birnen, v2!") == "pfel-birnen-v2"
        and model_key_of("日本") == "own-model"
    )
    for wrong in ("513", "1x2x3", "a-b/c"):
        with pytest.raises(ModelError, match="A size is HEIGHTxWIDTH"):
            policy_of(wrong)
    for wrong in ("1,2/3,4,5/rgb", "a/b/c", "1/2", "1,2,3/0,1,1/rgb", "1,2,3/1,1,1/xyz"):
        with pytest.raises(ModelError, match="by hand is|Custom preprocessing"):
            preprocessing_of(wrong)


def test_a_repository_is_named_and_offline_is_a_sentence(own, monkeypatch):
    assert is_repo_id("nvidia/segformer-b0") and not any(
        map(is_repo_id, ("a", "a/b/c", "../b", "a/..", "https://x/y", "a/b c"))
    )
    with pytest.raises(ModelError, match="is named owner/name"):
        fetch_folder("nothing")
    with pytest.raises(ModelError, match="owner/name cannot be downloaded: there is no connection"):
        fetch_folder("owner/name", endpoint="http://127.0.0.1:9")
    assert not list((own / ".staging").iterdir())
    result = run("doctor", "no-such-file.keras")
    assert isinstance(result.exception, ModelError) and "is no owner/name" in str(result.exception)
