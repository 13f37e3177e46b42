"""Losses: by hand, against numerical differences, with 255, with an absent class, and one-hot."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from training.common.config import ConfigError
from training.losses.table import LOSSES, SegmentationLoss, parse_loss
from training.losses.terms import LossOptions

pytestmark = pytest.mark.models

CLASSES = 4
OPTIONS = LossOptions(weights=(1.0, 2.0, 0.5, 4.0))
RNG = np.random.default_rng(0)
LOGITS = RNG.normal(0, 1.5, (2, 3, 4, CLASSES)).astype(np.float32)
LABELS = RNG.choice([0, 1, 2, 255], (2, 3, 4)).astype(np.uint8)  # class 3 is absent


def one_hot(labels: np.ndarray) -> np.ndarray:
    """Rows of zeros for 255."""
    return np.concatenate([np.eye(CLASSES), np.zeros((252, CLASSES))])[labels].astype(np.float32)


def value(text: str, truth: np.ndarray, logits: np.ndarray, options: LossOptions = OPTIONS) -> float:
    return float(SegmentationLoss(text, options)(tf.constant(truth), tf.constant(logits)))


def gradient(text: str, truth: np.ndarray, logits: np.ndarray) -> np.ndarray:
    variable = tf.Variable(logits)
    with tf.GradientTape() as tape:
        loss = SegmentationLoss(text, OPTIONS)(tf.constant(truth), variable)
    found: np.ndarray = tape.gradient(loss, variable).numpy()
    return found


def sure(labels: np.ndarray) -> np.ndarray:
    """Logits that are sure of labels."""
    return np.where(one_hot(labels) > 0, 40, 0).astype(np.float32)


@pytest.mark.parametrize("text", [*LOSSES, "cross_entropy + 2 dice"])
def test_gradient_equals_numerical_differences(text: str) -> None:
    found = gradient(text, LABELS, LOGITS)
    assert np.abs(found).max() > 1e-3
    for place in np.ndindex(*LOGITS.shape[1:]):
        where, ends = (0, *place), []
        for step in (-1e-2, 1e-2):
            moved = LOGITS.copy()
            moved[where] += step
            ends.append(value(text, LABELS, moved))
        assert found[where] == pytest.approx((ends[1] - ends[0]) / 2e-2, abs=4e-4)


@pytest.mark.parametrize("text", LOSSES)
def test_ignored_pixels_change_nothing(text: str) -> None:
    other = LOGITS.copy()
    other[LABELS == 255] = 7 * RNG.normal(size=CLASSES)
    assert value(text, LABELS, other) == pytest.approx(value(text, LABELS, LOGITS), abs=1e-6)
    assert not gradient(text, LABELS, LOGITS)[LABELS == 255].any()
    fewer = LABELS != 255
    rest = value(text, LABELS[fewer][None, None], LOGITS[fewer][None, None])
    assert rest == pytest.approx(value(text, LABELS, LOGITS), abs=1e-5)


@pytest.mark.parametrize("text", LOSSES)
def test_one_hot_is_the_same_as_ids(text: str) -> None:
    assert value(text, one_hot(LABELS), LOGITS) == pytest.approx(value(text, LABELS, LOGITS), abs=1e-6)


@pytest.mark.parametrize("text", LOSSES)
def test_no_label_at_all_costs_nothing(text: str) -> None:
    nothing = np.full_like(LABELS, 255)
    assert value(text, nothing, LOGITS) == pytest.approx(0, abs=1e-6)
    assert np.isfinite(gradient(text, nothing, LOGITS)).all()


@pytest.mark.parametrize("text", LOSSES)
def test_right_costs_nothing_although_a_class_is_absent(text: str) -> None:
    assert value(text, LABELS, sure(LABELS)) == pytest.approx(0, abs=1e-4)
    assert value(text, LABELS, sure((LABELS + 1) % 4)) > 0.5 * (text != "focal")


@pytest.mark.parametrize("text", ["dice", "weighted_dice", "tversky", "lovasz"])
def test_wrong_costs_one_at_most(text: str) -> None:
    wrong = np.where(LABELS == 255, 255, (LABELS + 1) % 3)
    assert value(text, LABELS, sure(wrong)) == pytest.approx(1, abs=1e-3)


def test_uniform_logits_cost_the_logarithm_of_classes() -> None:
    even = np.zeros_like(LOGITS)
    for text in ("cross_entropy", "weighted_cross_entropy"):
        assert value(text, LABELS, even) == pytest.approx(np.log(CLASSES), rel=1e-5)


def test_weights_have_a_mean_of_one_and_their_size_does_not_matter() -> None:
    assert np.mean(OPTIONS.class_weights(CLASSES)) == pytest.approx(1)
    larger = LossOptions(weights=tuple(10 * weight for weight in OPTIONS.weights))
    for text in LOSSES:
        assert value(text, LABELS, LOGITS, larger) == pytest.approx(value(text, LABELS, LOGITS), rel=1e-5)


def test_dice_by_hand() -> None:
    """Three of class 1 and one of class 2, all called 1: Dice 6 / 7 and 0, class 0 and 3 absent."""
    labels = np.array([[[1, 1], [1, 2]]], np.uint8)
    assert value("dice", labels, sure(np.ones_like(labels))) == pytest.approx(1 - 3 / 7, abs=1e-4)
    expected = 1 - (6 / 7) * 2 / 2.5
    assert value("weighted_dice", labels, sure(np.ones_like(labels))) == pytest.approx(expected, abs=1e-4)


def test_tversky_weighs_false_positives_as_it_says() -> None:
    """Class 1: three right and one false positive; class 2: one false negative. Keras has them swapped."""
    labels, options = np.array([[[1, 1], [1, 2]]], np.uint8), LossOptions(false_positives=0.9)
    found = value("tversky", labels, sure(np.ones_like(labels)), options)
    assert found == pytest.approx(1 - (3 / 3.9) / 2, abs=1e-4)
    truth, answer = np.array([1.0, 1, 1, 0], np.float32), np.ones(4, np.float32)
    assert float(keras.losses.tversky(truth, answer, alpha=0.9, beta=0.1)) == pytest.approx(1 - 3 / 3.1)


def test_half_and_half_tversky_is_dice() -> None:
    even = LossOptions(false_positives=0.5, false_negatives=0.5)
    assert value("tversky", LABELS, LOGITS, even) == pytest.approx(value("dice", LABELS, LOGITS), abs=1e-5)


def test_focal_by_hand_and_without_gamma() -> None:
    labels, logits = np.array([[[0]]], np.uint8), np.zeros((1, 1, 1, CLASSES), np.float32)
    options = LossOptions(gamma=2.0, alpha=0.25)
    assert value("focal", labels, logits, options) == pytest.approx(0.25 * 0.75**2 * np.log(4), rel=1e-5)
    plain = value("focal", LABELS, LOGITS, LossOptions(gamma=0.0, alpha=1.0))
    assert plain == pytest.approx(value("cross_entropy", LABELS, LOGITS), rel=1e-4)


def test_lovasz_of_sure_answers_is_one_less_iou() -> None:
    labels, called = np.array([[[1, 1, 1, 2, 2]]], np.uint8), np.array([[[1, 1, 2, 2, 1]]], np.uint8)
    assert value("lovasz", labels, sure(called)) == pytest.approx(1 - (2 / 4 + 1 / 3) / 2, abs=1e-4)


def test_sums_are_sums() -> None:
    one, two = (value(text, LABELS, LOGITS) for text in ("cross_entropy", "dice"))
    assert value("cross_entropy + 2 dice", LABELS, LOGITS) == pytest.approx(one + 2 * two, rel=1e-5)
    assert parse_loss("0.5*dice")[0][0] == 0.5


@pytest.mark.parametrize("text", ["", "iou", "dice +", "dice - focal", "-1 dice"])
def test_other_losses_are_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="cross_entropy"):
        parse_loss(text)
