"""The model doctor: what it finds, and that no model can do harm to whoever asks it."""

import json
import os
import signal
from dataclasses import replace

import numpy as np
import pytest

from compute.doctor.admission import (
    CatalogueSlot,
    ModelDescription,
    admit_model,
    suggested_description,
    untried_hw,
)
from compute.doctor.diagnosis import STAGES, Diagnosis, Trial
from compute.doctor.doctor import Examination, examine
from compute.doctor.preset_choice import preset_warning
from compute.doctor.preset_trials import Samples, information, trials_of
from engine.errors import ModelError
from engine.images.picture import Picture
from engine.methods import METHODS
from model_store.base.entries import FixedSize, InputPolicy
from model_store.base.scaling import SCALINGS
from model_store.catalogue import ModelRef, catalogue, model_facts
from model_store.loading.load import load_model
from model_store.own.model import Preprocessing
from model_store.own.store import stage_upload
from tests.model_store.own_toys import nested_classifier, saved_classifier, segmenter, uneven
from tests.model_store.strangers import archive, described, layer

COLOURS = ("red", "green", "blue")
PICTURES = tuple(
    Picture(np.eye(3, dtype=np.uint8)[index] * np.full((32, 48, 1), 255, np.uint8), name)
    for index, name in enumerate(COLOURS)
)


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    monkeypatch.setenv("VITRINE_OWN", str(tmp_path / "own"))
    return tmp_path / "own"


@pytest.mark.models
@pytest.mark.processes
def test_a_nested_classifier_from_upload_to_catalogue(tmp_path, own):
    stages = []
    path = stage_upload(nested_classifier(tmp_path / "toy.keras").read_bytes(), "toy.keras")
    found = examine(path, PICTURES, stages.append)
    assert tuple(stages) == STAGES
    assert (found.kind, found.task, found.classes, found.answer, found.answer_certain) == (
        "keras",
        "classification",
        3,
        "softmax",
        True,
    )
    assert (
        found.input_shape == (16, 24, 3)
        and found.output_shape == (3,)
        and found.row_sums == pytest.approx((1, 1))
    )
    assert found.nested == 1 and found.parameters == 12 + 12 and found.gradients and found.relu
    assert [(target_layer.name, target_layer.shape_hwk) for target_layer in found.target_layers] == [
        ("body/lit", (16, 24, 3))
    ] and found.target_layers[0].best
    assert found.suggested_preset == "signed"
    assert [answer[:2] for answer in found.trials[0].answers] == [
        (name, index) for index, name in enumerate(COLOURS)
    ]
    assert {fit.key: bool(fit.why_not) for fit in found.methods} == dict.fromkeys(METHODS, False)
    assert Diagnosis.from_json(json.loads(json.dumps(found.to_json()))) == found
    description = suggested_description(found, "my <b>toy</b>.keras")
    assert (
        description.labels == ()
        and description.policy == FixedSize(16, 24)
        and description.preprocessing == Preprocessing("signed")
    )
    with pytest.raises(ModelError, match="3 classes, and 0 labels were given"):
        admit_model(path, found, description)
    key = admit_model(path, found, replace(description, labels=COLOURS))
    assert not list((own / ".staging").iterdir()) and key not in catalogue()
    assert load_model(ModelRef.parse(key)).facts == model_facts(ModelRef(key))


@pytest.mark.models
@pytest.mark.processes
def test_a_segmenter_for_any_size(tmp_path):
    found = examine(segmenter(tmp_path / "toy.keras"), PICTURES)
    assert (found.task, found.classes, found.answer, found.answer_certain) == (
        "segmentation",
        2,
        "logits",
        False,
    )
    assert (
        found.input_shape == (None, None, 3)
        and [layer.name for layer in found.target_layers if layer.best] == ["light"]
        and found.seconds_per_run > 0
    )
    assert any("was guessed from its outputs" in str(remark) for remark in found.remarks)
    description = replace(suggested_description(found, "toy"), labels=("dark", "bright"))
    assert (
        admit_model(tmp_path / "toy.keras", found, description, CatalogueSlot("toy")) == "toy"
        and "toy" in catalogue()
    )


