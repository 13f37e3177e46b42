"""The soft targets: sums, restrictions and silence, on arrays worked out by hand."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from model_store.base.label_maps import CATEGORY_NAMES
from tests.training.segment.conftest import tiny
from training.segment.config import DataSource, Teacher
from training.segment.export import export_segmenter, exported_logits
from training.segment.sources import all_labelled
from training.segment.teacher import (
    category_sum,
    load_teacher,
    read_targets,
    restrict,
    soft_target,
    target_file,
    teacher_weight,
)

pytestmark = pytest.mark.models

CAMVID = DataSource("camvid", "camvid", "x")
IDD = DataSource(
    "idd",
    "idd",
    "x",
    allowed={"5": ("construction", "object", "nature")},
    object_prior={"any": 1.0, "5": 3.0},
)


def test_every_class_belongs_to_one_category() -> None:
    sums = category_sum()
    assert sums.shape == (19, 8)
    np.testing.assert_array_equal(sums.sum(1), 1)
    np.testing.assert_array_equal(sums.sum(0), [0, 2, 3, 3, 2, 1, 2, 6])


def test_restriction_drops_and_renormalises() -> None:
    probabilities = np.zeros((1, 2, 8), np.float32)
    probabilities[..., [2, 3, 5]] = 0.3, 0.1, 0.6
    found = restrict(probabilities, np.array([[5, 0]], np.uint8), IDD)
    np.testing.assert_allclose(found[0, 0, [2, 3, 5]], [0.5, 0.5, 0.0], atol=1e-6)
    np.testing.assert_allclose(found[0, 1], probabilities[0, 1], atol=1e-6)


def test_silent_quiet_and_loud() -> None:
    ids = np.array([[9, 2, 1, 11, 200]], np.uint8)  # pedestrian, pole, building, unlabelled, unknown
    np.testing.assert_allclose(teacher_weight(ids, CAMVID, Teacher()), [[0, 0, 0.3, 1, 1]])


def test_soft_target_is_probability_times_weight(data: Path) -> None:
    sample = all_labelled(tiny(), data)[0]
    teacher = Teacher(grid=16, silent=("human",))
    certain = np.zeros((16, 16, 8), np.float32)
    certain[..., CATEGORY_NAMES.index("sky")] = 1
    target = soft_target(sample, teacher, lambda pixels: certain)
    assert target.shape == (16, 16, 8) and target.dtype == np.uint8
    assert set(np.unique(target[..., 5])) <= {0, 76, 255}
    assert not target[..., [0, 1, 2, 3, 4, 6, 7]].any()


def test_targets_are_read_back(tmp_path: Path) -> None:
    source = DataSource("a", "folder", "a")
    assert read_targets(tmp_path, source) == {}
    np.savez_compressed(target_file(tmp_path, source), x_1=np.full((2, 2, 8), 7, np.uint8))
    assert read_targets(tmp_path, source)["x_1"].max() == 7


def test_an_exported_network_teaches_the_categories(trained: Callable[[str], Path], tmp_path: Path) -> None:
    export_segmenter(tiny("unet"), trained("unet"), tmp_path / "weights")
    answer = load_teacher(Teacher("weights", size=64, grid=16), tmp_path)
    pixels = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    logits = exported_logits(tiny("unet"), tmp_path / "weights")(pixels)
    raised = np.exp(logits - logits.max(-1, keepdims=True))
    found = answer(pixels)
    assert found.shape == (16, 16, 8)
    np.testing.assert_allclose(found, raised / raised.sum(-1, keepdims=True), atol=1e-4)
    assert answer(pixels[:, :32]).shape == (16, 16, 8), "the grid covers the whole image, whatever its shape"
