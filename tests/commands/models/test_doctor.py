"""`doctor` and `admit`: a model is examined, stands in the catalogue, and answers like any other."""

import json

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from cli import app
from commands.models.doctor import AdmitOptions, description_of, model_key_of, policy_of, preprocessing_of
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
    assert row["key"] == "my-toy" and row["classes"] == 3
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
    with pytest.raises(ModelError, match="neither"):
        description_of(FOUND, AdmitOptions(labels=str(tmp_path / "none.txt")), "toy")
    assert not own.exists() or not list(own.glob("[!.]*"))


def test_what_is_said_counts_more_than_what_was_found(tmp_path):
    (tmp_path / "names.txt").write_text("a\nb\n")
    options = AdmitOptions(
        title="T",
        labels=str(tmp_path / "names.txt"),
        preprocessing="1,2,3/4,5,6/bgr",
        size="64-128/32",
        answer="softmax",
    )
    description = description_of(FOUND, options, "toy")
    assert description.preprocessing == Preprocessing(
        "hand", (1, 2, 3), (4, 5, 6), "bgr"
    ) and description.policy == InputPolicy(64, 128, 32)
    assert (description.title, description.answer, description.labels) == ("T", "softmax", ("a", "b"))
    with pytest.raises(ModelError, match="nothing says what they are called"):
        description_of(FOUND, AdmitOptions(), "toy")


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
