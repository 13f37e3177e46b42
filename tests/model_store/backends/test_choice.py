"""What runs a model forwards: converted networks give the same answers, the choice is kept, and whatever goes
wrong leaves TensorFlow.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.errors import ModelError
from engine.model import Backend, ModelFacts, Tap
from model_store.backends import choice as backends
from model_store.backends import openvino_forward
from model_store.backends.agreement import disagreement, hiding_map
from model_store.backends.choice import BACKEND_VARIABLE, choose, quickest
from model_store.backends.converted import (
    NETWORK,
    RECORD,
    Converted,
    converted_folder,
    keep_network,
    keep_record,
    read_converted,
)
from model_store.backends.openvino_forward import COMPILED, OpenvinoForward, can_run, convert, keep_last
from model_store.backends.quick_model import QuickModel
from model_store.base import runtime
from model_store.base.entries import FixedSize, InputPolicy
from model_store.base.trials import GRID, one_hidden_each, trial_pictures
from model_store.huggingface.segformer import load_segformer
from model_store.keras.classifier import classifier_of
from model_store.network.traced_model import TracedModel

FACTS = ModelFacts("own", "Own", "classification", tuple("abcd"), ((9, 9, 9),) * 4, "own", "f" * 64)
SIZE = FixedSize(24, 24)


@pytest.fixture(scope="module")
def classifier():
    runtime.tensorflow()
    keras = runtime.keras()
    keras.utils.set_random_seed(0)
    layers = keras.layers
    blocks = [
        layers.Rescaling(1 / 50),
        layers.Conv2D(6, 3, activation="relu"),
        layers.GlobalAveragePooling2D(),
    ]
    return classifier_of(
        keras.Sequential([keras.Input((24, 24, 3)), *blocks, layers.Dense(4, activation="softmax")]), FACTS
    )


@pytest.fixture(scope="module")
def converted(classifier, tmp_path_factory):
    """The converted network."""
    network = tmp_path_factory.mktemp("converted") / NETWORK
    convert(classifier.frozen(), network)
    return network


@pytest.fixture
def folder(converted, tmp_path, monkeypatch):
    """Where the choice is kept; converting, which takes a second, was done before."""

    def copy(graph, path):
        for suffix in (".xml", ".bin"):
            shutil.copy(converted.with_suffix(suffix), path.with_suffix(suffix))

    monkeypatch.setattr(backends, "convert", copy)
    monkeypatch.setenv("VITRINE_MODELS", str(tmp_path))
    monkeypatch.setenv(BACKEND_VARIABLE, "auto")
    return converted_folder(FACTS)


@pytest.fixture
def openvino_wins(monkeypatch):
    monkeypatch.setattr(backends, "crowded", lambda: False)
    monkeypatch.setattr(
        backends,
        "_seconds",
        lambda forward, pictures, shared: 1.0 if isinstance(forward, OpenvinoForward) else 2.0,
    )


def never():
    raise AssertionError("the model was loaded")


@pytest.mark.models
def test_a_converted_network_gives_the_same_answers_for_any_number_of_pictures(classifier, converted, rng):
    forward = OpenvinoForward(converted, "f32")
    for count in (1, 3, 8, 5):
        pictures = rng.uniform(0, 255, (count, 24, 24, 3)).astype(np.float32)
        before = pictures.copy()
        for space in ("logit", "probability"):
            found = forward(pictures, space)
            assert found.dtype == np.float32 and found.shape == (count, 4)
            np.testing.assert_allclose(found, classifier.score_batch(pictures, space), atol=1e-5)
        np.testing.assert_array_equal(pictures, before)
    assert len(forward._compiled) == 3  # 1, 4 and 8 pictures


def test_a_converted_segformer_in_any_size(tiny_folders, tmp_path, rng):
    network = load_segformer(tiny_folders["tensorflow"], tiny_folders["tensorflow"] / "model.safetensors", 19)
    streets = ModelFacts(
        "s", "S", "segmentation", tuple(f"c{index}" for index in range(19)), ((1, 1, 1),) * 19, "own", "s-1"
    )
    model = TracedModel(streets, InputPolicy(64, 128, 32), network)
    convert(model.frozen(), tmp_path / NETWORK)
    forward = OpenvinoForward(tmp_path / NETWORK, "f32")
    for size in ((64, 96), (32, 64)):
        pictures = rng.uniform(0, 255, (2, *size, 3)).astype(np.float32)
        np.testing.assert_allclose(
            forward(pictures, "probability"), model.score_batch(pictures, "probability"), atol=1e-5
        )


@pytest.mark.models
@pytest.mark.parametrize(
    "harm", [lambda whole: whole, lambda whole: whole[: len(whole) // 2], lambda whole: b""]
)
def test_what_was_compiled_is_read_by_the_next_process_also_when_it_is_torn(converted, tmp_path, rng, harm):
    for suffix in (".xml", ".bin"):
        shutil.copy(converted.with_suffix(suffix), (tmp_path / NETWORK).with_suffix(suffix))
    pictures = rng.uniform(0, 255, (2, 24, 24, 3)).astype(np.float32)
    first = OpenvinoForward(tmp_path / NETWORK, "f32")(pictures, "logit")
    (kept,) = (tmp_path / COMPILED).iterdir()
    whole = kept.read_bytes()
    kept.unlink()
    kept.write_bytes(harm(whole))
    os.utime(kept, (1000, 1000))
    np.testing.assert_array_equal(OpenvinoForward(tmp_path / NETWORK, "f32")(pictures, "logit"), first)
    assert kept.stat().st_size >= len(whole)
    assert (kept.stat().st_mtime == 1000) == (harm(whole) == whole)  # read as it is, or written anew


@pytest.mark.models
def test_large_networks_are_compiled_anew_each_time(converted, tmp_path, rng, monkeypatch):
    monkeypatch.setattr(openvino_forward, "KEPT_BYTES", 1)
    for suffix in (".xml", ".bin"):
        shutil.copy(converted.with_suffix(suffix), (tmp_path / NETWORK).with_suffix(suffix))
    OpenvinoForward(tmp_path / NETWORK, "f32")(
        rng.uniform(0, 255, (2, 24, 24, 3)).astype(np.float32), "logit"
    )
    assert not (tmp_path / COMPILED).exists()


def test_what_was_used_last_stays_on_disk(tmp_path):
    for age, name in enumerate("abcd"):
        (tmp_path / name).write_bytes(b"1234")
        os.utime(tmp_path / name, (1000 - age, 1000 - age))
    keep_last(tmp_path, 8)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a", "b"]
    keep_last(tmp_path / "missing", 8)


@pytest.mark.models
def test_the_choice_is_kept_and_the_model_is_not_loaded_again(classifier, folder, openvino_wins, rng):
    first = quickest(FACTS, SIZE, lambda: classifier)
    again = quickest(FACTS, SIZE, never)
    assert isinstance(first, QuickModel) and isinstance(again, QuickModel)
    assert (
        again.backend
        == first.backend
        == Backend("OpenVINO f32", {"TensorFlow": 2.0, "OpenVINO f32": 1.0}, first.backend.difference)
    )
    assert 0 <= again.backend.difference < 1e-5
    assert (again.taps, again.traits, again.input_size_hw((9, 9))) == (
        classifier.taps,
        classifier.traits,
        (24, 24),
    )
    pictures = rng.uniform(0, 255, (2, 24, 24, 3)).astype(np.float32)
    np.testing.assert_allclose(
        again.score_batch(pictures, "logit"), classifier.score_batch(pictures, "logit"), atol=1e-5
    )
    with pytest.raises(ModelError, match="Pictures are an array \\(number, 24, 24, 3\\)"):
        again.score_batch(pictures[:, :20], "logit")
    with pytest.raises(AssertionError, match="the model was loaded"):
        again.input_gradients(pictures, np.ones((2, 4), np.float32), "plain")
    weights = np.ones((2, 4), np.float32)
    np.testing.assert_array_equal(
        first.input_gradients(pictures, weights, "plain"),
        classifier.input_gradients(pictures, weights, "plain"),
    )


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
        assert choose(classifier, converted, (24, 24), ("f32",)).name == name


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
    monkeypatch.setattr(backends, "crowded", lambda: True)
    assert isinstance(quickest(FACTS, SIZE, lambda: classifier), QuickModel)
    assert not (folder / RECORD).is_file() or not read_converted(folder).machines
    with pytest.raises(AssertionError, match="the model was loaded"):
        quickest(FACTS, SIZE, never)


def test_what_is_known_is_read_as_it_was_written(tmp_path):
    known = Converted(
        (Tap("a/b", 3), Tap("c", 5, usual=False, best=True)),
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
    monkeypatch.setenv(BACKEND_VARIABLE, "tensorflow")
    assert quickest(FACTS, SIZE, lambda: classifier) is classifier
    monkeypatch.setenv(BACKEND_VARIABLE, "fast")
    with pytest.raises(ModelError, match="VITRINE_BACKEND is auto or tensorflow or bf16; received 'fast'"):
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
    assert "rank cells otherwise" in disagreement(classifier.score_batch, shuffled, pictures, "bf16")[1]
    monkeypatch.setattr(backends, "can_run", lambda precision: precision == "f32")
    assert choose(classifier, converted, (24, 24), ("f32", "bf16")).refused == {
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
