"""The Dice loss: worked by hand, against numerical differences, with void and absent categories."""

import numpy as np
import pytest
import tensorflow as tf

from training.segment.learning import category_weights, dice_loss

pytestmark = pytest.mark.models


WEIGHTS = category_weights({})


def loss(logits: np.ndarray, labels: np.ndarray) -> float:
    return float(dice_loss(tf.constant(logits), tf.constant(labels), tf.constant(WEIGHTS)))


def sure(labels: np.ndarray) -> np.ndarray:
    """Logits that are sure of the labels; void and unknown pixels say flat."""
    named = np.where(labels < 8, labels, 1)
    return (np.eye(8, dtype=np.float32)[named] * 60).astype(np.float32)


def test_right_is_nothing_and_wrong_is_one():
    labels = np.array([[[1, 1], [5, 5]]], np.uint8)
    assert loss(sure(labels), labels) == pytest.approx(0, abs=1e-3)
    assert loss(sure(labels[:, ::-1]), labels) == pytest.approx(1, abs=1e-3)


def test_by_hand():
    """Three of flat, one of sky, all called flat: Dice of flat 6 / 7, of sky 0."""
    labels = np.array([[[1, 1], [1, 5]]], np.uint8)
    assert loss(sure(np.ones_like(labels)), labels) == pytest.approx(1 - (6 / 7) / 2, abs=1e-3)


def test_void_and_unknown_pixels_do_not_count():
    labels = np.array([[[1, 1], [5, 5]]], np.uint8)
    ignored = np.array([[[1, 1, 0], [5, 5, 255]]], np.uint8)
    logits = sure(labels)
    wider = np.concatenate([logits, np.full((1, 2, 1, 8), 3, np.float32)], 2)
    assert loss(wider, ignored) == pytest.approx(loss(logits, labels), abs=1e-6)


def test_no_label_at_all_is_finite():
    assert np.isfinite(loss(np.zeros((1, 2, 2, 8), np.float32), np.full((1, 2, 2), 255, np.uint8)))


def test_gradient_equals_numerical_differences():
    rng = np.random.default_rng(0)
    logits = tf.Variable(rng.normal(0, 1, (2, 3, 4, 8)).astype(np.float32))
    labels = rng.choice([0, 1, 2, 5, 7, 255], (2, 3, 4)).astype(np.uint8)
    with tf.GradientTape() as tape:
        value = dice_loss(logits, tf.constant(labels), tf.constant(WEIGHTS))
    found = tape.gradient(value, logits).numpy()
    start = logits.numpy()
    for place in [(0, 0, 0, 1), (1, 2, 3, 5), (0, 1, 2, 7), (1, 0, 0, 3)]:
        ends = []
        for step in (-1e-2, 1e-2):
            moved = start.copy()
            moved[place] += step
            ends.append(loss(moved, labels))
        assert found[place] == pytest.approx((ends[1] - ends[0]) / 2e-2, abs=2e-4)
