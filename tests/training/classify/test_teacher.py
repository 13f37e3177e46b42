"""A teacher that knows the colours: its answers are kept by name and read back for every training picture."""

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from tests.training.classify.conftest import tiny
from training.classify.config import ClassifierConfig, Tutor
from training.classify.memory import load_material
from training.classify.teacher import chosen_outputs, read_answers, sharpened, teach
from training.common.config import ConfigError


@pytest.fixture
def taught(data: Path) -> ClassifierConfig:
    """A teacher with the outputs nothing, red, blue, green."""
    kernel = np.array([[0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]], np.float32) * 20
    dense = keras.layers.Dense(4, activation="softmax")
    model = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.GlobalAveragePooling2D(), dense])
    dense.set_weights([kernel, np.zeros(4, np.float32)])
    model.save(data / "teacher.keras")
    return replace(tiny(), tutor=Tutor("teacher.keras", size=8, outputs=("1-1", "2-3")))


def test_ranges_are_outputs() -> None:
    assert chosen_outputs(["3-5", "8-8"]).tolist() == [3, 4, 5, 8]


def test_temperature_flattens() -> None:
    np.testing.assert_allclose(
        sharpened(np.array([[0.8, 0.2]], np.float32), 2.0), [[2 / 3, 1 / 3]], atol=1e-6
    )


def test_answers_are_kept_by_name(taught: ClassifierConfig, data: Path, tmp_path: Path) -> None:
    counts = teach(taught, data, tmp_path)
    material = load_material(taught, data)
    assert list(counts.values()) == [len(kept.stems) for kept in material.parts]
    for kept, answers in zip(material.parts, read_answers(taught, tmp_path, material), strict=True):
        np.testing.assert_array_equal(answers.argmax(-1), kept.labels)
        np.testing.assert_allclose(answers.sum(-1), 1, atol=0.01)


def test_absent_answers_are_asked_for(taught: ClassifierConfig, data: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="training teach"):
        read_answers(taught, tmp_path, load_material(taught, data))


def test_number_of_outputs_is_checked(taught: ClassifierConfig, data: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="must name 3 outputs"):
        teach(replace(taught, tutor=replace(taught.tutor, outputs=("1-2",))), data, tmp_path)
