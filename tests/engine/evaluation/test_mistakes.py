"""Where segmentations are wrong: maps and regions on paper, and the time that they take."""

import time

import numpy as np
import pytest

from engine.evaluation.mistakes import ErrorKind, error_counts, error_map, wrong_regions

TRUTH = np.array([[0, 0, 1, 1], [2, 2, 255, 1]], np.uint8)
FIRST = np.array([[0, 1, 1, 0], [0, 2, 0, 0]], np.uint8)
SECOND = np.array([[0, 0, 2, 0], [1, 2, 0, 2]], np.uint8)


def test_an_error_map_on_paper():
    found = error_map(TRUTH, FIRST, SECOND, 3)
    assert found.dtype == np.uint8
    assert found.tolist() == [[0, 2, 1, 3], [4, 0, 5, 4]]
    assert error_counts(found).tolist() == [2, 1, 1, 1, 2, 1]


def test_models_that_change_places():
    kinds, turned = (
        error_counts(error_map(TRUTH, FIRST, SECOND, 3)),
        error_counts(error_map(TRUTH, SECOND, FIRST, 3)),
    )
    one, two = ErrorKind.ONLY_FIRST_RIGHT, ErrorKind.ONLY_SECOND_RIGHT
    assert kinds[one] == turned[two] and kinds[two] == turned[one]


def test_regions_on_paper():
    truth, predicted = np.zeros((8, 10), np.uint8), np.zeros((8, 10), np.uint8)
    predicted[1:3, 1:5] = 1  # 8 pixels, 0 taken for 1
    truth[5:8, 7:9] = 2  # 6 pixels, 2 taken for 0
    predicted[0, 9] = 1  # alone
    truth[4, 0] = 255  # ignored
    predicted[4, 0] = 1
    found = wrong_regions(truth, predicted, 3)
    largest, second, third = found.regions
    assert (largest.area, largest.true, largest.predicted) == (8, 0, 1)
    assert largest.box == (1, 1, 3, 5) and largest.centroid_rc == (1.5, 2.5)
    assert (second.area, second.true, second.predicted) == (6, 2, 0)
    assert second.box == (5, 7, 8, 9) and second.centroid_rc == (6, 7.5)
    assert (third.area, third.box) == (1, (0, 9, 1, 10))
    assert found.total == 3 and found.wrong_pixels == 15
    assert found.mask(2).sum() == 6 and found.mask(2)[5:8, 7:9].all()
    np.testing.assert_array_equal(found.labels > 0, (truth != predicted) & (truth != 255))


def test_regions_of_other_pairs_do_not_join_and_diagonal_ones_do():
    truth = np.zeros((3, 4), int)
    found = wrong_regions(truth, np.array([[1, 2, 0, 0], [0, 0, 2, 0], [0, 0, 0, 2]]), 3)
    assert [(one.area, one.predicted) for one in found.regions] == [(3, 2), (1, 1)]


def test_small_ones_and_many_are_left_out_but_counted():
    predicted = np.zeros((9, 9), int)
    predicted[::2, ::2] = 1  # 25 pixels apart
    predicted[0, 0:3] = 1
    found = wrong_regions(np.zeros((9, 9), int), predicted, 2, most=5)
    assert len(found.regions) == 5 and found.total == 24 and found.wrong_pixels == 26
    assert found.labels.max() == 5
    large = wrong_regions(np.zeros((9, 9), int), predicted, 2, least=2)
    assert [one.area for one in large.regions] == [3] and large.total == 24


def test_nothing_wrong_and_nothing_counted():
    for truth in (np.zeros((4, 4), int), np.full((4, 4), 255)):
        found = wrong_regions(truth, np.zeros((4, 4), int), 2)
        assert found.regions == () and found.total == found.wrong_pixels == 0 and not found.labels.any()


def test_a_large_mask_takes_a_blink():
    rng = np.random.default_rng(0)
    truth = np.kron(rng.integers(0, 8, (16, 32)), np.ones((32, 32), int)).astype(np.uint8)
    predicted = np.where(rng.random((512, 1024)) < 0.03, rng.integers(0, 8, (512, 1024)), truth).astype(
        np.uint8
    )
    predicted[:, 700:760] = 3
    wrong_regions(truth, predicted, 8)
    spent = []
    for _ in range(3):
        began = time.process_time()
        found = wrong_regions(truth, predicted, 8)
        spent.append(time.process_time() - began)
    assert found.total > 10_000 and min(spent) < 0.1


def test_wrong_input_is_refused():
    with pytest.raises(ValueError, match="one size"):
        wrong_regions(TRUTH, FIRST[1:], 3)
    with pytest.raises(ValueError, match="one size"):
        error_map(TRUTH, FIRST, SECOND[1:], 3)