@pytest.mark.models
@pytest.mark.processes
def test_a_saved_model(tmp_path, own):
    """TensorFlow is imported before the time of the scan begins: sound ones were refused on slow machines."""
    path = saved_classifier(tmp_path / "toy")
    found = examine(path, PICTURES)
    assert (found.kind, found.task, found.classes, found.answer) == (
        "saved_model",
        "classification",
        3,
        "softmax",
    )
    assert found.input_shape == (None, None, 3) and found.tried_hw == (224, 224) and not found.gradients
    assert not found.target_layers and {fit.key for fit in found.methods if not fit.why_not} >= {
        "lime",
        "rise",
    }
    description = replace(suggested_description(found, "toy"), labels=COLOURS)
    assert admit_model(path, found, description, CatalogueSlot("toy")) == "toy"


@pytest.mark.models
@pytest.mark.processes
def test_a_size_is_tried_before_it_is_admitted(tmp_path, own):
    path = segmenter(tmp_path / "toy.keras")
    found = examine(path, PICTURES, size_hw=(544, 800))
    assert found.tried_hw == (544, 800) and found.output_shape == (512, 512, 2)
    description = replace(suggested_description(found, "toy"), labels=("dark", "bright"))
    for policy in (FixedSize(800, 545), InputPolicy(544, 832, 32), FixedSize(2048, 2048)):
        assert untried_hw(found, policy) == policy.largest_hw
        with pytest.raises(ModelError, match="was tried on images of 544 x 800 pixels"):
            admit_model(path, found, replace(description, policy=policy))
    for policy in (FixedSize(800, 544), InputPolicy(544, 800, 32), InputPolicy(256, 640, 32)):
        assert untried_hw(found, policy) is None
        admit_model(path, found, replace(description, policy=policy))
    with pytest.raises(ModelError, match="at most 2048 on a side"):
        examine(path, PICTURES, size_hw=(4096, 64))


@pytest.mark.models
@pytest.mark.processes
def test_a_size_at_which_it_does_not_run_is_a_sentence(tmp_path):
    with pytest.raises(ModelError, match="does not run on images of 513 x 513 pixels"):
        examine(uneven(tmp_path / "toy.keras"), PICTURES, size_hw=(513, 513))


@pytest.mark.processes
def test_what_is_eaten_is_bounded(tmp_path):
    wide = archive(tmp_path / "wide.keras", described(layer("Flatten"), layer("Dense", units=10**9)))
    with pytest.raises(
        ModelError, match="MB that an examination may take|ended the process that examined it|cannot be read"
    ):
        examine(wide, PICTURES)


@pytest.mark.processes
def test_what_takes_too_long_is_ended(tmp_path, monkeypatch):
    monkeypatch.setenv("VITRINE_EXAMINE_SECONDS", "1")  # less than importing TensorFlow takes
    path = archive(tmp_path / "a.keras")
    examination = Examination(path, PICTURES)
    with pytest.raises(ModelError, match="took more than 1 s and was stopped"):
        examination.examine()
    assert examination._process.poll() is not None


@pytest.mark.processes
def test_a_crash_is_a_sentence(tmp_path):
    examination = Examination(archive(tmp_path / "a.keras"), PICTURES)
    with pytest.raises(
        ModelError, match=rf"ended the process that examined it \(code -{int(signal.SIGSEGV)}\)"
    ):
        examination.examine(lambda stage: os.kill(examination._process.pid, signal.SIGSEGV))


@pytest.mark.processes
def test_an_examination_can_be_left(tmp_path):
    examination = Examination(archive(tmp_path / "a.keras"), PICTURES)
    with pytest.raises(ModelError, match="was stopped"):
        examination.examine(lambda stage: examination.cancel())
    late = Examination(archive(tmp_path / "a.keras"), PICTURES)
    late.cancel()
    with pytest.raises(ModelError, match="was stopped"):
        late.examine()


