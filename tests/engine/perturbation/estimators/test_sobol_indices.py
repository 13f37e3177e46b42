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
        ESTIMATORS[name](rows.a, rows.c), [0.5576, 0.4424, 0.2437], atol=ISHIGAMI_TOLERANCE
    )


@pytest.mark.parametrize("name", ESTIMATORS)
def test_sobol_g(name):
    """Sobol's g-function with factors 0, 1, 4.5, 9 (Saltelli and Sobol 1995)."""
    design = SobolDesign(4, 8192, 8, seed=0)
    rows = design.finished(g_function(design.points(0, design.runs)))
    np.testing.assert_allclose(ESTIMATORS[name](rows.a, rows.c), g_totals(), atol=G_TOLERANCE)


@pytest.mark.models
@pytest.mark.peers
@pytest.mark.parametrize("name", ESTIMATORS)
def test_agrees_with_xplique(name, rng):
    import tensorflow as tf
    from xplique.attributions.global_sensitivity_analysis import sobol_estimators as peers

    peer = {"jansen": "Jansen", "homma": "Homma", "janon": "Janon", "glen": "Glen", "saltelli": "Saltelli"}[
        name
    ]
    a, b, c = rng.random(16), rng.random(16), rng.random((16, 25))
    outputs = np.concatenate([a, b, c.T.ravel()]).astype(np.float32)
    masks = tf.zeros((len(outputs), 5, 5))
    theirs = getattr(peers, f"{peer}Estimator")()(masks, tf.constant(outputs), 16)
    np.testing.assert_allclose(ESTIMATORS[name](a, c).reshape(5, 5), theirs, atol=1e-4)


def test_a_constant_score_is_noticed():
    assert is_constant(np.full(5, 0.3)) and is_constant(np.array([0.2])) and is_constant(np.zeros(4))
    assert is_constant(np.float32(0.999) + np.array([0, 1e-9, 0]))
    assert not is_constant(np.array([0.3, 0.3001]))
