"""Intervals of figures: closed forms, and how often they hold what is true."""

import numpy as np
import pytest

from engine.evaluation.intervals import wilson_interval


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
