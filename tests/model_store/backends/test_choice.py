"""Choice of the backend: it is kept, and any failure leaves TensorFlow."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.errors import ModelError, SettingError
from engine.model import Backend, TargetLayer
from model_store.backends import choice as backends
from model_store.backends.agreement import disagreement, hiding_map
from model_store.backends.choice import choose_backend, quickest
from model_store.backends.converted import (
    NETWORK,
    RECORD,
    Converted,
    converted_folder,
    keep_network,
    keep_record,
    read_converted,
)
from model_store.backends.openvino_forward import OpenvinoForward, can_run
from model_store.backends.quick_model import QuickModel
from model_store.base.trials import GRID, one_hidden_each, trial_pictures
from tests.model_store.backends.conftest import FACTS, SIZE


@pytest.fixture
def folder(converted, tmp_path, monkeypatch):
    """Where the choice is kept; converting, which takes a second, was done before."""

    def copy(graph, path):
        for suffix in (".xml", ".bin"):
            shutil.copy(converted.with_suffix(suffix), path.with_suffix(suffix))

    monkeypatch.setattr(backends, "convert", copy)
    monkeypatch.setenv("VITRINE_MODELS", str(tmp_path))
    monkeypatch.setenv("VITRINE_BACKEND", "auto")
    return converted_folder(FACTS)


@pytest.fixture
def openvino_wins(monkeypatch):
    monkeypatch.setattr(backends, "is_busy", lambda: False)
    monkeypatch.setattr(
        backends,
        "_seconds",
        lambda forward, pictures, shared: 1.0 if isinstance(forward, OpenvinoForward) else 2.0,
    )


def never():
    raise AssertionError("the model was loaded")


@pytest.mark.models
def test_the_choice_is_kept_and_the_model_is_not_loaded_again(
    classifier, folder, openvino_wins, rng, monkeypatch
):
    first = quickest(FACTS, SIZE, lambda: classifier)
    again = quickest(FACTS, SIZE, never)
    assert isinstance(first, QuickModel) and isinstance(again, QuickModel)
    assert (
        again.backend
        == first.backend
        == Backend("OpenVINO f32", {"TensorFlow": 2.0, "OpenVINO f32": 1.0}, first.backend.difference)
    )
    assert 0 <= again.backend.difference < 1e-5
    assert (again.target_layers, again.traits, again.input_size_hw((9, 9))) == (
        classifier.target_layers,
        classifier.traits,
        (24, 24),
    )
    pictures = rng.uniform(0, 255, (2, 24, 24, 3)).astype(np.float32)
    np.testing.assert_allclose(
        again.score_batch(pictures, "logit"), classifier.score_batch(pictures, "logit"), atol=1e-5
    )
    with pytest.raises(ModelError, match="Images are an array \\(number, 24, 24, 3\\)"):
        again.score_batch(pictures[:, :20], "logit")
    with pytest.raises(AssertionError, match="the model was loaded"):
        again.input_gradients(pictures, np.ones((2, 4), np.float32), "plain")
    weights = np.ones((2, 4), np.float32)
    wanted = classifier.input_gradients(pictures, weights, "plain")
    np.testing.assert_allclose(first.input_gradients(pictures, weights, "plain"), wanted, atol=1e-6)
    assert first.gradient_backend.name == "OpenVINO f32"
    monkeypatch.setenv("VITRINE_GRADIENTS", "tensorflow")
    np.testing.assert_array_equal(first.input_gradients(pictures, weights, "plain"), wanted)
    assert first.gradient_backend.name == "TensorFlow"


@pytest.mark.models
def test_a_model_on_openvino_answers_without_importing_tensorflow(classifier, folder, openvino_wins):
    quickest(FACTS, SIZE, lambda: classifier)
    code = """
