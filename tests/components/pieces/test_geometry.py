"""The outlines and labels that the browser gets are those of the zones."""

import numpy as np
import pytest

from components.pieces.zone_picker.geometry import inner_point, run_lengths, zone_shapes
from engine.visualise.annotations import rings_of


def unpack(runs: list[int], shape: tuple[int, int]) -> np.ndarray:
    return np.repeat(runs[::2], runs[1::2]).reshape(shape)


def points(ring: list[int]) -> np.ndarray:
    return np.cumsum(np.reshape(ring, (-1, 2)), axis=0)


def area_of(ring: list[int]) -> float:
    """Signed area of a ring in pixels, from half pixels."""
    x, y = points(ring).T
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) / 8


@pytest.fixture
def labels(rng: np.random.Generator) -> np.ndarray:
    return rng.integers(0, 4, (12, 17)).astype(np.int32)


def test_run_lengths_give_the_labels_back(labels):
    assert np.array_equal(unpack(run_lengths(labels), labels.shape), labels)
    assert run_lengths(np.zeros((3, 4), np.int32)) == [0, 12]


def test_a_block_is_its_rectangle_with_cut_corners():
    mask = np.zeros((6, 8), bool)
    mask[2:5, 1:7] = True
    (ring,) = rings_of(mask)
    xs, ys = points(ring).T
    assert (xs.min(), xs.max(), ys.min(), ys.max()) == (2, 14, 4, 10)
    assert abs(area_of(ring)) == 18 - 4 * 0.125
    assert len(ring) == 2 * 8


def test_a_hole_is_a_second_ring_of_the_other_direction():
    mask = np.ones((7, 7), bool)
    mask[3, 3] = False
    outer, hole = sorted((area_of(ring) for ring in rings_of(mask)), key=abs, reverse=True)
    assert abs(outer) == 49 - 0.5 and abs(hole) == 0.5 and outer * hole < 0


def test_pixels_that_touch_at_a_corner_share_one_ring():
    mask = np.eye(3, dtype=bool)
    assert len(rings_of(mask)) == 1


def test_rings_of_a_part_lie_where_the_part_is():
    whole = np.zeros((9, 9), bool)
    whole[4:7, 5:8] = True
    assert rings_of(whole[4:7, 5:8], (4, 5)) == rings_of(whole)


@pytest.mark.parametrize(
    "mask", [np.ones((1, 1), bool), np.ones((3, 9), bool), np.arange(25).reshape(5, 5) % 24 == 0]
)
def test_the_inner_point_lies_inside(mask):
    row, column = inner_point(mask)
    assert mask[int(row), int(column)]


def test_every_zone_has_its_shape(labels):
    from scipy import ndimage

    zones = np.zeros_like(labels)
    for value in range(4):
        parts, count = ndimage.label(labels == value, np.ones((3, 3)))
        zones[labels == value] = parts[labels == value] + zones.max()
        assert count
    zones -= 1
    shapes = zone_shapes(zones)
    assert len(shapes) == zones.max() + 1
    for index, shape in enumerate(shapes):
        assert zones[int(shape["row"]), int(shape["column"])] == index
        assert all(isinstance(number, int) for ring in shape["rings"] for number in ring)
        covered = abs(sum(area_of(ring) for ring in shape["rings"]))
        assert covered == pytest.approx(
            (zones == index).sum(), abs=0.25 * sum(len(ring) for ring in shape["rings"])
        )
