import numpy as np
import pytest
from scipy import stats

from engine.evaluation.agreement import Agreement, common_grid, highest, rank
from engine.evaluation.agreement import agreement as agreement_of


def agreement(first, second):
    return agreement_of(rank(first), rank(second))


def ramp(rows=64, columns=64):
    return np.linspace(0, 1, rows * columns, dtype=np.float32).reshape(rows, columns)


def test_a_map_agrees_with_itself_whatever_its_scale():
    assert agreement(ramp(), 1e-6 * ramp()) == Agreement(pytest.approx(1), pytest.approx(1))


def test_the_opposite_map_disagrees():
    found = agreement(ramp(), -ramp())
    assert found.rank_correlation == pytest.approx(-1) and found.top_overlap == 0


def test_maps_of_chance_agree_by_chance(rng):
    one, two = rng.random((2, 64, 64), dtype=np.float32)
    found = agreement(one, two)
    assert found.rank_correlation == pytest.approx(stats.spearmanr(one, two, axis=None).statistic, abs=1e-9)
    assert abs(found.rank_correlation) < 0.05 and found.top_overlap == pytest.approx(0.1, abs=0.04)


def test_sizes_may_differ():
    coarse = np.array([[0, 1], [2, 3]], np.float32)
    fine = np.kron(coarse, np.ones((50, 70), np.float32))
    assert common_grid(fine).shape == common_grid(coarse).shape == (64, 64)
    assert agreement(coarse, fine).rank_correlation > 0.9


@pytest.mark.parametrize("size", [(1, 1), (7, 7)])
def test_a_constant_map_cannot_be_compared(size):
    assert agreement(np.zeros(size, np.float32), ramp()) == Agreement(None, None)


def test_a_map_that_is_zero_nearly_everywhere_has_few_highest():
    values = np.zeros((64, 64), np.float32)
    values[:4, :4] = 1
    assert highest(values).sum() == 16
    assert highest(ramp()).mean() == pytest.approx(0.1, abs=0.001)


def test_equal_values_share_their_rank(rng):
    one, two = rng.integers(0, 4, (2, 64, 64)).astype(np.float32)
    assert agreement(one, two).rank_correlation == pytest.approx(
        stats.spearmanr(one, two, axis=None).statistic, abs=1e-9
    )
