"""Converted networks give the same answers, and what was compiled is read by the next process."""

import os
import shutil

import numpy as np
import pytest

from engine.model import ModelFacts
from model_store.backends import openvino_forward
from model_store.backends.converted import NETWORK
from model_store.backends.openvino_forward import COMPILED, OpenvinoForward, convert, trim_folder
from model_store.base.entries import InputPolicy
from model_store.huggingface.segformer import load_segformer
from model_store.network.traced_model import TracedModel


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
    trim_folder(tmp_path, 8)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a", "b"]
    trim_folder(tmp_path / "missing", 8)
