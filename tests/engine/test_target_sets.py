"""The targets that one pass answers, in their order."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

from engine.errors import TargetError
from engine.evaluation.region_target import RegionContrast
from engine.target_sets import TargetSet, column
from engine.targets import ClassContrast, Scorer
from engine.zones import Zones, list_zones

NAMES = ("a", "b", "c")


@pytest.fixture
def zones(rng) -> Zones:
    return list_zones(rng.dirichlet([0.3] * 3, (6, 8)), NAMES)


@pytest.fixture
def targets(zones) -> TargetSet:
    return TargetSet((6, 8, 3), NAMES, zones)


def test_targets_are_those_of_the_zones_in_their_order(targets, zones):
    count = len(zones.zones)
    expected = [zones.zone_target(zone) for zone in range(count)] + [
        zones.border_target(zone) for zone in range(count)
    ]
    expected += [zones.shared_border_target(low, high) for low, high in zones.touching]
    assert list(targets) == expected and len(targets) == len(expected) > 3 * count
    assert targets[2:4] == expected[2:4]


def test_targets_are_found_by_their_zones(targets, zones):
    first, second = zones.touching[-1]
    assert targets[targets.zone(1)] == zones.zone_target(1) and targets.zones_of(targets.zone(1)) == (1,)
    assert targets[targets.border(1)] == zones.border_target(1) and targets.zones_of(targets.border(1)) == (
        1,
    )
    shared = targets.shared_border(second, first)
    assert targets[shared] == zones.shared_border_target(first, second) and targets.zones_of(shared) == (
        first,
        second,
    )
    for wrong in (
        lambda: targets.zone(len(zones.zones)),
        lambda: targets.border(-1),
        lambda: targets.shared_border(0, 0),
    ):
        with pytest.raises(TargetError):
            wrong()


def test_a_zone_that_fills_the_picture_has_no_border():
    alone = TargetSet((4, 4, 3), NAMES, list_zones(np.full((4, 4, 3), 1 / 3), NAMES))
    assert len(alone) == 1
    with pytest.raises(TargetError, match="no boundary"):
        alone.border(0)


def test_targets_of_a_classification_are_its_classes():
    classes = TargetSet((3,), NAMES, None)
    assert [(target.index, target.label) for target in classes] == [(0, "a"), (1, "b"), (2, "c")]
    assert classes.zones_of(1) == ()


def test_one_class_rather_than_another_is_the_difference_of_their_columns(rng):
    classes = TargetSet((3,), NAMES, None)
    assert classes.wanted(1) == classes[1]
    contrast = classes.wanted((2, 0))
    assert contrast == ClassContrast(2, 0, label="c in contrast with a") and classes.zones_of((2, 0)) == ()
    outputs = rng.normal(size=(5, 3)).astype(np.float32)
    scores = Scorer(classes, (3,)).score(outputs)
    np.testing.assert_allclose(
        column(scores, (2, 0)), Scorer([contrast], (3,)).score(outputs)[:, 0], rtol=1e-6
    )
    np.testing.assert_array_equal(column(scores, 1), outputs[:, 1])


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [(3, "no target 3"), ((0, -1), "no target"), ((1, 1), "b cannot be contrasted with itself")],
)
def test_what_cannot_be_wanted_of_classes(wanted, sentence):
    with pytest.raises(TargetError, match=sentence):
        TargetSet((3,), NAMES, None).wanted(wanted)


def test_zones_are_not_set_against_each_other(targets):
    assert targets.wanted(1) == targets[1]
    with pytest.raises(TargetError, match="boundary between two"):
        targets.wanted((0, 1))


def test_targets_travel_light(targets, zones):
    assert zones.touching  # made once, kept by the zones
    sent = pickle.loads(pickle.dumps(targets))
    assert "touching" not in vars(sent.zones) and sent.digest == targets.digest
    other = TargetSet(targets.output_shape, NAMES, replace(zones, labels=zones.labels[::-1].copy()))
    assert other.digest != targets.digest


def test_regions_come_last_and_are_about_no_zone(targets):
    region = RegionContrast(0, 1, np.ones((2, 2), bool), (1, 1), (12, 16))
    more = replace(targets, regions=(region,))
    assert len(more) == len(targets) + 1 and more[more.region(0)] == region == more.wanted(len(targets))
    assert more.zones_of(more.region(0)) == () and list(more)[:-1] == list(targets)
    assert more.digest != targets.digest
    with pytest.raises(TargetError, match="Zone 2"):
        more.region(1)
