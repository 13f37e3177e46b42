"""The confusion matrix and its figures, against numbers worked out by hand."""

import numpy as np
import pytest

from engine.evaluation.confusion import (
    class_dice,
    class_iou,
    confusion_matrix,
    pixel_accuracy,
    segmentation_metrics,
    without_truth,
)

# Truth:      0 0 0 1    Prediction: 0 0 1 1
#             2 2 1 255              1 2 1 0
TRUTH = np.array([[0, 0, 0, 1], [2, 2, 1, 255]], np.uint8)
PREDICTED = np.array([[0, 0, 1, 1], [1, 2, 1, 0]], np.uint8)
MATRIX = np.array([[2, 1, 0], [0, 2, 0], [0, 1, 1]])


def test_rows_are_the_truth_and_columns_the_prediction() -> None:
    matrix = confusion_matrix(TRUTH, PREDICTED, 3)
    assert matrix.dtype == np.int64
    np.testing.assert_array_equal(matrix, MATRIX)
    assert matrix[0, 1] == 1  # one pixel of class 0 was taken for class 1...
    assert matrix[1, 0] == 0  # ...and none of class 1 for class 0


def test_rows_add_up_to_the_truth() -> None:
    rng = np.random.default_rng(3)
    truth, predicted = rng.integers(0, 4, (9, 11)), rng.integers(0, 4, (9, 11))
    matrix = confusion_matrix(truth, predicted, 4)
    np.testing.assert_array_equal(matrix.sum(1), np.bincount(truth.ravel(), minlength=4))
    np.testing.assert_array_equal(matrix.sum(0), np.bincount(predicted.ravel(), minlength=4))


def test_swapping_truth_and_prediction_transposes() -> None:
    counted = TRUTH != 255
    swapped = confusion_matrix(PREDICTED[counted], TRUTH[counted], 3)
    np.testing.assert_array_equal(swapped, MATRIX.T)


def test_iou_and_dice_by_hand() -> None:
    np.testing.assert_allclose(class_iou(MATRIX), [2 / 3, 2 / 4, 1 / 2])
    np.testing.assert_allclose(class_dice(MATRIX), [4 / 5, 4 / 6, 2 / 3])
    assert pixel_accuracy(MATRIX) == pytest.approx(5 / 7)


def test_dice_follows_from_iou() -> None:
    iou = class_iou(MATRIX)
    np.testing.assert_allclose(class_dice(MATRIX), 2 * iou / (1 + iou))


def test_absent_class_is_nan_and_in_no_mean() -> None:
    matrix = np.zeros((4, 4), np.int64)
    matrix[:3, :3] = MATRIX
    found = segmentation_metrics(matrix, ["flat", "sky", "human", "vehicle"])
    assert np.isnan(found.iou["vehicle"]) and np.isnan(found.dice["vehicle"])
    assert found.mean_iou == pytest.approx((2 / 3 + 1 / 2 + 1 / 2) / 3)


def test_class_that_is_predicted_but_in_no_truth_is_in_no_mean() -> None:
    matrix = np.array([[3, 1], [0, 0]])
    assert class_iou(matrix)[1] == 0
    found = segmentation_metrics(matrix, ["flat", "sky"])
    assert np.isnan(found.iou["sky"])
    assert found.mean_iou == pytest.approx(3 / 4)  # the wrong pixel counts against the class that was there


def test_void_truth_is_not_counted_but_void_predictions_are_errors() -> None:
    matrix = np.array([[5, 7, 0], [1, 2, 0], [0, 1, 1]])  # void, flat, sky
    found = segmentation_metrics(matrix, ["void", "flat", "sky"])
    assert set(found.iou) == {"flat", "sky"}
    assert found.iou["flat"] == pytest.approx(
        2 / (2 + 1 + 1)
    )  # the 7 void pixels called flat do no harm, the flat one called void does
    assert found.pixel_accuracy == pytest.approx(3 / 5)
    assert found.pixels == 5
    assert matrix[0, 0] == 5  # the input is untouched


def test_nothing_counted_is_nan() -> None:
    found = segmentation_metrics(np.zeros((2, 2), np.int64), ["flat", "sky"])
    assert np.isnan([found.mean_iou, found.mean_dice, found.pixel_accuracy]).all()


def test_without_truth_keeps_columns() -> None:
    np.testing.assert_array_equal(without_truth(MATRIX, [1]), [[2, 1, 0], [0, 0, 0], [0, 1, 1]])


def test_wrong_input_is_refused() -> None:
    with pytest.raises(ValueError, match="one shape"):
        confusion_matrix(TRUTH, PREDICTED[:1], 3)
    with pytest.raises(ValueError, match=r"0\.\.1"):
        confusion_matrix(np.zeros(3, int), np.array([0, 1, 2]), 2)
    with pytest.raises(ValueError, match="2 classes"):
        segmentation_metrics(MATRIX, ["flat", "sky"])
