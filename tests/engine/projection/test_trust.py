"""Trustworthiness and recall: on paper, against scikit-learn, and noise that is called noise."""

import numpy as np
import pytest

from engine.errors import ProjectionError
from engine.projection import trust as module
from engine.projection.params import PacmapParams, TsneParams
from engine.projection.project import project
from engine.projection.trust import neighbours_kept, trust

QUICK = {"pca": None, "pacmap": PacmapParams(iterations=200), "tsne": TsneParams(iterations=250)}


def cloud(count=300, features=20, seed=0):
    return np.random.default_rng(seed).normal(size=(count, features)).astype(np.float32)


def whole(features, points):
    return neighbours_kept(np.float32(features), np.float32(points), np.arange(len(features)))


def test_a_perfect_layout_keeps_all():
    plane = cloud(features=2)
    assert whole(plane, plane * 3 + 1) == module.Kept(1.0, 1.0)


def test_a_line_that_is_folded_is_as_on_paper():
    """Five places on a line, one neighbour each: after 0 and 4 are swapped, the nearest in the layout of each
    place lies at ranks 3 1 1 1 3 or so in the features; counted by hand below.
    """
    line = np.array([0.0, 1.0, 2.1, 3.3, 4.6])
    folded = line[[4, 1, 2, 3, 0]]
    # neighbours in the layout: 0 -> 3, 1 -> 4, 2 -> 1, 3 -> 2, 4 -> 1 with one neighbour; two are looked at:
    # 0: {3, 2}, 1: {4, 2}, 2: {1, 3}, 3: {2, 0}, 4: {1, 2}
    # ranks in the features: 0: 3, 2; 1: 4, 2; 2: 1, 2; 3: 1, 4 (by distances 1.2 1.3 2.3 3.3); 4: 3, 2
    faults = (3 - 2) + (4 - 2) + 0 + (4 - 2) + (3 - 2)
    found = whole(line[:, None], folded[:, None])
    assert found.trustworthiness == pytest.approx(1 - 2 / (5 * 2 * (2 * 5 - 3 * 2 - 1)) * faults)
    assert found.recall == pytest.approx((1 + 1 + 2 + 1 + 1) / 10)


def test_trustworthiness_is_that_of_scikit_learn():
    from sklearn.manifold import trustworthiness

    features = cloud()
    for points in (features[:, :2], cloud(features=2, seed=1)):
        peer = trustworthiness(features, points, n_neighbors=10)
        assert whole(features, points).trustworthiness == pytest.approx(peer, abs=1e-12)


def test_points_by_chance_are_near_one_half():
    found = whole(cloud(1000), cloud(1000, 2, seed=1))
    assert found.trustworthiness == pytest.approx(0.5, abs=0.02)
    assert found.recall == pytest.approx(10 / 999, abs=0.006)


@pytest.mark.slow
def test_a_sample_estimates_the_figure_of_all():
    features = cloud(1200)
    points = features[:, :2]
    rng = np.random.default_rng(5)
    truth, missed = whole(features, points), 0
    for _again in range(60):
        some = neighbours_kept(features, points, rng.choice(1200, 100, replace=False))
        missed += abs(some.trustworthiness - truth.trustworthiness) > some.half_width
    assert truth.half_width == 0 and missed <= 8  # 3 of 60 are expected


@pytest.mark.slow
@pytest.mark.parametrize("key", QUICK)
def test_noise_is_called_noise(key):
    features = cloud()
    found = trust(features, project(features, key, QUICK[key]))
    assert found.is_noise and abs(found.gain) < 0.25 and "noise" in found.verdict
    assert len(found.nulls) == 6 and found.bar >= 0.2


@pytest.mark.slow
@pytest.mark.parametrize("key", QUICK)
def test_groups_are_not_called_noise(key):
    features = cloud() + 4 * np.eye(3, 20, dtype=np.float32)[np.arange(300) % 3] @ cloud(20, 20, seed=9)
    found = trust(features, project(features, key, QUICK[key]))
    assert not found.is_noise and found.verdict.startswith("Above noise: neighbours are kept")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ("far apart", "skewed", "unequal"))
def test_what_shuffling_or_skew_would_mistake(kind):
    """Groups far apart are groups, also where each feature alone has their gaps; half-cut noise is noise."""
    noise = cloud(400)
    features = {
        "far apart": noise + 4 * cloud(3, 20, seed=9)[np.arange(400) % 3],
        "skewed": np.maximum(noise, 0),
        "unequal": noise * np.geomspace(1, 20, 20, dtype=np.float32),
    }[kind]
    found = trust(features, project(features, "pacmap"))
    assert found.is_noise == (kind != "far apart")


def test_more_images_than_are_looked_at_are_drawn(monkeypatch):
    monkeypatch.setattr(module, "LOOKED_AT", 120)
    features = cloud()
    found = trust(features, project(features, "pca"))
    assert found.images == 120 and found.kept.half_width > 0 and found.is_noise


def test_rows_that_are_no_numbers_are_left_out_and_few_are_said():
    features = cloud(60)
    features[3] = np.nan
    assert trust(features, project(features, "pca")).images == 59
    few = cloud(3)
    with pytest.raises(ProjectionError, match="at least four images"):
        trust(few, project(few, "pca"))
    with pytest.raises(ProjectionError, match="60 points, the table 59 rows"):
        trust(features[1:], project(features, "pca"))


def test_the_same_seed_repeats():
    features = cloud(80)
    layout = project(features, "pca")
    assert trust(features, layout, 3) == trust(features, layout, 3)
