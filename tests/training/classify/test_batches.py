"""Targets are probabilities; a narrow stage asks about the classes of the folder only."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.training.classify.conftest import tiny
from training.classify.batches import BatchSampler, label_target, narrowed
from training.classify.config import TrainingStage
from training.classify.memory import Material, load_material

WIDE, NARROW = TrainingStage(1.0, 32, own=0.5), TrainingStage(1.0, 32, own=1.0, narrow=True)


@pytest.fixture
def material(data: Path) -> Material:
    return load_material(tiny(), data)


def opinions(material: Material) -> list[np.ndarray]:
    """A teacher that finds all classes equally likely."""
    return [np.full((len(kept.stems), 3), 1 / 3, np.float32) for kept in material.parts]


def test_label_target_spreads_a_little() -> None:
    np.testing.assert_allclose(label_target(2, np.array([0, 2]), 4, 0.1), [0.05, 0, 0.95, 0])


def test_narrowed_probabilities_sum_to_one() -> None:
    np.testing.assert_allclose(
        narrowed(np.array([0.2, 0.6, 0.2], np.float32), np.array([0, 2])), [0.5, 0, 0.5]
    )


def test_targets_are_probabilities(material: Material) -> None:
    batch = BatchSampler(tiny(), material, opinions(material)).draw(0, WIDE)
    assert batch.pixels.shape == (6, 32, 32, 3) and batch.pixels.dtype == np.uint8
    for target in (batch.labels, batch.taught):
        np.testing.assert_allclose(target.sum(-1), 1, atol=1e-5)
    assert not batch.closed.any()


def test_narrow_stage_closes_the_other_classes(material: Material) -> None:
    batch = BatchSampler(tiny(), material, opinions(material)).draw(0, NARROW)
    assert (batch.closed[:, 2] < -1e6).all() and not batch.closed[:, :2].any()
    assert not batch.labels[:, 2].any() and not batch.taught[:, 2].any()


def test_pictures_go_with_their_labels(material: Material) -> None:
    batch = BatchSampler(replace(tiny(), smoothing=0.0), material, None).draw(3, WIDE)
    brightest = batch.pixels.reshape(6, -1, 3).mean(1).argmax(-1)
    np.testing.assert_array_equal(batch.labels.argmax(-1), np.array([0, 2, 1])[brightest])


def test_same_number_same_batch(material: Material) -> None:
    drawer = BatchSampler(tiny(), material, None)
    first, again, other = drawer.draw(5, WIDE), drawer.draw(5, WIDE), drawer.draw(6, WIDE)
    np.testing.assert_array_equal(first.pixels, again.pixels)
    assert not np.array_equal(first.pixels, other.pixels)
