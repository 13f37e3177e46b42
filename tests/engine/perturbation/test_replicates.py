"""Bands and stability from independent parts of the runs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from engine.perturbation.replicates import jackknife_half_width, rank_agreement


def test_the_jackknife_of_a_mean_is_its_standard_error(rng):
    """Delete-one jackknife of a mean gives s / sqrt(n), exactly."""
    sample = rng.normal(size=10)
    without = np.array([np.delete(sample, place).mean() for place in range(10)])
    expected = stats.t.ppf(0.975, 9) * sample.std(ddof=1) / np.sqrt(10)
    assert jackknife_half_width(without) == pytest.approx(expected)


def test_rank_agreement_sees_order_only_and_nothing_in_a_constant_map():
    ranks = np.arange(6.0).reshape(2, 3)
    assert rank_agreement(ranks, np.exp(ranks)) == pytest.approx(1)
    assert rank_agreement(ranks, -ranks) == pytest.approx(-1)
    assert rank_agreement(ranks, np.zeros((2, 3))) is None
