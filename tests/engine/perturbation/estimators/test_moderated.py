"""Which of many weights are surely not zero, from a few seeds each."""

import numpy as np
import pytest
from scipy import special, stats

from engine.perturbation.estimators.moderated import _inverse_trigamma, moderate, surely_not_zero


@pytest.mark.parametrize("x", [0.05, 0.8, 3.0, 400.0])
def test_the_inverse_of_the_trigamma_function(x):
    assert _inverse_trigamma(float(special.polygamma(1, x))) == pytest.approx(x, rel=1e-6)


def test_what_variances_have_in_common_is_found_again(rng):
    """Smyth's model: true variances 1 / (chi-squared with 6 degrees / 6 / 2), each seen with 2 degrees."""
    true = 2.0 / (rng.chisquare(6, 20_000) / 6)
    seen = true * rng.chisquare(2, true.shape) / 2
    drawn, degrees = moderate(seen, 2)
    assert degrees == pytest.approx(6 + 2, rel=0.1)
    np.testing.assert_allclose(drawn, (6 * 2.0 + 2 * seen) / (6 + 2), rtol=0.1)


def test_equal_variances_are_pooled_and_zeros_stay(rng):
    drawn, degrees = moderate(np.array([2.0, 2, 2, 0]), 4)
    assert degrees == 3 * 4 and drawn[3] == 0 and len(set(drawn.tolist())) == 2
    alone, own = moderate(np.array([0.0, 3.0]), 2)
    assert own == 2 and alone.tolist() == [0, 3]


def test_with_many_seeds_it_is_students_t_with_the_correction_of_holm(rng):
    table = rng.normal(size=(400, 6)) + np.array([0.0, 0.1, 0.14, 0.16, 0.3, 0.5])
    chances = stats.ttest_1samp(table, 0).pvalue
    order = np.argsort(chances)
    passed = np.cumprod(chances[order] <= 0.05 / np.arange(6, 0, -1)).astype(bool)
    assert np.flatnonzero(surely_not_zero(table)).tolist() == sorted(order[passed].tolist())


def test_one_seed_tells_nothing_and_rounding_is_no_weight(rng):
    assert not surely_not_zero(rng.normal(size=(1, 5))).any()
    assert not surely_not_zero(np.zeros((3, 5))).any()
    weights = np.array([1.0, -0.5, 0.0, 0.2, 0.0])
    exact = weights + 1e-12 * np.array([1.0, 1, 1, 1, 1])
    assert surely_not_zero(np.tile(exact, (3, 1))).tolist() == (weights != 0).tolist()
    assert surely_not_zero(exact + 1e-13 * rng.normal(size=(3, 5))).tolist() == (weights != 0).tolist()
