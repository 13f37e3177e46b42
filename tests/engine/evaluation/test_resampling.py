"""Bands by drawing images or groups again: closed forms, few images, and what is drawn as cells."""

import numpy as np
import pytest

from engine.evaluation.resampling import (
    Draws,
    divided,
    drawn_totals,
    expanded_share,
    group_totals,
    interval_ends,
    mean_of_known,
    resampled,
)


def share(sums):
    return divided(sums[..., :1], sums[..., 1:])


def test_cells_and_rows_are_drawn_by_one_law(rng):
    alike = np.stack([np.arange(3000) < 900, np.ones(3000)], 1).astype(float)
    distinct = alike + rng.uniform(-1e-9, 1e-9, alike.shape)  # no two rows are alike
    draws = Draws(resamples=3000)
    cells, rows = drawn_totals(alike, draws)[:, 0], drawn_totals(distinct, draws)[:, 0]
    assert cells.mean() == pytest.approx(900, abs=2) and rows.mean() == pytest.approx(900, abs=2)
    assert cells.std() == pytest.approx(np.sqrt(3000 * 0.3 * 0.7), rel=0.05)
    assert rows.std() == pytest.approx(cells.std(), rel=0.05)


def test_groups_are_drawn_as_a_whole(rng):
    amounts = np.stack([rng.random(200) < 0.5, np.ones(200)], 1).astype(float)
    groups = np.repeat(np.arange(20), 10)
    one = resampled(amounts, share)[1][0]
    amounts[:, 0] = amounts[::10, 0].repeat(10)  # all frames of a sequence are alike
    whole = resampled(amounts, share, Draws(groups))[1][0]
    assert np.ptp(whole) > 2.5 * np.ptp(one)
    assert group_totals(amounts, groups)[:, 1].tolist() == [10] * 20
    names = np.array(["b", "a"] * 100)
    assert group_totals(amounts, names)[0].tolist() == amounts[1::2].sum(0).tolist()


def test_groups_must_fit():
    with pytest.raises(ValueError, match="as many groups"):
        resampled(np.ones((3, 2)), share, Draws(np.zeros(2)))


@pytest.mark.parametrize(("groups", "least"), [(5, 0.9), (12, 0.93)])
def test_bands_of_few_sequences_hold_the_truth(groups, least):
    rng, held = np.random.default_rng(8), 0
    for _ in range(1000):
        means = rng.normal(0.6, 0.1, groups)
        ends = resampled(np.stack([means, np.ones(groups)], 1), share, Draws(resamples=1000))[1][0]
        held += ends[0] <= 0.6 <= ends[1]
    assert held >= least * 1000


def test_the_same_seed_gives_the_same_band_and_another_one_another():
    amounts = np.stack([np.linspace(0, 1, 40) ** 2, np.ones(40)], 1)
    one, same, other = (resampled(amounts, share, Draws(seed=seed))[1] for seed in (3, 3, 4))
    assert np.array_equal(one, same) and not np.array_equal(one, other)


def test_hardly_any_image_has_no_band():
    values, ends = resampled(np.array([[1.0, 2.0]] * 4), share)
    assert values.tolist() == [0.5] and np.isnan(ends).all()
    values, ends = resampled(np.zeros((0, 2)), share)
    assert np.isnan(values).all() and np.isnan(ends).all()


def test_draws_without_the_figure_are_left_out():
    drawn = np.array([[1.0, np.nan], [np.nan, np.nan], [3.0, np.nan]])
    ends = interval_ends(drawn, 10**6)
    np.testing.assert_allclose(ends[0], [1.05, 2.95], atol=1e-5)
    assert np.isnan(ends[1]).all()


def test_expanded_share_by_hand():
    """n = 2: t is 12.706, times the square root of 2 it is 17.97, so the least and the greatest draw."""
    assert expanded_share(2) < 1e-60 and expanded_share(10**7) == pytest.approx(0.025, abs=1e-6)


def test_mean_of_known():
    assert mean_of_known(np.array([[1.0, np.nan, 3.0]])).tolist() == [[2.0]]
    assert np.isnan(mean_of_known(np.full((1, 3), np.nan))).all()
