import numpy as np
import pytest
from scipy import linalg, stats

from engine.perturbation.estimators.draft import Fields, observe, sensitivities, shrink
from tests.engine.perturbation.estimators.hills import HILL, rows_of


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
