"""Figures of a classification: a case on paper, scikit-learn, and how often bands hold the truth."""

import time

import numpy as np
import pytest
from sklearn import metrics

from engine.evaluation.classification import classification_figures, figures_of_matrix
from engine.evaluation.resampling import Draws

NAMES = ("cat", "dog", "owl")
TRUTH = np.array([0, 0, 0, 0, 1, 1, 2, -1])
PREDICTED = np.array([0, 0, 0, 1, 1, 2, 2, 0])


def test_on_paper():
    found = classification_figures(TRUTH, PREDICTED, NAMES)
    assert found.matrix.tolist() == [[3, 1, 0], [0, 1, 1], [0, 0, 1]] and found.images == 7
    assert found.accuracy.value == pytest.approx(5 / 7)
    np.testing.assert_allclose(found.recall.values, [3 / 4, 1 / 2, 1])  # of the images of a class
    np.testing.assert_allclose(found.precision.values, [1, 1 / 2, 1 / 2])  # of those predicted as it
    np.testing.assert_allclose(found.f1.values, [6 / 7, 1 / 2, 2 / 3])
    assert found.balanced_accuracy.value == pytest.approx((3 / 4 + 1 / 2 + 1) / 3)
    assert found.macro_f1.value == pytest.approx((6 / 7 + 1 / 2 + 2 / 3) / 3)
    assert found.recall.counts.tolist() == [4, 2, 1] and found.precision.counts.tolist() == [3, 2, 2]


def test_a_transposed_matrix_has_recall_for_precision():
    one, turned = (figures_of_matrix(matrix, NAMES) for matrix in (CONFUSED, CONFUSED.T.copy()))
    np.testing.assert_allclose(one.recall.values, turned.precision.values)
    assert not np.allclose(one.recall.values, turned.recall.values)
    assert one.matrix[0, 1] == 5  # five images of class 0 are predicted as class 1


CONFUSED = np.array([[20, 5, 0], [1, 9, 2], [0, 0, 7]])


@pytest.mark.parametrize("seed", range(3))
def test_as_scikit_learn_has_it(seed):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 5, 300)
    predicted = np.where(rng.random(300) < 0.6, truth, rng.integers(0, 5, 300))
    found = classification_figures(truth, predicted, list("abcde"))
    precision, recall, f1, support = metrics.precision_recall_fscore_support(truth, predicted)
    np.testing.assert_array_equal(found.matrix, metrics.confusion_matrix(truth, predicted))
    np.testing.assert_allclose(found.precision.values, precision)
    np.testing.assert_allclose(found.recall.values, recall)
    np.testing.assert_allclose(found.f1.values, f1)
    assert found.recall.counts.tolist() == support.tolist()
    assert found.balanced_accuracy.value == pytest.approx(metrics.balanced_accuracy_score(truth, predicted))
    assert found.macro_f1.value == pytest.approx(f1.mean())


def test_a_class_without_images_is_nan_and_in_no_mean():
    found = classification_figures(np.array([0, 0, 1]), np.array([0, 3, 1]), list("abcd"))
    assert np.isnan(found.recall.values[2:]).all() and np.isnan(found.f1.values[2:]).all()
    assert np.isnan(found.precision.values[2]) and found.precision.values[3] == 0
    assert found.balanced_accuracy.value == pytest.approx(0.75)
    assert np.isnan(found.recall.intervals[2]).all()


@pytest.mark.parametrize("count", [0, 1, 4])
def test_hardly_any_image(count):
    found = classification_figures(np.zeros(count, int), np.zeros(count, int), ["only"])
    assert found.images == count and np.isnan(found.balanced_accuracy.interval).all()
    assert np.isnan(found.accuracy.value) if count == 0 else found.accuracy.value == 1


def test_one_class_that_is_always_right():
    found = classification_figures(np.zeros(10, int), np.zeros(10, int), ["only"])
    assert found.accuracy.interval == pytest.approx((0.722, 1), abs=1e-3)
    assert found.f1.intervals[0].tolist() == pytest.approx([2 * 0.722 / 1.722, 1], abs=1e-3)


def test_what_is_no_class_is_refused():
    with pytest.raises(ValueError, match=r"-1\.\.2"):
        classification_figures(np.array([3]), np.array([0]), NAMES)
    with pytest.raises(ValueError, match="one shape"):
        classification_figures(TRUTH, PREDICTED[1:], NAMES)
    with pytest.raises(ValueError, match="3 classes"):
        figures_of_matrix(np.ones((2, 2), int), NAMES)


@pytest.mark.slow
def test_bands_hold_the_truth():
    chances = np.array([[0.36, 0.03, 0.01], [0.05, 0.28, 0.02], [0.04, 0.06, 0.15]])
    truth = figures_of_matrix((chances * 100).round().astype(np.int64), NAMES)
    rng, held = np.random.default_rng(5), []
    for _ in range(1000):
        matrix = rng.multinomial(250, chances.ravel()).reshape(3, 3)
        found = figures_of_matrix(matrix, NAMES, Draws(resamples=600))
        ends = [
            found.accuracy.interval, found.balanced_accuracy.interval, found.macro_f1.interval,
            found.precision.intervals[1], found.recall.intervals[2], found.f1.intervals[2],
        ]  # fmt: skip
        real = [
            truth.accuracy.value, truth.balanced_accuracy.value, truth.macro_f1.value,
            truth.precision.values[1], truth.recall.values[2], truth.f1.values[2],
        ]  # fmt: skip
        held.append([low <= value <= high for value, (low, high) in zip(real, ends, strict=True)])
    assert (np.mean(held, axis=0) >= 0.93).all(), np.mean(held, axis=0)


@pytest.mark.slow
def test_a_thousand_classes_take_seconds():
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 1000, 50_000)
    predicted = np.where(rng.random(50_000) < 0.75, truth, rng.integers(0, 1000, 50_000))
    began = time.process_time()
    found = classification_figures(truth, predicted, [str(index) for index in range(1000)])
    assert time.process_time() - began < 10
    low, high = found.balanced_accuracy.interval
    assert high - low == pytest.approx(4 * np.sqrt(0.75 * 0.25 / 50_000), rel=0.15)
