"""Intervals of figures: closed forms, and how often they hold what is true."""

import numpy as np
import pytest

from engine.evaluation.intervals import bootstrap_intervals, wilson_interval


@pytest.mark.parametrize(
    ("right", "count", "wanted"),
    [(8, 10, (0.490, 0.943)), (0, 10, (0.0, 0.278)), (10, 10, (0.722, 1.0)), (263, 292, (0.861, 0.930))],
)
def test_wilson_by_hand(right, count, wanted):
    """The first three are those of Brown, Cai and DasGupta 2001, table of the Wilson interval."""
    assert wilson_interval(right, count) == pytest.approx(wanted, abs=5e-4)


@pytest.mark.parametrize(("right", "count"), [(1, 0), (3, 2), (-1, 4)])
def test_no_images_are_no_share(right, count):
    with pytest.raises(ValueError, match="right of at least one"):
        wilson_interval(right, count)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.92])
def test_wilson_holds_the_truth_as_often_as_it_says(share):
    count = 292
    rights = np.arange(count + 1)
    logs = np.cumsum(np.log(np.r_[1, np.arange(1, count + 1)]))
    chances = np.exp(
        logs[count] - logs[rights] - logs[count - rights]
        + rights * np.log(share) + (count - rights) * np.log(1 - share)
    )  # fmt: skip
    held = [low <= share <= high for low, high in (wilson_interval(right, count) for right in rights)]
    assert chances @ held == pytest.approx(0.95, abs=0.015)


def accuracy(matrix):
    return np.array([np.trace(matrix) / matrix.sum() if matrix.sum() else np.nan])


def of_image(right, wrong=10):
    return np.array([[right, wrong], [0, 0]])


def test_bootstrap_of_equal_images_is_a_point():
    assert bootstrap_intervals(np.stack([of_image(30)] * 5), accuracy).tolist() == [[0.75, 0.75]]


def test_bootstrap_repeats_and_covers():
    rng, truth, held = np.random.default_rng(3), 20 / 30, 0
    for trial in range(100):
        matrices = np.stack([of_image(right, 30 - right) for right in rng.binomial(30, truth, 60)])
        found = bootstrap_intervals(matrices, accuracy, resamples=300)
        held += found[0, 0] <= truth <= found[0, 1]
        assert trial or np.array_equal(found, bootstrap_intervals(matrices, accuracy, resamples=300))
    assert held >= 88


def test_a_figure_that_is_never_there_is_nan():
    assert np.isnan(bootstrap_intervals(np.zeros((3, 2, 2), np.int64), accuracy)).all()
