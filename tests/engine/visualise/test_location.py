"""Location of half a map, on cases solved on paper."""

import numpy as np
import pytest

from engine.visualise.location import coverage, locate


def zone_at(rows, columns, shape=(8, 8)):
    mask = np.zeros(shape, bool)
    mask[rows, columns] = True
    return mask


def one_cell(row, column, shape=(8, 8)):
    strength = np.zeros(shape, np.float32)
    strength[row, column] = 1
    return strength


def test_coverage_is_the_share_of_each_cell():
    zone = zone_at(slice(0, 3), slice(0, 4), (4, 8))
    np.testing.assert_allclose(coverage(zone, (2, 2)), [[1, 0], [0.5, 0]])
    np.testing.assert_allclose(coverage(zone, (4, 3))[0], [1, 0.5, 0], atol=1e-6)
    assert coverage(zone, (3, 5)).mean() == pytest.approx(zone.mean())


@pytest.mark.parametrize(
    ("cell", "where"),
    [
        ((2, 2), ("upper", "left", False)),
        ((3, 3), ("middle", "middle", False)),
        ((4, 4), ("lower", "right", False)),
        ((0, 3), ("upper", "middle", True)),
        ((7, 7), ("lower", "right", True)),
        ((3, 0), ("middle", "left", True)),
    ],
)
def test_the_third_of_the_zone_s_box(cell, where):
    found = locate(one_cell(*cell), zone_at(slice(2, 5), slice(2, 5)))
    assert (found.vertical, found.horizontal, found.beyond) == where
    assert found.inside == (0 if where[2] else 1) and (found.cells, found.of_cells) == (1, 64)


def test_half_is_carried_by_the_fewest_cells():
    strength = np.array([[5, 3, 1, 1]], np.float32)
    zone = zone_at(slice(0, 2), slice(0, 2), (2, 8))
    assert locate(strength, zone).cells == 1
    strength = np.array([[4, 3, 2, 1]], np.float32)
    found = locate(strength, zone)
    assert found.cells == 2 and found.inside == pytest.approx(4 / 7)


def test_nothing_is_said_of_an_empty_map_or_zone():
    assert locate(np.zeros((2, 2), np.float32), zone_at(0, 0)) is None
    assert locate(one_cell(0, 0), np.zeros((8, 8), bool)) is None