import sys
import numpy as np
from engine.model import ModelFacts
from model_store.backends.choice import quickest
from model_store.base.entries import FixedSize
facts = ModelFacts("own", "Own", "classification", tuple("abcd"), ((9, 9, 9),) * 4, "own", "f" * 64)
model = quickest(facts, FixedSize(24, 24), None)
assert model.score_batch(np.zeros((1, 24, 24, 3), np.float32), "probability").shape == (1, 4)
assert not {"tensorflow", "keras", "transformers"} & set(sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.models
def test_tensorflow_stays_where_it_is_clearly_quicker(classifier, converted, monkeypatch):
    for seconds, name in ((1.0, "OpenVINO f32"), (0.5, "TensorFlow")):
        monkeypatch.setattr(
            backends,
            "_seconds",
            lambda forward, *_, mine=seconds: 1.1 if isinstance(forward, OpenvinoForward) else mine,
        )
        assert choose_backend(classifier, converted, (24, 24), ("f32",)).name == name


@pytest.mark.models
@pytest.mark.parametrize("harm", ["no room", "not convertible", "other answers"])
def test_whatever_goes_wrong_leaves_tensorflow_and_says_why(
    classifier, folder, openvino_wins, monkeypatch, harm
):
    def fail(*args, **kwargs):
        raise {
            "no room": OSError("No space left"),
            "not convertible": RuntimeError("Cannot convert\nSomething"),
        }[harm]

    if harm == "other answers":
        monkeypatch.setattr(
            OpenvinoForward,
            "__call__",
            lambda self, pictures, space: classifier.score_batch(pictures, space) + 0.01,
        )
    else:
        monkeypatch.setattr(backends, "convert", fail)
    chosen = quickest(FACTS, SIZE, lambda: classifier)
    assert chosen is classifier and chosen.backend.name == "TensorFlow"
    wanted = {
        "no room": "No space left",
        "not convertible": "Cannot convert",
        "other answers": "its probabilities differ by up to 0.01",
    }
    assert list(chosen.backend.refused.values()) == [wanted[harm]]
    assert not list(folder.parent.glob("unfinished-*"))


@pytest.mark.models
def test_a_damaged_record_is_made_anew(classifier, folder, openvino_wins):
    quickest(FACTS, SIZE, lambda: classifier)
    for damage in (
        "",
        "[]",
        '{"format": 1}',
        json.dumps({"format": 1, "taps": [{}], "traits": [], "machines": {}}),
    ):
        (folder / RECORD).write_text(damage)
        assert read_converted(folder) is None
        assert isinstance(quickest(FACTS, SIZE, lambda: classifier), QuickModel) and read_converted(folder)
    (folder / NETWORK).unlink()
    assert isinstance(quickest(FACTS, SIZE, lambda: classifier), QuickModel) and (folder / NETWORK).is_file()


@pytest.mark.models
def test_another_machine_measures_for_itself(classifier, folder, openvino_wins, monkeypatch):
    quickest(FACTS, SIZE, lambda: classifier)
    monkeypatch.setattr(backends, "_processor", lambda: "another one")
    with pytest.raises(AssertionError, match="the model was loaded"):
        quickest(FACTS, SIZE, never)
    quickest(FACTS, SIZE, lambda: classifier)
    assert len(read_converted(folder).machines) == 2


@pytest.mark.models
def test_what_was_measured_beside_other_work_is_not_kept(classifier, folder, openvino_wins, monkeypatch):
    monkeypatch.setattr(backends, "is_busy", lambda: True)
    assert isinstance(quickest(FACTS, SIZE, lambda: classifier), QuickModel)
    assert not (folder / RECORD).is_file() or not read_converted(folder).machines
    with pytest.raises(AssertionError, match="the model was loaded"):
        quickest(FACTS, SIZE, never)


def test_what_is_known_is_read_as_it_was_written(tmp_path):
    known = Converted(
        (TargetLayer("a/b", 3), TargetLayer("c", 5, usual=False, best=True)),
        frozenset({"relu"}),
        {"m": Backend("X", {"X": 0.5}, 0.1, {"Y": "no"})},
    )
    keep_record(tmp_path / "one", known)
    assert read_converted(tmp_path / "one") is None  # without its network nothing runs on X
    keep_network(tmp_path / "two", lambda path: path.touch())
    keep_record(tmp_path / "two", known)
    assert read_converted(tmp_path / "two") == known


@pytest.mark.models
def test_other_settings_are_refused_in_words(classifier, monkeypatch):
    monkeypatch.setenv("VITRINE_BACKEND", "tensorflow")
    assert quickest(FACTS, SIZE, lambda: classifier) is classifier
    monkeypatch.setenv("VITRINE_BACKEND", "fast")
    with pytest.raises(
        SettingError, match="VITRINE_BACKEND is one of auto, tensorflow, bf16; received 'fast'"
    ):
        quickest(FACTS, SIZE, lambda: classifier)


@pytest.mark.models
def test_half_precision_has_to_rank_cells_alike_and_to_be_there(classifier, converted, monkeypatch):
    pictures = trial_pictures((24, 24), 4)

    def shifted(batch, space):
        return classifier.score_batch(batch, space) + 0.01

    def shuffled(batch, space):
        return classifier.score_batch(batch, space) + 3 * np.sin(batch.sum(axis=(1, 2, 3)))[:, None]

    assert (
        disagreement(classifier.score_batch, shifted, pictures, "f32")[1]
        == "its probabilities differ by up to 0.01"
    )
    difference, reason = disagreement(classifier.score_batch, shifted, pictures, "bf16")
    assert difference == pytest.approx(0.01, abs=1e-5) and not reason
    assert "rank cells differently" in disagreement(classifier.score_batch, shuffled, pictures, "bf16")[1]
    monkeypatch.setattr(backends, "can_run", lambda precision: precision == "f32")
    assert choose_backend(classifier, converted, (24, 24), ("f32", "bf16")).refused == {
        "OpenVINO bf16": "this processor does not have it"
    }
    assert can_run("f32")


def test_trial_pictures_are_photographs_whole_and_partly_hidden():
    pictures = trial_pictures((40, 48), 5)
    assert pictures.shape == (5, 40, 48, 3) and pictures.dtype == np.float32 and 100 < pictures.max() <= 255
    assert [(picture == 0).all(axis=-1).mean() > 0.3 for picture in pictures] == [
        False,
        False,
        False,
        True,
        True,
    ]
    hidden = one_hidden_each(pictures[0])
    assert len(hidden) == GRID**2 and all((found != pictures[0]).any() for found in hidden)
    np.testing.assert_array_equal(hidden.max(axis=0), pictures[0])


def test_the_map_of_hiding_is_lowest_where_the_class_is_seen():
    picture = np.zeros((16, 16, 3), np.float32)
    picture[2:4, 4:6] = 200
    values = hiding_map(
        lambda batch, space: np.stack([batch.mean(axis=(1, 2, 3)), np.zeros(len(batch))], axis=-1), picture
    )
    assert values.argmin() == 1 * GRID + 2
