import numpy as np
import pytest

from engine.perturbation.designs.sobol_design import SobolDesign
from engine.perturbation.estimators.sobol_indices import ESTIMATORS, is_constant

ISHIGAMI_TOLERANCE = 0.02
G_TOLERANCE = 0.03
G_FACTORS = np.array([0.0, 1.0, 4.5, 9.0])


def ishigami(points):
    x = points * 2 * np.pi - np.pi
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def g_function(points):
    return np.prod((np.abs(4 * points - 2) + G_FACTORS) / (1 + G_FACTORS), axis=1)


def g_totals():
    parts = 1 / (3 * (1 + G_FACTORS) ** 2)
    rest = np.array([np.prod(1 + np.delete(parts, i)) for i in range(len(parts))])
    return parts * rest / (np.prod(1 + parts) - 1)


@pytest.mark.parametrize("name", ESTIMATORS)
def test_ishigami(name):
    """Totals of Ishigami and Homma 1990 with a=7, b=0.1: 0.5576, 0.4424, 0.2437."""
    design = SobolDesign(3, 8192, 8, seed=0)
    rows = design.finished(ishigami(design.points(0, design.runs)))
    np.testing.assert_allclose(
        ESTIMATORS[name](rows.a, rows.b, rows.c), [0.5576, 0.4424, 0.2437], atol=ISHIGAMI_TOLERANCE
    )


@pytest.mark.parametrize("name", ESTIMATORS)
def test_sobol_g(name):
    """Sobol's g-function with factors 0, 1, 4.5, 9 (Saltelli and Sobol 1995)."""
    design = SobolDesign(4, 8192, 8, seed=0)
    rows = design.finished(g_function(design.points(0, design.runs)))
    np.testing.assert_allclose(ESTIMATORS[name](rows.a, rows.b, rows.c), g_totals(), atol=G_TOLERANCE)


@pytest.mark.parametrize("name", ESTIMATORS)
def test_what_is_added_to_the_score_changes_no_index(name):
    """Eight rows of a saturating score, on a level 300 times its spread."""
    design = SobolDesign(4, 8, 8, seed=3)
    rows = design.finished(1 / (1 + np.exp(-6 * (design.points(0, design.runs) @ G_FACTORS - 8))))
    plain, lifted = (ESTIMATORS[name](rows.a + level, rows.b + level, rows.c + level) for level in (0, 300))
    np.testing.assert_allclose(lifted, plain, atol=1e-9)
    assert (plain >= 0).all()


@pytest.mark.slow
@pytest.mark.parametrize("name", ESTIMATORS)
def test_few_rows_have_no_bias_from_a_mixture_of_divisors(name):
    """Mean over 400 seeds of the indices of a sum of four equal inputs, from 8 rows each: a quarter."""
    designs = [SobolDesign(4, 8, 8, seed) for seed in range(400)]
    rows = [design.finished(design.points(0, design.runs).sum(axis=1)) for design in designs]
    found = np.mean([ESTIMATORS[name](one.a, one.b, one.c) for one in rows])
    assert found == pytest.approx(0.25, rel={"pooled": 0.12, "glen": 0.12, "jansen": 0.4}[name])


@pytest.mark.models
@pytest.mark.peers
@pytest.mark.parametrize(("name", "peer"), [("jansen", "Jansen"), ("glen", "Glen")])
def test_agrees_with_xplique(name, peer, rng):
    a, b, c = rng.random(16), rng.random(16), rng.random((16, 25))
    np.testing.assert_allclose(ESTIMATORS[name](a, b, c).reshape(5, 5), _xpliques(peer, a, b, c), atol=1e-4)


@pytest.mark.models
@pytest.mark.peers
@pytest.mark.parametrize("peer", ["Janon", "Homma", "Saltelli"])
def test_xpliques_other_estimators_move_with_the_level_of_the_score(peer, rng):
    """Why they are not offered."""
    a, b, c = rng.random(16), rng.random(16), rng.random((16, 25))
    plain, lifted = (_xpliques(peer, a + level, b + level, c + level) for level in (0, 3))
    assert np.abs(lifted - plain).max() > 0.3


def _xpliques(peer, a, b, c):
    import tensorflow as tf
    from xplique.attributions.global_sensitivity_analysis import sobol_estimators as peers

    outputs = np.concatenate([a, b, c.T.ravel()]).astype(np.float32)
    return getattr(peers, f"{peer}Estimator")()(tf.zeros((len(outputs), 5, 5)), tf.constant(outputs), 16)


def test_a_constant_score_is_noticed():
    assert is_constant(np.full(5, 0.3)) and is_constant(np.array([0.2])) and is_constant(np.zeros(4))
    assert is_constant(np.float32(0.999) + np.array([0, 1e-9, 0]))
    assert not is_constant(np.array([0.3, 0.3001]))
