"""Groups by density: those that were put there, none in noise, and one more image in its place."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from engine.errors import ProjectionError
from engine.projection import groups
from engine.projection.groups import NONE, feature_groups
from engine.projection.params import PacmapParams
from engine.projection.placing import NEAREST, place_image
from engine.projection.project import project


def lumps(each=40, count=3, features=12, seed=0):
    rng = np.random.default_rng(seed)
    label = np.repeat(np.arange(count), each)
    return 20 * np.eye(count, features)[label] + rng.normal(size=(len(label), features)), label


def test_groups_are_found_the_largest_first_and_what_lies_apart_is_in_none():
    features, label = lumps()
    features, label = np.delete(features, slice(0, 20), axis=0), label[20:]
    features[[30, 70]] = [[300] * 12, [-300] * 12]
    found = feature_groups(features)
    apart = np.isin(np.arange(100), [30, 70])
    assert (found.labels[apart] == NONE).all() and not found.is_noise
    assert adjusted_rand_score(label[~apart], found.labels[~apart]) > 0.95
    sizes = np.bincount(found.labels[found.labels >= 0])
    assert found.count == 3 and (np.diff(sizes) <= 0).all() and "3 groups hold" in found.verdict
    assert (feature_groups(features).labels == found.labels).all()


@pytest.mark.parametrize("seed", range(4))
def test_noise_is_in_no_group_or_is_called_noise(seed):
    found = feature_groups(np.random.default_rng(seed).normal(size=(200, 12)), seed)
    assert found.count == 0 or found.is_noise


def test_rows_that_are_no_numbers_are_in_no_group_and_twins_each_count():
    features, _label = lumps()
    features[5], features[50:70] = np.nan, features[50]
    found = feature_groups(features)
    assert found.labels[5] == NONE and len(set(found.labels[50:70].tolist())) == 1


def test_of_many_images_some_are_drawn(monkeypatch):
    monkeypatch.setattr(groups, "MOST", 60)
    features, label = lumps()
    found = feature_groups(features)
    known = found.labels != NONE
    assert known.mean() > 0.9 and adjusted_rand_score(label[known], found.labels[known]) > 0.95


def test_too_few_images_are_said():
    with pytest.raises(ProjectionError, match="at least 16 different images; there are 1"):
        feature_groups(np.ones((40, 3)))


@pytest.mark.parametrize("dimensions", (2, 3))
def test_a_place_in_pca_is_exact(dimensions):
    """An image that was laid out is placed where it is; so is one that was left out of the layout."""
    features, _label = lumps()
    layout = project(features, "pca", dimensions=dimensions)
    for row in (0, 100):
        found = place_image(features, layout, features[row])
        assert found.exact and found.point == pytest.approx(layout.points[row], abs=1e-5)
    middle = place_image(features, layout, (features[0] + features[100]) / 2)
    assert middle.point == pytest.approx((layout.points[0] + layout.points[100]) / 2, abs=1e-5)
    far = place_image(features, layout, 3 * features[0] - 2 * features[100])
    assert far.point == pytest.approx(3 * layout.points[0] - 2 * layout.points[100], abs=1e-4)


def test_elsewhere_the_nearest_images_say_where():
    features, label = lumps()
    features[7] = np.nan
    layout = project(features, "pacmap", PacmapParams(iterations=100))
    same = place_image(features, layout, features[50])
    assert not same.exact and (same.point == layout.points[50]).all() and same.near.indices[0, 0] == 50
    near = place_image(features, layout, features[label == 2].mean(axis=0))
    assert (label[near.near.indices[0]] == 2).all() and near.near.indices.shape == (1, NEAREST)
    low, high = layout.points[label == 2].min(axis=0), layout.points[label == 2].max(axis=0)
    assert (low <= near.point).all() and (near.point <= high).all()


def test_what_cannot_be_placed_is_said():
    features, _label = lumps()
    layout = project(features, "pca")
    for wrong in (features[0, :5], np.full(12, np.nan)):
        with pytest.raises(ProjectionError, match="no features that could be compared"):
            place_image(features, layout, wrong)
