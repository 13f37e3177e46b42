"""What a segmentation network learns from: losses by hand, batches by seed and number."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from tests.training.segment.conftest import tiny
from training.common.config import Places
from training.segment.network import TaughtSegmenter, compiled_network, pixel_loss, teacher_loss
from training.segment.run import picture_logits, segmentation_lesson

pytestmark = pytest.mark.models

UNIFORM = tf.zeros((1, 2, 2, 8))


def test_silent_teacher_costs_nothing_and_a_loud_one_log_eight() -> None:
    soft = np.zeros((1, 2, 2, 8), np.uint8)
    assert float(teacher_loss(soft, UNIFORM)) == 0
    soft[..., 4] = 255
    assert float(teacher_loss(soft, UNIFORM)) == pytest.approx(np.log(8))


def test_labels_at_twice_the_size_and_the_teacher_are_learnt_together() -> None:
    """Uniform logits cost log 8 on labels and half of it on a teacher who is sure of half of the pixels."""
    config = dataclasses.replace(tiny(), soft_weight=3.0)
    network: TaughtSegmenter = compiled_network(config)
    labels, soft = np.full((1, 4, 4), 3, np.uint8), np.zeros((1, 2, 2, 8), np.uint8)
    labels[0, 0], soft[0, 0, :, 4] = 255, 255
    loss = network.compute_loss(None, (tf.constant(labels), tf.constant(soft)), UNIFORM)
    assert float(loss) == pytest.approx(np.log(8) * (1 + 3 * 0.5), rel=1e-3)


def test_dice_is_added_by_its_weight() -> None:
    labels = np.full((1, 2, 2), 3, np.uint8)
    plain, more = (float(pixel_loss(dataclasses.replace(tiny(), dice_weight=weight))(labels, UNIFORM))
                   for weight in (0.0, 2.0))  # fmt: skip
    assert plain == pytest.approx(np.log(8), rel=1e-3)
    assert more - plain == pytest.approx(2 * (1 - 2 * 0.5 / (4 + 0.5)), rel=1e-3)


def test_batches_depend_on_seed_and_number_and_void_is_not_learnt(data: Path, tmp_path: Path) -> None:
    lessons = [
        segmentation_lesson(config, Places(data, tmp_path, tmp_path))
        for config in (tiny(watch=True), dataclasses.replace(tiny(watch=True), seed=8))
    ]
    (first, labels, soft), again = (lessons[0].draw(4, share) for share in (0.0, 0.9))
    np.testing.assert_array_equal(first, again[0])
    assert not np.array_equal(first, lessons[1].draw(4, 0.0)[0])
    assert 0 not in labels and not soft.any() and first.shape == (2, 64, 64, 3)
    assert 0 <= lessons[0].watch()["mean_iou"] <= 1
    assert picture_logits(lessons[0].model)(first[0]).shape == (16, 16, 8)
