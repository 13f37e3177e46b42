"""Likeness of maps on paper: equal ones 1, random ones about chance, constant ones defined."""

from dataclasses import astuple

import numpy as np
import pytest

from engine.stability.similarity import likeness_of

RAMP = np.arange(64.0).reshape(8, 8)


def test_an_equal_map_is_like_itself_and_so_are_two_equal_constant_ones():
    for values in (RAMP, -RAMP, np.zeros((5, 5)), np.ones((1, 1)), np.eye(40)):
        assert astuple(likeness_of(values, values)) == (1, 1, 1, 0)


def test_a_turned_map_is_ranked_the_other_way_and_shares_no_top():
    found = likeness_of(RAMP, -RAMP)
    assert found.rank == pytest.approx(-1) and found.top == 0 and found.relative_change == pytest.approx(2)
    assert found.ssim < 0


@pytest.mark.slow
def test_random_maps_are_as_like_as_chance_has_it(rng):
    found = [likeness_of(*rng.standard_normal((2, 16, 16))) for _ in range(200)]
    assert abs(np.mean([one.rank for one in found])) < 0.02
    assert np.mean([one.top for one in found]) == pytest.approx(0.1, abs=0.02)
    assert abs(np.mean([one.ssim for one in found])) < 0.05


def test_the_scale_matters_to_the_change_and_not_to_the_ranks():
    found = likeness_of(RAMP, 3 * RAMP)
    assert (found.rank, found.top) == (pytest.approx(1), 1) and found.relative_change == pytest.approx(2)


def test_maps_of_different_grids_meet_on_the_coarser_one_and_unknown_columns_are_left_out():
    fine = np.kron(RAMP, np.ones((4, 4)))
    assert likeness_of(RAMP, fine).rank == pytest.approx(1)
    holes = fine.copy()
    holes[:, -3:] = np.nan
    assert likeness_of(RAMP, holes) == likeness_of(RAMP[:, :-1], RAMP[:, :-1])


@pytest.mark.parametrize("other", [np.zeros((8, 8)), np.full((8, 8), 9.0)])
def test_a_constant_map_is_like_no_other(other):
    for found in (likeness_of(RAMP, other), likeness_of(other, RAMP)):
        assert found.rank == 0 and found.top == 0 and np.isfinite(found.ssim)
    assert likeness_of(np.zeros((8, 8)), RAMP).relative_change == np.inf


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (2, 2)])
def test_tiny_maps_have_a_value(shape, rng):
    found = likeness_of(*rng.random((2, *shape)))
    assert all(np.isfinite(astuple(found)))
