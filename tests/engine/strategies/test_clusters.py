"""Clusters of maps: groups that were put there are found, and what has none stays whole."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from engine.errors import MapsError
from engine.strategies import clusters
from engine.strategies.clusters import LEAST, NONE, cluster_maps
from engine.strategies.counting import MOST
from engine.strategies.preparing import on_grid, prepare_maps


def spots(count, rng, shift=2.0):
    """Maps with one round spot that shifts about the middle."""
    rows, columns = np.mgrid[:16, :16]
    middle = 8 + shift * rng.normal(size=(count, 2, 1, 1))
    return np.exp(-(np.square(rows - middle[:, 0]) + np.square(columns - middle[:, 1])) / 18)


def with_corner(count, marked, rng):
    """The first maps are strong in a corner instead."""
    maps = spots(count, rng)
    maps[:marked] *= 0.3
    maps[:marked, 12:, 12:] += 1
    return maps


@pytest.mark.slow
@pytest.mark.parametrize("marked", (15, 40))
@pytest.mark.parametrize("seed", (0, 3))
def test_a_corner_that_was_planted_is_a_cluster_of_its_own(marked, seed):
    maps = with_corner(120, marked, np.random.default_rng(seed))
    before = maps.copy()
    found = cluster_maps(maps, seed)
    assert adjusted_rand_score(np.arange(120) < marked, found.labels) > 0.95
    large, small = found.clusters
    assert len(large.rows) > len(small.rows) and small.mean[12:, 12:].min() > 2 * small.mean[:12, :12].max()
    assert set(small.typical.tolist()) <= set(range(marked)) and (maps == before).all()
    assert found.across < 0.01 and found.labels.tobytes() == cluster_maps(maps, seed).labels.tobytes()


@pytest.mark.parametrize("seed", (0, 4))
@pytest.mark.parametrize("kind", ("white", "skewed", "shifting", "wide"))
def test_what_has_no_groups_is_one_cluster(kind, seed):
    """Noise of two distributions, and spots that shift: the last was cut in six before links were counted."""
    rng = np.random.default_rng(seed)
    maps = {
        "white": lambda: np.abs(rng.normal(size=(100, 16, 16))),
        "skewed": lambda: np.exp(rng.normal(size=(100, 16, 16))),
        "shifting": lambda: spots(100, rng),
        "wide": lambda: spots(100, rng, shift=4.0),
    }[kind]()
    found = cluster_maps(maps, seed)
    assert [len(one.rows) for one in found.clusters] == [100] and found.across == 0


def test_how_strong_a_map_is_does_not_count():
    rng = np.random.default_rng(0)
    maps = with_corner(80, 30, rng)
    scaled = maps * 10.0 ** rng.uniform(-150, 150, (80, 1, 1))
    assert (cluster_maps(scaled).labels == cluster_maps(maps).labels).all()


def test_maps_without_places_and_broken_ones_have_no_cluster():
    maps = with_corner(80, 30, np.random.default_rng(0))
    maps[3], maps[4], maps[50, 2, 2], maps[51, 0, 0] = 0.0, 7.5, np.nan, np.inf
    found = cluster_maps(maps)
    assert np.flatnonzero(found.labels == NONE).tolist() == [3, 4, 50, 51]
    assert (found.broken, found.flat, found.usable.sum()) == (2, 2, 76)
    assert [len(one.rows) for one in found.clusters] == [48, 28]
    assert np.isfinite([one.mean for one in found.clusters]).all()


def test_equal_maps_each_count_and_stay_together():
    rng = np.random.default_rng(0)
    maps = spots(90, rng)
    maps[:30] = with_corner(1, 1, rng)
    found = cluster_maps(maps)
    assert found.clusters[1].rows.tolist() == list(range(30))
    same = cluster_maps(np.repeat(maps[:1], 40, axis=0))
    assert [len(one.rows) for one in same.clusters] == [40]


def test_no_more_groups_are_told_apart_than_is_said():
    """Ten corners of a grid, far apart: as many eigenvalues are looked at as eight groups need."""
    maps = np.zeros((240, 16, 16))
    for row in range(240):
        corner = 4 * (row % 10 % 4), 4 * (row % 10 // 4)
        maps[row, corner[0] : corner[0] + 4, corner[1] : corner[1] + 4] = 1
    maps += np.random.default_rng(0).uniform(0, 0.1, maps.shape)
    found = cluster_maps(maps)
    assert len(found.counted.values) == MOST + 1 and len(found.clusters) <= MOST


def test_too_few_maps_are_said_and_as_few_as_are_said_are_enough():
    maps = spots(LEAST, np.random.default_rng(0))
    assert len(cluster_maps(maps).clusters) == 1
    maps[0] = 0
    with pytest.raises(MapsError, match="at least 12 maps with .* there are 11"):
        cluster_maps(maps)
    with pytest.raises(MapsError, match="there are 0"):
        cluster_maps(np.zeros((0, 16, 16)))
    with pytest.raises(MapsError, match="images by rows by columns"):
        cluster_maps(np.zeros((20, 256)))


def test_of_many_maps_some_are_drawn_and_the_others_join_them(monkeypatch):
    monkeypatch.setattr(clusters, "MOST_MAPS", 80)
    found = cluster_maps(with_corner(200, 60, np.random.default_rng(0)))
    assert found.drawn == 80 and adjusted_rand_score(np.arange(200) < 60, found.labels) > 0.95


def test_typical_images_are_those_in_the_middle():
    """Maps that differ along one direction: the one in the middle is the most typical."""
    ramp = np.linspace(-1, 1, 21)
    maps = np.zeros((21, 2, 2))
    maps[:, 0, 0], maps[:, 0, 1] = 3, ramp
    (only,) = cluster_maps(maps).clusters
    assert only.typical[0] in (9, 10, 11) and {0, 20}.isdisjoint(only.typical.tolist())
    assert only.mean[0].tolist() == pytest.approx([1, 0], abs=1e-6)


def test_maps_are_brought_to_one_grid():
    fine = np.zeros((64, 32), np.float32)
    fine[:4, :2] = 1
    found = on_grid(fine)
    assert found.shape == (16, 16) and found[0, 0] == 1 and found.sum() == 1
    coarse = on_grid(np.array([[0, 4]], np.float32))
    assert (
        coarse.shape == (16, 16)
        and (np.diff(coarse, axis=1) >= 0).all()
        and np.ptp(coarse, axis=0).max() == 0
    )
    assert on_grid(np.full((5, 40), 2.5, np.float32)) == pytest.approx(np.full((16, 16), 2.5))


def test_prepared_maps_have_mean_zero_and_length_one():
    rows = prepare_maps(np.random.default_rng(0).uniform(size=(5, 4, 4)) * 1e200).rows
    assert rows.mean(axis=1) == pytest.approx(0, abs=1e-6)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-6)
