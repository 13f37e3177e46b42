import numpy as np
import pytest

from engine.errors import TargetError
from engine.zones import SMALL_SHARE, list_zones

NAMES = ("road", "sky", "car")


def one_hot(classes, strength=0.8):
    """Probabilities whose winner is the given class everywhere."""
    classes = np.asarray(classes)
    rest = (1 - strength) / 2
    return np.where(np.arange(3) == classes[..., None], strength, rest).astype(np.float32)


def test_zones_of_a_small_map():
    zones = list_zones(one_hot([[1, 1, 1, 1], [0, 2, 0, 0], [0, 0, 2, 0]]), NAMES)
    found = [(NAMES[zone.class_index], round(zone.area * 12)) for zone in zones.zones]
    assert found == [("road", 6), ("sky", 4), ("car", 2)]  # the two cars and the two roads touch at corners
    assert zones.zones[0].probability == pytest.approx(0.8)
    assert zones.title(2) == "car"


def test_same_class_apart_is_two_zones_and_order_is_stable():
    zones = list_zones(one_hot([[2, 0, 2]]), NAMES)
    assert [zone.class_index for zone in zones.zones] == [2, 0, 2]
    np.testing.assert_array_equal(zones.labels, [[0, 1, 2]])


def test_a_point_is_row_and_column():
    zones = list_zones(one_hot([[1, 1, 1], [0, 0, 2]]), NAMES)
    assert NAMES[zones.at((0.9, 0.9)).class_index] == "car"
    assert NAMES[zones.at((0.1, 0.9)).class_index] == "sky"
    assert NAMES[zones.at((1.0, 0.0)).class_index] == "road"


@pytest.mark.parametrize("point", [(-0.1, 0.5), (0.5, 1.01), (2, 2)])
def test_a_point_outside_is_refused(point):
    with pytest.raises(TargetError, match="outside"):
        list_zones(one_hot([[1, 0]]), NAMES).at(point)


def test_unknown_zone_is_refused():
    with pytest.raises(TargetError, match="Zone 9"):
        list_zones(one_hot([[1, 0]]), NAMES).zone_target(8)


def test_small_zones_are_offered_but_flagged():
    classes = np.zeros((60, 60), int)
    classes[0, 0] = 2
    small = list_zones(one_hot(classes), NAMES).zones[1]
    assert small.small and small.area < SMALL_SHARE


def test_neighbours_touch_also_at_corners():
    zones = list_zones(one_hot([[1, 1, 1], [0, 0, 2]]), NAMES)
    assert zones.neighbours(2) == (0, 1)
    assert zones.shared_border_target(2, 0) == zones.shared_border_target(0, 2)


def test_zones_are_counted_within_their_class_and_one_begins_with_a_thing():
    zones = list_zones(one_hot([[0, 0, 0, 0, 0, 0], [1, 2, 1, 2, 2, 1], [1, 1, 1, 1, 1, 1]]), NAMES)
    assert [str(zones.title(index)) for index in range(len(zones.zones))] == [
        "sky",
        "road",
        "car 1 of 2",
        "car 2 of 2",
    ]
    assert zones.zones[zones.foreground()].class_index == 2
    unknown = list_zones(one_hot([[0, 0, 0], [0, 1, 0], [0, 0, 0]]), ("a", "b"))
    assert unknown.foreground() == 1  # no edge of the picture cuts it
