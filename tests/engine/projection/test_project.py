"""Layouts of the whole table: contract, groups that are known, seeds, and features that are not all well."""

import numpy as np
import pytest

from engine.errors import ParamsError, ProjectionError
from engine.projection import table
from engine.projection.params import PacmapParams, TsneParams, UmapParams
from engine.projection.project import project
from engine.projection.table import PROJECTIONS

QUICK = {"pacmap": PacmapParams(iterations=150), "tsne": TsneParams(iterations=250), "umap": UmapParams()}
ABSENT = pytest.mark.skipif(
    PROJECTIONS["umap"].why_not() is not None, reason="umap-learn, of requirements-umap.txt, is not installed"
)
HEAVY = {"umap": (pytest.mark.models, ABSENT)}
"""UMAP imports TensorFlow where it is there."""
METHODS = [pytest.param(key, marks=HEAVY.get(key, ())) for key in PROJECTIONS]


def groups(each=40, count=3, features=12):
    """Groups that lie far apart, and which group each row is of."""
    rng = np.random.default_rng(0)
    label = np.repeat(np.arange(count), each)
    return (20 * np.eye(count, features)[label] + rng.normal(size=(len(label), features))).astype(
        np.float32
    ), label


def run(features, key, **asked):
    return project(features, key, QUICK.get(key), **asked)


def purity(points, label):
    """Share of points whose nearest other point is of their group."""
    gaps = np.linalg.norm(points[:, None] - points, axis=2) + np.diag(np.full(len(points), np.inf))
    return (label[gaps.argmin(1)] == label).mean()


@pytest.mark.slow
@pytest.mark.parametrize("key", METHODS)
@pytest.mark.parametrize("dimensions", (2, 3))
def test_known_groups_are_recovered_and_a_seed_repeats_to_the_bit(key, dimensions):
    features, label = groups()
    before = features.copy()
    one, two = (run(features, key, dimensions=dimensions, seed=4) for _again in range(2))
    assert one.points.shape == (120, dimensions) and one.points.dtype == np.float32
    assert one.points.tobytes() == two.points.tobytes()
    assert purity(one.points, label) == 1
    assert features.tobytes() == before.tobytes()


@pytest.mark.slow
@pytest.mark.parametrize("key", [one for one in METHODS if one.values != ("pca",)])
def test_another_seed_gives_another_layout(key):
    features, _label = groups()
    assert run(features, key, seed=1).points.tobytes() != run(features, key, seed=2).points.tobytes()


@pytest.mark.parametrize("key", METHODS)
def test_rows_keep_their_place_where_some_are_no_numbers_or_twins(key):
    features, label = groups()
    features[7] = np.nan
    features[30, 2] = np.inf
    features[[50, 51]] = features[49]
    found = run(features, key)
    assert np.flatnonzero(~found.usable).tolist() == [7, 30]
    assert np.isnan(found.points[[7, 30]]).all()
    assert found.points[50].tolist() == found.points[49].tolist() == found.points[51].tolist()
    others = np.setdiff1d(np.arange(120), [7, 30, 50, 51])
    assert purity(found.points[others], label[others]) == 1
    assert "Images left out because a feature is not a number: 2 of 120." in found.notes
    assert key == "pca" or any(note.endswith("drawn at its point: 2 of 120.") for note in found.notes)


@pytest.mark.parametrize("key", METHODS)
@pytest.mark.parametrize("count", (0, 1))
def test_too_few_images_are_said(key, count):
    with pytest.raises(ProjectionError, match=f"needs at least .* different images; there are {count}"):
        run(np.ones((count, 4), np.float32), key)


@pytest.mark.parametrize("key", METHODS)
def test_images_that_are_all_the_same_are_said(key):
    with pytest.raises(ProjectionError, match="there are 1"):
        run(np.ones((50, 4), np.float32), key)


@pytest.mark.parametrize("key", METHODS)
def test_as_few_images_as_are_said_are_enough(key):
    features = np.random.default_rng(0).normal(size=(PROJECTIONS[key].least, 4))
    assert np.isfinite(run(features, key).points).all()


def test_pca_is_what_it_is_on_paper():
    """Points on a line of slope 4/3, 5 apart: all variance is along it, none across."""
    found = project(np.array([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]]), "pca")
    assert np.abs(found.points[:, 0]) == pytest.approx([1, 0, 1], abs=0.3)
    assert found.points[:, 1] == pytest.approx([0, 0, 0], abs=1e-6)
    assert found.notes == ("100 % of the variance is in this view.",)


def test_pca_counts_twins_as_often_as_they_are_there():
    features = np.array([[0.0, 0.0], [0.0, 1.0], *[[5.0, 0.0]] * 40])
    found = project(features, "pca")
    assert found.points[2:].std() < 1e-5 + np.abs(found.points[2:]).max()
    assert np.allclose(found.points.mean(0), 0, atol=1e-6)


def test_one_feature_in_three_dimensions_is_flat():
    found = project(np.arange(12.0)[:, None], "pca", dimensions=3)
    assert np.ptp(found.points, axis=0)[0] > 0 and not found.points[:, 1:].any()


def test_many_features_are_reduced_first_and_that_is_said():
    features = np.random.default_rng(0).normal(size=(80, 300))
    notes = project(features, "pacmap", QUICK["pacmap"]).notes
    assert notes[0].startswith("300 features were reduced to 50 by PCA first; ")


def test_a_perplexity_that_is_too_high_is_lowered_and_that_is_said():
    features = np.random.default_rng(0).normal(size=(31, 5))
    notes = project(features, "tsne", TsneParams(perplexity=30, iterations=250)).notes
    assert notes == ("Perplexity lowered from 30.0 to 10.0, since there are only 31 different images.",)


def test_great_features_of_half_precision_do_not_overflow():
    features, label = groups()
    for great in (np.float16(features * 1000), features.astype(np.float64) * 1e200):
        assert purity(run(great, "pacmap").points, label) == 1


def test_t_sne_without_open_tsne_is_that_of_scikit_learn(monkeypatch):
    features, label = groups()
    monkeypatch.setitem(__import__("sys").modules, "openTSNE", None)
    found = project(features, "tsne", QUICK["tsne"])
    assert purity(found.points, label) == 1


def test_a_library_that_is_missing_is_said_and_nothing_breaks(monkeypatch):
    monkeypatch.setattr(table, "find_spec", lambda _name: None)
    assert [row.why_not() is None for row in PROJECTIONS.values()] == [True, True, True, False]
    with pytest.raises(ProjectionError, match="UMAP needs the library umap-learn, which is not installed"):
        project(groups()[0], "umap")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"method": "isomap"}, "There is no layout 'isomap'"),
        ({"method": "pca", "dimensions": 4}, "2 or 3 dimensions"),
        ({"method": "pca", "params": TsneParams()}, "PCA has other parameters"),
    ],
)
def test_what_does_not_fit_is_said(asked, said):
    with pytest.raises(ParamsError, match=said):
        project(groups()[0], **asked)


@pytest.mark.parametrize("shape", ((5,), (5, 0), (2, 3, 4)))
def test_what_is_no_table_of_features_is_said(shape):
    with pytest.raises(ProjectionError, match="images by features"):
        project(np.zeros(shape), "pca")


def test_the_table_is_complete():
    for key, row in PROJECTIONS.items():
        assert key == row.key and row.url.startswith("https://") and row.how_to_read and row.caveats
        assert row.params() == row.params()
