"""Bands and stability from independent parts of the runs."""

import numpy as np
import pytest
from scipy import stats

from engine.perturbation.designs.cells import GridCells
from engine.perturbation.estimators.replicates import (
    CONSTANT,
    UNSURE,
    estimate_of_groups,
    flat,
    jackknife_half_width,
    rank_agreement,
)


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


@pytest.mark.parametrize("share", [0.1, 100.0])
def test_a_mean_over_groups_has_their_standard_error_and_halves_that_agree_where_there_is_little_noise(
    rng, share
):
    """Each cell's value is the mean over 8 groups; the even ones and the odd ones rank cells alike unless
    noise drowns them.
    """
    sample = np.arange(4.0) + share * rng.normal(size=(8, 4))
    found = estimate_of_groups(
        GridCells(2, 2), lambda weights: weights @ sample / weights.sum(axis=-1)[..., None], 8, 80
    )
    half_width = stats.t.ppf(0.975, 7) * sample.std(axis=0, ddof=1) / np.sqrt(8)
    assert found.runs == 80 and found.values.ravel() == pytest.approx(sample.mean(axis=0), rel=1e-5)
    assert (found.upper - found.lower).ravel() == pytest.approx(2 * half_width, rel=1e-5)
    ranks = [sample[part::2].mean(axis=0) for part in (0, 1)]
    assert found.stability == pytest.approx(stats.spearmanr(*ranks).statistic)
    assert (UNSURE in found.warnings) == (found.stability < 0.5)


def test_a_flat_map_is_zero_and_says_why():
    found = flat(GridCells(2, 3), 7)
    assert found.values.shape == (2, 3) and not found.values.any() and not found.upper.any()
    assert found.stability is None and found.runs == 7 and found.warnings == (CONSTANT,)
