"""Images unlike the rest: on paper, against scikit-learn, false alarms, copies, and what is refused."""

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from engine.errors import ProjectionError
from engine.evaluation.hygiene.outliers import outliers


def test_distances_are_those_of_scikit_learn(rng):
    features = rng.standard_normal((80, 6))
    found = outliers(features, 5)
    peer = NearestNeighbors(n_neighbors=6).fit(features).kneighbors(features)[0][:, 1:].mean(1)
    assert found.distances == pytest.approx(np.sort(peer)[::-1]) and found.rows[0] == peer.argmax()
    assert (found.neighbours != found.rows[:, None]).all() and (np.diff(found.scores) <= 0).all()


def test_what_was_put_apart_is_found(rng):
    features = rng.standard_normal((300, 8))
    features[[7, 99]] += 12
    features[5] = np.nan
    found = outliers(features)
    assert set(found.rows[:2].tolist()) == {7, 99} and found.is_unlike[:2].all()
    assert 5 not in found.rows and len(found.rows) == 299


def test_a_copy_does_not_make_an_odd_image_ordinary(rng):
    features = rng.standard_normal((200, 4))
    features[[3, 4]] = 30
    assert set(outliers(features).rows[:2].tolist()) == {3, 4}


@pytest.mark.slow
@pytest.mark.parametrize(("groups", "most"), [(1, 0.3), (5, 1.0)])
def test_sets_without_odd_images_seldom_have_one(groups, most):
    """Marks a set, of one group or five, with features that differ in spread: a hint, not a test."""
    alarms = []
    for seed in range(30):
        draws, sizes = np.random.default_rng(seed), np.exp(-np.arange(64) / 8)
        centres = 2 * draws.standard_normal((groups, 64)) * (groups > 1)
        own = 0.3 * draws.standard_normal((400, 64)) + centres[draws.integers(0, groups, 400)]
        alarms.append(outliers(own * (sizes if groups > 1 else 1)).is_unlike.sum())
    assert np.mean(alarms) < most


def test_equal_images_and_too_few():
    same = outliers(np.ones((30, 2)))
    assert not same.is_unlike.any() and (same.distances == 0).all()
    with pytest.raises(ProjectionError, match="At least 20 images"):
        outliers(np.ones((19, 2)))
