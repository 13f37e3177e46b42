"""Numbers as parts: on paper, few different ones, none, and words."""

import numpy as np
import pytest

from engine.evaluation.binning import as_numbers, quantile_bins


def test_four_parts_of_equal_size_in_rising_order():
    found = quantile_bins(np.arange(100.0)[::-1])
    assert np.bincount(found.places).tolist() == [25] * 4 and found.places[0] == 3
    assert found.ranges == ((0, 24), (25, 49), (50, 74), (75, 99))


def test_equal_numbers_are_never_parted():
    found = quantile_bins(np.r_[np.zeros(90), np.arange(1.0, 11.0)])
    assert len(set(found.places[:90].tolist())) == 1 and found.ranges[0] == (0, 0)
    assert found.ranges[-1][1] == 10


def test_a_few_different_numbers_are_a_part_each():
    found = quantile_bins(np.array([640.0, 320.0, 640.0, np.nan]))
    assert found.places.tolist() == [1, 0, 1, -1] and found.ranges == ((320, 320), (640, 640))
    assert quantile_bins(np.array([np.nan])).ranges == () and quantile_bins(np.zeros(0)).places.size == 0


@pytest.mark.parametrize("texts", [["night", *"12345678"], list("1234567"), ["inf", *"12345678"], []])
def test_words_and_few_numbers_stay_words(texts):
    assert as_numbers(texts) is None


def test_numbers_may_be_missing():
    assert np.isnan(as_numbers([*"12345678", ""])[-1])
