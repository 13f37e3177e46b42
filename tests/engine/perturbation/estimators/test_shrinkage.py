import numpy as np
import pytest
from scipy import linalg, stats

from engine.perturbation.estimators import shrinkage
from engine.perturbation.estimators.draft import POWER, sensitivities
from engine.perturbation.estimators.shrinkage import blend, even_logs, expected, shrunk
from tests.engine.perturbation.estimators.hills import GRID, HILL, rows_of


def test_fields_with_a_trend_are_those_of_the_dense_formula(rng):
    """K (K + v I)^-1 y and its evidence, with the matrix of all cells written out, for every kind."""
    seen, noise, grid, reach = rng.normal(size=16), 0.3, 4, 1.5
    prior = shrinkage._prior(grid, reach)
    means, evidence = shrinkage._observe(seen, noise, prior)
    trend = prior.basis @ prior.trend
    deviation = seen - seen.mean()
    likely = []
    for kind, mean in enumerate(means):
        field = prior.basis @ np.diag(prior.sizes[kind]) @ prior.basis.T
        field += prior.trend_sizes[kind] * np.outer(trend, trend)
        total = field + noise * np.eye(16)
        np.testing.assert_allclose(mean - seen.mean(), field @ linalg.solve(total, deviation), atol=1e-9)
        likely.append(stats.multivariate_normal.logpdf(deviation, cov=total) + prior.chance[kind])
    np.testing.assert_allclose(evidence - evidence[0], np.subtract(likely, likely[0]), atol=1e-8)


def test_logs_of_a_sum_are_its_indices_without_noise():
    logs, noise = even_logs(rows_of(lambda points: points @ HILL, 4))
    wanted = 2 * np.log(np.maximum(HILL, 1e-6 * HILL.max()))
    np.testing.assert_allclose(logs - logs.max(), wanted - wanted.max(), atol=1e-5)
    assert noise == pytest.approx(16 * 0.5 / 16)


def test_lively_rows_do_not_drown_the_others(rng):
    """Moves that are cells times rows, some rows a thousand times as lively as others, times chance."""
    rows = rows_of(lambda points: points @ HILL, 16)
    factors = 10.0 ** rng.uniform(-3, 0, 16)[:, None]
    moved = (rows.c - rows.a[:, None]) * factors * rng.standard_t(5, rows.c.shape)
    rows = type(rows)(rows.a, rows.b, rows.a[:, None] + moved, rows.replicate, rows.steps)
    wrong = [(logs - 2 * np.log(HILL)).std() for logs in (POWER * sensitivities(rows)[0], even_logs(rows)[0])]
    assert wrong[1] < 0.85 * wrong[0]


def test_with_little_noise_nothing_is_shrunk_and_with_much_nearly_everything(rng):
    seen = rng.normal(size=64)
    assert np.abs(expected(seen, 1e-4, GRID) - seen).max() < 0.02
    assert np.ptp(expected(seen, 100.0, GRID)) < 0.2 * np.ptp(seen)


def test_a_trend_is_followed_where_there_is_one_and_left_where_there_is_none(rng):
    """From the same noisy cells the mean error is smaller with a trend than without, and no larger where the
    field has none.
    """
    away = shrinkage._outwards(GRID)
    smooth = expected(-away + rng.normal(size=64), 1.0, GRID)
    assert stats.pearsonr(smooth, -away).statistic > 0.95
    nothing = expected(rng.normal(size=64), 1.0, GRID)
    assert np.abs(nothing).max() < 1


def test_rows_that_do_not_move_at_all_are_borne():
    rows = rows_of(lambda points: np.where(points[:, 9] > 0.7, points @ HILL, 0.0), 8)
    assert (rows.c == rows.a[:, None]).all(axis=1).any()
    assert np.isfinite(shrunk(rows, GRID, 0.02)).all()


def test_wrong_fields_are_given_up_when_the_indices_are_known_and_right_ones_kept(rng):
    truth = rng.uniform(0.01, 0.1, 64)
    noisy = truth * np.exp(rng.normal(0, 0.5, 64))
    groups = noisy * np.exp(rng.normal(0, 0.5 / np.sqrt(7), (8, 64)))
    np.testing.assert_allclose(blend(truth, noisy, groups), truth, rtol=0.5)
    sharp = truth * np.exp(rng.normal(0, 1e-3, (8, 64)))
    np.testing.assert_allclose(blend(np.full(64, 0.05), truth, sharp), truth, rtol=1e-3)
