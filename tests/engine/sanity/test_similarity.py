"""How alike two maps are, on cases solved on paper; every map has a defined value."""

import numpy as np
import pytest

from engine.sanity.complexity import MOST_BINS, entropy_rise, histogram_entropy
from engine.sanity.similarity import Similarity, map_correlation, says_nothing, similarity


def test_ranks_are_those_of_the_formula_without_ties():
    one, other = np.array([[1.0, 2], [3, 4], [5, 6]]), np.array([[2.0, 1], [3, 5], [4, 6]])
    gaps = 1 + 1 + 0 + 1 + 1 + 0
    assert similarity(one, other).ranks == pytest.approx(1 - 6 * gaps / (6 * 35))


def test_equal_values_share_their_mean_rank():
    ranks = np.array([1.5, 1.5, 3, 4]) - 2.5
    straight = np.array([1.0, 2, 3, 4]) - 2.5
    expected = ranks @ straight / np.sqrt((ranks @ ranks) * (straight @ straight))
    assert map_correlation(np.array([7.0, 7, 8, 9]), np.array([1.0, 2, 3, 4])) == pytest.approx(expected)


def test_signs_that_turn_are_another_order_and_the_same_sizes():
    values = np.array([[-3.0, 1, 5], [2, -4, 6], [7, -8, 9]])
    found = similarity(values, -values)
    assert found.ranks == pytest.approx(-1) and found.sizes == found.ssim == pytest.approx(1)


def test_neither_scale_nor_shift_of_unsigned_maps_counts(rng):
    values = rng.random((9, 9))
    assert similarity(values, 5 * values + 3) == Similarity(
        pytest.approx(1), pytest.approx(1), pytest.approx(1)
    )


def test_maps_that_know_nothing_of_each_other_are_not_alike(rng):
    found = [similarity(*rng.standard_normal((2, 40, 40))) for _ in range(20)]
    assert abs(np.mean([one.ranks for one in found])) < 0.02
    assert abs(np.mean([one.sizes for one in found])) < 0.02
    assert np.mean([one.ssim for one in found]) < 0.1


CONSTANT = np.full((4, 4), 2.0, np.float32)
RISING = np.arange(16, dtype=np.float32).reshape(4, 4)


@pytest.mark.parametrize("empty", [CONSTANT, np.zeros((4, 4)), np.full((4, 4), np.nan), -CONSTANT])
def test_a_map_that_says_nothing_is_like_its_equal_and_like_no_other(empty):
    assert says_nothing(empty) and not says_nothing(RISING)
    same, other = similarity(empty, CONSTANT), similarity(empty, RISING)
    assert (same.ranks, same.sizes, same.ssim) == (1, 1, pytest.approx(1))
    assert (other.ranks, other.sizes) == (0, 0) and np.isfinite(other.ssim)


def test_small_maps_have_a_small_window_or_no_ssim():
    assert np.isfinite(similarity(RISING[:3, :3], RISING[1:, 1:]).ssim)
    thin = similarity(RISING[:2], RISING[2:])
    assert np.isnan(thin.ssim) and thin.ranks == pytest.approx(1)


def test_maps_of_two_shapes_are_refused():
    with pytest.raises(ValueError, match="one shape"):
        similarity(RISING, RISING[:2])


def test_entropy_is_that_of_the_shares_of_the_bins():
    shares = np.array([0.5, 0.25, 0.25])
    values = np.array([[0.0, 0.0], [1.0, 0.5]])
    assert histogram_entropy(values) == pytest.approx(-(shares * np.log2(shares)).sum())
    assert histogram_entropy(CONSTANT) == 0 == histogram_entropy(np.full((2, 2), np.nan))


def test_entropy_has_a_greatest_value_and_knows_no_scale(rng):
    even = np.linspace(0, 1, 10_000).reshape(100, 100)
    assert histogram_entropy(even) == pytest.approx(np.log2(MOST_BINS), abs=1e-3)
    values = rng.random((30, 30))
    assert histogram_entropy(values) == pytest.approx(histogram_entropy(7 * values - 2))


def test_the_rise_is_a_share_of_what_was_there():
    two, four = np.array([[0.0, 1.0], [0.0, 1.0]]), np.array([[0.0, 1.0], [2.0, 3.0]])
    assert entropy_rise(two, four) == pytest.approx(1) and entropy_rise(four, two) == pytest.approx(-0.5)
    assert np.isnan(entropy_rise(CONSTANT, RISING))
