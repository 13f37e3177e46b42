"""Slices of a data set: on paper, what is joined, false alarms, and what is found."""

import numpy as np
import pytest
from scipy import stats

from engine.evaluation.overlaps import overlap_counts
from engine.evaluation.resampling import Draws
from engine.evaluation.slices import SliceLimits, holm_adjusted, slice_accuracies, slice_mean_ious

QUICK = Draws(resamples=400)


def test_on_paper():
    column = ["day"] * 50 + ["night"] * 30 + ["dawn"] * 3 + [""] * 2
    right = np.r_[np.arange(50) < 45, np.arange(30) < 15, np.ones(3), np.zeros(2)].astype(bool)
    day, night, others = slice_accuracies(column, right)
    assert (day.values, day.images, day.figure.value) == (("day",), 50, 0.9)
    assert day.rest == pytest.approx(18 / 35) and not day.is_worse and day.p_value > 0.99
    assert night.rest == pytest.approx(48 / 55) and night.is_worse
    table = [[15, 15], [48, 7]]
    assert night.p_value == pytest.approx(stats.fisher_exact(table, alternative="less").pvalue)
    assert others.values == ("", "dawn") and others.is_joined and others.images == 5
    assert day.gap == pytest.approx(0.9 - 18 / 35) and night.adjusted == pytest.approx(2 * night.p_value)
    assert np.isnan(others.p_value) and not others.is_worse and others.figure.value == 0.6
    assert night.figure.interval == pytest.approx((0.331, 0.669), abs=1e-3)


def test_largest_first_and_many_are_joined():
    column = [value for value, count in zip("cabde", (30, 40, 30, 25, 24), strict=True) for _ in range(count)]
    found = slice_accuracies(column, np.ones(149, bool), SliceLimits(least=20, most=3))
    assert [one.values for one in found] == [("a",), ("b",), ("c",), ("d", "e")]
    assert not any(one.is_worse for one in found)


def test_one_value_has_no_rest():
    (found,) = slice_accuracies(["x"] * 30, np.arange(30) < 3)
    assert np.isnan([found.rest, found.p_value]).all() and not found.is_worse
    assert slice_accuracies([], np.zeros(0, bool)) == ()


@pytest.mark.slow
def test_false_alarms_are_rare():
    rng, alarms = np.random.default_rng(3), 0
    for _ in range(300):
        column = rng.integers(0, 10, 1000).astype(str).tolist()
        alarms += any(one.is_worse for one in slice_accuracies(column, rng.random(1000) < 0.8))
    assert alarms <= 0.05 * 300, "at most 5 % of sets, whatever the number of slices"


def test_correction_on_paper():
    """Of five: 5 x 0.005, 4 x 0.02, then never less than before, and never above 1."""
    found = holm_adjusted(np.array([0.041, 0.02, 0.025, 0.005, 0.9]))
    assert found == pytest.approx([0.082, 0.08, 0.08, 0.025, 0.9])
    assert holm_adjusted(np.array([0.6, 0.7])).tolist() == [1.0, 1.0]
    assert holm_adjusted(np.array([np.nan, 0.04]))[1] == 0.04 and np.isnan(holm_adjusted(np.array([np.nan])))


def images(rng, skill, count):
    right = rng.binomial(50, skill, (count, 2))
    return np.stack(
        [np.stack([right[:, 0], 50 - right[:, 0]], 1), np.stack([50 - right[:, 1], right[:, 1]], 1)], 1
    )


def test_mean_iou_of_slices(rng):
    counts = overlap_counts(np.concatenate([images(rng, 0.9, 40), images(rng, 0.8, 30), images(rng, 0.9, 5)]))
    column = ["day"] * 40 + ["night"] * 30 + ["dawn"] * 5
    day, night, others = slice_mean_ious(column, counts, draws=QUICK)
    assert night.is_worse and night.p_value == pytest.approx(1 / 401) and not day.is_worse
    assert day.figure.value == pytest.approx(0.9**2 / (1 - 0.1**2), abs=0.02)
    assert others.is_joined and np.isnan(others.p_value)
    again = slice_mean_ious(column[40:70], counts.of_images(np.arange(40, 70)), draws=QUICK)
    assert again[0].figure == night.figure and np.isnan(again[0].p_value)


@pytest.mark.slow
def test_permuted_slices_raise_no_alarm():
    rng, alarms = np.random.default_rng(5), 0
    for _ in range(40):
        column = rng.integers(0, 4, 120).astype(str).tolist()
        found = slice_mean_ious(column, overlap_counts(images(rng, 0.8, 120)), draws=Draws(resamples=200))
        alarms += any(one.is_worse for one in found)
    assert alarms <= 6


def test_wrong_input_is_refused():
    with pytest.raises(ValueError, match="as many values"):
        slice_accuracies(["a"], np.ones(2, bool))
    with pytest.raises(ValueError, match="as many values"):
        slice_mean_ious(["a"], overlap_counts(np.ones((2, 2, 2), int)))
