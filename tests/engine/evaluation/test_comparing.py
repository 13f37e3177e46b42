"""Two classifiers on the same images: pairs, bands and McNemar's test, on paper and by others."""

import numpy as np
import pytest
from scipy import stats

from engine.evaluation.comparing import compare_shares, mcnemar, pair_images
from engine.evaluation.resampling import Draws


def test_pairs_are_those_that_both_have():
    found = pair_images(["a", "b", "c", "d"], ["d", "x", "b"])
    assert found.first.tolist() == [1, 3] and found.second.tolist() == [2, 0]
    assert (found.only_first, found.only_second) == (2, 1)
    nothing = pair_images([], ["a"])
    assert not len(nothing.first) and nothing.only_second == 1
    for twice in (["a", "a"], ["b"]), (["b"], ["a", "a"]):
        with pytest.raises(ValueError, match="name of its own"):
            pair_images(*twice)


def test_a_difference_on_paper():
    one, two = np.array([1, 1, 1, 0.0]), np.array([1, 0, 0, 0.0])
    found = compare_shares(one, two)
    assert (found.first, found.second, found.value, found.images) == (0.75, 0.25, 0.5, 4)
    assert np.isnan(found.interval).all()  # of four images
    assert compare_shares(two, one).value == -0.5


def test_pairing_narrows_the_band(rng):
    hard = rng.random(400) < 0.5
    one, two = ~hard, ~hard & (rng.random(400) < 0.95)
    found = compare_shares(one, two)
    assert found.is_significant and np.ptp(found.interval) < 0.06
    alone = 2 * 1.96 * np.sqrt(0.25 / 400 * 2)
    assert alone > 0.13  # unpaired, nothing would be seen


def test_equal_models_do_not_differ(rng):
    right = rng.random(50) < 0.7
    found = compare_shares(right, right)
    assert found.interval == (0, 0) and not found.is_significant


def test_an_image_of_one_model_is_left_out():
    found = compare_shares(np.array([1, 0, np.nan, 1]), np.array([1, np.nan, 0, 0.0]), Draws(np.arange(4)))
    assert found.images == 2 and found.first == 1 and found.second == 0.5
    nothing = compare_shares(np.full(3, np.nan), np.ones(3))
    assert nothing.images == 0 and np.isnan([nothing.value, *nothing.interval]).all()
    assert not nothing.is_significant


@pytest.mark.slow
def test_bands_hold_the_truth():
    rng, held = np.random.default_rng(6), 0
    for _ in range(1000):
        hard = rng.random(150)
        one, two = (rng.random(150) < skill * (1 - 0.8 * hard) for skill in (0.95, 0.85))
        found = compare_shares(one, two, Draws(resamples=800))
        held += found.interval[0] <= 0.1 * 0.6 <= found.interval[1]
    assert held >= 930


@pytest.mark.slow
def test_bands_over_sequences_hold_the_truth():
    rng, held, naive = np.random.default_rng(7), 0, 0
    for _ in range(600):
        better = rng.normal(0.05, 0.1, 12).clip(-0.4, 0.4).repeat(20)  # one drive likes the first model
        one, two = rng.random(240) < 0.5 + better / 2, rng.random(240) < 0.5 - better / 2
        groups = np.arange(12).repeat(20)
        inside = compare_shares(one, two, Draws(groups, resamples=600)).interval
        alone = compare_shares(one, two, Draws(resamples=600)).interval
        held += inside[0] <= 0.05 <= inside[1]
        naive += alone[0] <= 0.05 <= alone[1]
    assert held >= 0.92 * 600 > naive


@pytest.mark.parametrize(
    ("both", "one", "two", "none"), [(20, 12, 3, 5), (0, 1, 0, 0), (4, 7, 7, 2), (9, 0, 0, 1)]
)
def test_mcnemar(both, one, two, none):
    first = np.repeat([True, True, False, False], [both, one, two, none])
    second = np.repeat([True, False, True, False], [both, one, two, none])
    found = mcnemar(first, second)
    assert found.table.tolist() == [[both, one], [two, none]]
    expected = stats.binomtest(one, one + two).pvalue if one + two else 1
    assert found.p_value == pytest.approx(expected)


def test_mcnemar_on_paper():
    """9 against 1: 2 (1 + 10) / 1024."""
    first = np.arange(10) < 9
    assert mcnemar(first, ~first).p_value == pytest.approx(22 / 1024)


def test_wrong_input_is_refused():
    with pytest.raises(ValueError, match="same images"):
        compare_shares(np.ones(3), np.ones(4))
    with pytest.raises(ValueError, match="same images"):
        mcnemar(np.ones(3, bool), np.ones(4, bool))
