"""Targets are probabilities; a narrow stage asks about the classes of the folder only."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.training.classify.conftest import tiny
from training.classify.batches import CLOSED, BatchSampler, label_target, narrowed
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
    pixels, targets = BatchSampler(tiny(), material, opinions(material)).draw(0, WIDE)
    assert pixels.shape == (6, 32, 32, 3) and pixels.dtype == np.uint8
    np.testing.assert_allclose(targets.sum(-1), 1, atol=1e-5)
    assert (targets > 0).all()


def test_the_teacher_has_its_share(material: Material) -> None:
    config = replace(tiny(), smoothing=0.0)
    _, targets = BatchSampler(config, material, opinions(material)).draw(0, WIDE)
    np.testing.assert_allclose(targets.max(-1), 0.4 + 0.6 / 3, atol=1e-5)


def test_narrow_stage_closes_the_other_classes(material: Material) -> None:
    _, targets = BatchSampler(tiny(), material, opinions(material)).draw(0, NARROW)
    assert (targets[:, 2] == CLOSED).all()
    np.testing.assert_allclose(targets[:, :2].sum(-1), 1, atol=1e-5)


def test_pictures_go_with_their_labels(material: Material) -> None:
    pixels, targets = BatchSampler(replace(tiny(), smoothing=0.0), material, None).draw(3, WIDE)
    brightest = pixels.reshape(6, -1, 3).mean(1).argmax(-1)
    np.testing.assert_array_equal(targets.argmax(-1), np.array([0, 2, 1])[brightest])


def test_same_number_same_batch(material: Material) -> None:
    sampler = BatchSampler(tiny(), material, None)
    first, again, other = (sampler.draw(number, WIDE)[0] for number in (5, 5, 6))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
