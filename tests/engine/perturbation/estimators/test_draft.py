import numpy as np
import pytest
from scipy import linalg, stats

from engine.perturbation.designs.sobol_design import SobolDesign
from engine.perturbation.estimators.draft import Fields, draft, observe, sensitivities, shrink
from engine.perturbation.estimators.sobol_indices import pooled

GRID = 8
HILL = np.exp(-np.add.outer(np.arange(-2, 6) ** 2, np.arange(-4, 4) ** 2) / 8.0).ravel()
"""Weights of cells that matter around row 2, column 4."""


def rows_of(score, designs, seed=0):
    design = SobolDesign(GRID**2, designs, 4, seed)
    return design.finished(score(design.points(0, design.runs).astype(float)))


def test_independent_cells_are_shrunk_by_the_known_factor(rng):
    """James and Stein's case: a field as strong as the noise, no neighbours, keeps half of each deviation."""
    seen = rng.normal(size=(5, 5))
    found = observe(seen, 0.3, Fields(1.0, shared=np.zeros(1), strength=np.ones(1)))
    np.testing.assert_allclose(found.mean[0] - seen.mean(), 0.5 * (seen - seen.mean()), atol=1e-12)


def test_a_smooth_field_is_that_of_the_dense_formula(rng):
    """K (K + v I)^-1 y, and its evidence, with the matrix of all cells written out."""
    seen, noise, fields = (
        rng.normal(size=(4, 6)),
        0.2,
        Fields(1.5, np.array([0.5, 0.9]), np.array([1.0, 3.0])),
    )
    place = np.stack(np.divmod(np.arange(24), 6), axis=1)
    squares = np.square(place[:, None] - place).sum(axis=2)
    covariance = noise * 3.0 * (0.9 * np.exp(-squares / (2 * 1.5**2)) + 0.1 * np.eye(24))
    total, deviation = covariance + noise * np.eye(24), seen.ravel() - seen.mean()
    found = observe(seen, noise, fields)
    np.testing.assert_allclose(
        found.mean[1].ravel() - seen.mean(), covariance @ linalg.solve(total, deviation), atol=1e-9
    )
    likelihood = stats.multivariate_normal.logpdf(deviation, cov=total) + 12 * np.log(2 * np.pi)
    assert found.evidence[1] == pytest.approx(likelihood)


def test_sensitivities_of_a_sum_are_its_weights_without_noise():
    logs, noise = sensitivities(rows_of(lambda points: points @ HILL, 4))
    np.testing.assert_allclose(logs, 0.5 * np.log(np.maximum(HILL, 1e-6 * HILL.max())), atol=1e-6)
    assert noise == pytest.approx(0.5 / 16)


def test_with_little_noise_nothing_is_shrunk_and_with_much_nearly_everything(rng):
    seen = rng.normal(size=(8, 8))
    assert np.abs(shrink(seen, 1e-4) - seen).max() < 0.02
    assert np.ptp(shrink(seen, 100.0)) < 0.2 * np.ptp(seen)


def indices_of(rows):
    return pooled(rows.a, rows.b, rows.c)


def test_four_rows_rank_the_cells_of_a_bumpy_hill_better_than_jansen():
    def score(points):
        return np.tanh(points @ HILL - 4) * (1 + np.sin(7 * points @ np.roll(HILL, 1)))

    truth = indices_of(rows_of(score, 512, 1))
    found = [rows_of(score, 4, seed) for seed in range(5)]
    plain = [stats.spearmanr(indices_of(rows), truth).statistic for rows in found]
    drawn = [stats.spearmanr(draft(rows, GRID, 1.0).ravel(), truth).statistic for rows in found]
    assert np.median(drawn) > np.median(plain) + 0.05


def test_values_have_the_mean_that_is_asked_for_unless_one_would_pass_1():
    rows = rows_of(lambda points: points @ HILL, 4)
    level = indices_of(rows).mean()
    assert draft(rows, GRID, level).mean() == pytest.approx(level)
    assert draft(rows, GRID, 50 * level).max() == pytest.approx(1)


def test_a_score_that_only_one_cell_moves_stays_finite():
    found = draft(rows_of(lambda points: points[:, 9], 2), GRID, 0.02)
    assert np.isfinite(found).all() and found.argmax() == 9