@pytest.mark.processes
def test_what_is_refused_is_refused_before_tensorflow_is_there(tmp_path):
    stages = []
    with pytest.raises(ModelError, match="Lambda layer"):
        examine(archive(tmp_path / "a.keras", described(layer("Lambda"))), PICTURES, stages.append)
    assert "structure" not in stages


@pytest.mark.parametrize(
    ("variable", "sentence"),
    [
        ("VITRINE_EXAMINE_SECONDS", "whole number of seconds"),
        ("VITRINE_EXAMINE_MB", "whole number of megabytes"),
    ],
)
def test_settings_that_are_no_numbers(tmp_path, monkeypatch, variable, sentence):
    monkeypatch.setenv(variable, "many")
    with pytest.raises(Exception, match=sentence):
        examine(archive(tmp_path / "a.keras"), PICTURES)


def test_information_on_paper():
    assert information(np.eye(4)) == pytest.approx(2)
    assert information(np.full((5, 4), 0.25)) == 0 and information(np.tile([1.0, 0, 0, 0], (5, 1))) == 0
    assert information(np.array([[1, 0], [0.5, 0.5]])) == pytest.approx(0.8112781 - 0.5)


def test_the_right_preprocessing_tells_most_and_confidence_alone_misleads():
    """A network for -1 to 1: of larger numbers it is always sure, and always of the same class."""

    def answers(given):
        means = given.mean(axis=(1, 2))
        logits = np.concatenate([6 * means, 40 * np.abs(means).max(-1, keepdims=True) - 42], -1)
        chances = np.exp(logits - logits.max(-1, keepdims=True))
        return (chances / chances.sum(-1, keepdims=True)).astype(np.float32)

    samples = Samples(COLOURS, np.stack([picture.pixels for picture in PICTURES]).astype(np.float32))
    trials = trials_of(answers, samples, SCALINGS)
    assert trials[0].preset in ("signed", "unit") and max(
        trials, key=lambda trial: trial.confidence
    ).preset in ("raw", "caffe", "torch")
    assert [trial.information for trial in trials if trial.preset == "raw"] == [pytest.approx(0, abs=1e-6)]


def test_another_preprocessing_that_tells_far_more_is_warned_of(diagnosis):
    warning = preset_warning(diagnosis, "raw")
    assert "answers with signed are 8.0 times as informative as with raw" in str(warning)
    assert preset_warning(diagnosis, "signed") is None and preset_warning(diagnosis, "hand") is None


def test_what_is_said_has_to_fit_what_was_found(diagnosis, tmp_path):
    description = ModelDescription("T", "classification", COLOURS, FixedSize(16, 24), answer="softmax")
    path = archive(tmp_path / "model.keras")
    for wrong, sentence in (
        (replace(description, task="segmentation"), "cannot be used for segmentation"),
        (replace(description, policy=FixedSize(32, 32)), "accepts images of 16 x 24 pixels and no others"),
        (replace(description, answer="logits"), "gives softmax, as its graph shows; received logits"),
        (replace(description, preprocessing=Preprocessing("file")), "is for Hugging Face folders"),
        (replace(description, colours=((0, 0, 0),)), "3 labels and 1 colours"),
    ):
        with pytest.raises(ModelError, match=sentence):
            admit_model(path, diagnosis, wrong)
    with pytest.raises(ModelError, match="There is no preprocessing 'x'"):
        Preprocessing("x")


@pytest.fixture
def diagnosis():
    trials = (Trial("signed", 0.9, 1.0, 1.6, ()), Trial("raw", 1.0, 0.5, 0.4, ()))
    shapes = {"input_shape": (16, 24, 3), "output_shape": (3,), "row_sums": (1.0, 1.0)}
    counts = {"classes": 3, "nested": 0, "layers": 1, "parameters": 1, "memory_mb": 1, "seconds_per_run": 0.1}
    empty = {"labels": (), "target_layers": (), "methods": (), "files": {}}
    seen = {"answer": "softmax", "answer_certain": True, "gradients": True, "relu": True}
    return Diagnosis(
        "keras", task="classification", trials=trials, tried_hw=(16, 24), **shapes, **counts, **empty, **seen
    )
