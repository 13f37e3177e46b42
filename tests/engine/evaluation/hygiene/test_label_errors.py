"""Likely label errors: a case on paper, planted errors, and what is left out."""

import numpy as np
import pytest
from scipy.special import softmax

from engine.evaluation.hygiene.label_errors import label_errors

# Thresholds: class 0 (0.9 + 0.7 + 0.2) / 3 = 0.6, class 1 (0.8 + 0.6 + 0.4) / 3 = 0.6
PROBABILITIES = np.array([[0.9, 0.1], [0.7, 0.3], [0.2, 0.8], [0.2, 0.8], [0.4, 0.6], [0.6, 0.4], [0.5, 0.5]])
LABELS = np.array([0, 0, 0, 1, 1, 1, -1])


def test_on_paper():
    found = label_errors(PROBABILITIES, LABELS)
    np.testing.assert_allclose(found.thresholds, [0.6, 0.6])
    assert found.joint.tolist() == [[2, 1], [1, 2]]
    assert (
        found.rows.tolist() == [2, 5]
        and found.given.tolist() == [0, 1]
        and found.suggested.tolist() == [1, 0]
    )
    np.testing.assert_allclose(found.margins, [-0.6, -0.2])  # the surest first
    assert found.noise_share == pytest.approx(1 / 3)


def test_rows_of_the_joint_are_given_labels():
    """Two 0s that look like 1, no 1 that looks like 0; a third 0 counts as nothing."""
    values = np.array([[0.9, 0.1]] * 4 + [[0.3, 0.7]] * 2 + [[0.55, 0.45]] + [[0.3, 0.7]] * 5)
    found = label_errors(values, np.array([0] * 7 + [1] * 5))
    assert found.joint.tolist() == [[4, 2], [0, 5]]
    assert found.noise_share == pytest.approx((7 * 2 / 6) / 12)  # rows stand for all images of a label


def test_the_most_probable_class_is_never_in_doubt():
    """0.5 is below the threshold 0.8 of class 0, 0.45 above that of class 1; but 0 is the answer."""
    values = np.array([[0.95, 0.05], [0.95, 0.05], [0.5, 0.45], [0.6, 0.4], [0.6, 0.4]])
    found = label_errors(values, np.array([0, 0, 0, 1, 1]))
    assert found.joint[0, 1] == 1 and 2 not in found.rows


def test_planted_errors_are_found(rng):
    truth = rng.integers(0, 5, 2000)
    values = softmax(4 * np.eye(5)[truth] + rng.normal(0, 0.7, (2000, 5)), axis=1).astype(np.float16)
    wrong = rng.permutation(2000)[:100]
    labels = truth.copy()
    labels[wrong] = (truth[wrong] + rng.integers(1, 5, 100)) % 5
    found = label_errors(values, labels)
    planted = np.isin(found.rows, wrong)
    assert planted[:75].mean() > 0.97 and planted.sum() > 75  # those that are as sure as the mean
    assert (found.suggested == truth[found.rows])[planted].mean() > 0.97
    assert found.noise_share == pytest.approx(0.05, abs=0.015)
    assert (np.diff(found.margins) >= 0).all() and (found.margins < 0).all()


def test_blocks_and_memory_maps_give_the_same(tmp_path, monkeypatch):
    np.save(tmp_path / "values.npy", PROBABILITIES.astype(np.float32))
    whole = label_errors(PROBABILITIES, LABELS)
    monkeypatch.setattr("engine.evaluation.hygiene.label_errors.BLOCK_VALUES", 4)
    found = label_errors(np.load(tmp_path / "values.npy", mmap_mode="r"), LABELS)
    assert found.rows.tolist() == whole.rows.tolist() and found.joint.tolist() == whole.joint.tolist()


def test_a_class_without_labels_is_suggested_for_nothing():
    values = np.array([[0.9, 0.05, 0.05], [0.1, 0.1, 0.8], [0.1, 0.9, 0]])
    found = label_errors(values, np.array([0, 0, 1]))
    assert np.isnan(found.thresholds[2]) and 2 not in found.suggested


def test_one_class_and_no_label():
    one = label_errors(np.ones((4, 1)), np.zeros(4, int))
    assert not len(one.rows) and one.noise_share == 0 and one.joint.tolist() == [[4]]
    nothing = label_errors(PROBABILITIES, np.full(7, -1))
    assert not len(nothing.rows) and np.isnan(nothing.noise_share) and not nothing.joint.any()
    assert not len(label_errors(np.zeros((0, 3)), np.zeros(0, int)).rows)


@pytest.mark.parametrize("wrong", [np.nan, -0.2, 3.0])
def test_what_is_no_probability_is_refused(wrong):
    values = PROBABILITIES.copy()
    values[1, 0] = wrong
    with pytest.raises(ValueError, match="0 to 1"):
        label_errors(values, LABELS)


def test_wrong_shapes_are_refused():
    with pytest.raises(ValueError, match="7 labels"):
        label_errors(PROBABILITIES[:3], LABELS)
    with pytest.raises(ValueError, match=r"-1\.\.1"):
        label_errors(PROBABILITIES, LABELS + 1)
