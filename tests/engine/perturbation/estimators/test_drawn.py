"""What the draft and what is blended with plain indices share: both draw few rows towards a field."""

import numpy as np
import pytest
from scipy import stats

from engine.perturbation.estimators.draft import draft
from engine.perturbation.estimators.shrinkage import shrunk
from tests.engine.perturbation.estimators.hills import GRID, HILL, indices_of, rows_of

both = pytest.mark.parametrize("drawn", [draft, shrunk])


@pytest.mark.parametrize(("drawn", "designs", "gain"), [(draft, 4, 0.05), (shrunk, 2, 0.1)])
def test_few_rows_rank_the_cells_of_a_bumpy_hill_better_than_jansen(drawn, designs, gain):
    def score(points):
        return np.tanh(points @ HILL - 4) * (1 + np.sin(7 * points @ np.roll(HILL, 1)))

    truth = indices_of(rows_of(score, 512, 1))
    found = [rows_of(score, designs, seed) for seed in range(5)]
    plain = [stats.spearmanr(indices_of(rows), truth).statistic for rows in found]
    better = [stats.spearmanr(drawn(rows, GRID, 1.0).ravel(), truth).statistic for rows in found]
    assert np.median(better) > np.median(plain) + gain


@both
def test_values_have_the_mean_that_is_asked_for_unless_one_would_pass_1(drawn):
    rows = rows_of(lambda points: points @ HILL, 4)
    level = indices_of(rows).mean()
    assert drawn(rows, GRID, level).mean() == pytest.approx(level)
    assert drawn(rows, GRID, 50 * level).max() == pytest.approx(1)


@both
def test_a_score_that_only_one_cell_moves_stays_finite(drawn):
    found = drawn(rows_of(lambda points: points[:, 9], 2), GRID, 0.02)
    assert np.isfinite(found).all() and found.argmax() == 9
