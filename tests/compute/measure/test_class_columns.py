"""Columns of a classifier's answers, against those worked out by hand."""

import numpy as np
import pytest

from compute.measure.classes import class_values


def test_two_classes_on_paper():
    """Logits 0 and ln 3 are probabilities 1/4 and 3/4."""
    logits = np.log(np.array([[1, 3], [3, 1], [3, 1]], np.float32))
    found = {
        name: np.asarray(values).tolist()
        for name, values in class_values(logits, np.array([1, 1, -1])).items()
    }
    assert found["prediction"] == [1, 0, 0] and found["truth"] == [1, 1, -1]
    assert found["top"] == [[1, 0], [0, 1], [0, 1]]
    assert found["probability"] == pytest.approx([0.75] * 3)
    assert found["true_probability"][:2] == pytest.approx([0.75, 0.25]) and np.isnan(
        found["true_probability"][2]
    )
    assert found["loss"][:2] == pytest.approx([-np.log(0.75), -np.log(0.25)]) and np.isnan(found["loss"][2])
    assert found["margin"] == pytest.approx([0.5, -0.5, 0.5])
    entropy = -(0.75 * np.log(0.75) + 0.25 * np.log(0.25))
    assert found["entropy"] == pytest.approx([entropy] * 3)


def test_far_logits_and_one_class_stay_numbers():
    found = class_values(np.array([[2000.0, -2000.0]], np.float32), np.array([1]))
    assert found["loss"].tolist() == [4000.0] and found["entropy"].tolist() == [0.0]
    alone = class_values(np.array([[3.0]], np.float32), np.array([0]))
    assert alone["margin"].tolist() == [1.0] and alone["top"].tolist() == [[0]]
