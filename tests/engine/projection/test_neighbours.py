"""Neighbours in the whole feature space."""

import numpy as np
import pytest

from engine.errors import ProjectionError
from engine.projection.neighbours import nearest, neighbours


def test_neighbours_on_a_line_are_those_on_paper():
    line = np.array([[0.0], [1.0], [3.0], [7.0]])
    found = nearest(line, np.arange(4), 2)
    assert found.indices.tolist() == [[1, 2], [0, 2], [1, 0], [2, 1]]
    assert found.distances.tolist() == [[1, 3], [1, 2], [2, 3], [4, 6]]


def test_equal_distances_come_in_the_order_of_the_rows():
    same = np.zeros((5, 3))
    assert neighbours(same, 2, 4).indices.tolist() == [[0, 1, 3, 4]]
    assert nearest(same, np.arange(5), 2).indices.tolist() == [[1, 2], [0, 2], [0, 1], [0, 1], [0, 1]]


@pytest.mark.parametrize("shift", (0, 1e6), ids=("about zero", "far from zero"))
def test_many_at_once_are_those_of_scikit_learn(shift):
    from sklearn.neighbors import NearestNeighbors

    features = np.random.default_rng(3).normal(size=(700, 9)) + shift
    peer = NearestNeighbors(n_neighbors=7, algorithm="kd_tree").fit(features)
    distances, indices = peer.kneighbors()
    found = nearest(features, np.arange(700), 7)
    assert found.indices.tolist() == indices.tolist()
    assert found.distances == pytest.approx(distances, rel=1e-9)
    one = neighbours(features, 55, 7)
    assert one.indices[0].tolist() == indices[55].tolist() and one.distances[0] == pytest.approx(
        distances[55]
    )


def test_blocks_do_not_change_what_is_found(monkeypatch):
    features = np.random.default_rng(3).normal(size=(60, 4))
    whole = nearest(features, np.arange(60), 5)
    monkeypatch.setattr("engine.projection.neighbours.BLOCK", 7 * 60)
    assert nearest(features, np.arange(60), 5).indices.tolist() == whole.indices.tolist()


def test_rows_that_are_no_numbers_are_nobodys_neighbours_and_have_none():
    features = np.array([[0.0], [np.nan], [2.0], [np.inf], [1.0]])
    assert neighbours(features, 0, 9).indices.tolist() == [[4, 2]]
    assert neighbours(features, 1, 9).indices.shape == (1, 0)


def test_great_and_small_features_neither_overflow_nor_vanish():
    for size in (1e30, 1e-30):
        found = neighbours(np.float32([[0.0], [3 * size], [size]]), 0, 2)
        assert found.indices.tolist() == [[2, 1]] and found.distances[0] == pytest.approx([size, 3 * size])


def test_what_is_no_table_is_said():
    with pytest.raises(ProjectionError, match="images by features"):
        neighbours(np.zeros(4), 0, 1)
