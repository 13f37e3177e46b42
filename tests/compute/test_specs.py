"""Keys, chunk sizes and the list of targets."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest

from compute.specs import ChunkScores, PassOrder, chunk_runs
from compute.target_sets import TargetSet
from engine.errors import TargetError
from engine.params import from_texts
from engine.perturbation.params import SobolParams
from engine.picture import Picture
from engine.zones import Zones, list_zones

NAMES = ("a", "b", "c")


@pytest.fixture
def zones(rng) -> Zones:
    return list_zones(rng.dirichlet([0.3] * 3, (6, 8)), NAMES)


@pytest.fixture
def targets(zones) -> TargetSet:
    return TargetSet((6, 8, 3), NAMES, zones)


def test_targets_are_those_of_the_zones_in_their_order(targets, zones):
    assert len(targets) == len(zones.targets) > 3 * len(zones.zones)
    assert list(targets) == list(zones.targets)
    assert targets[2:4] == list(zones.targets[2:4])


def test_targets_are_found_by_their_zones(targets, zones):
    first, second = zones.touching[-1]
    assert targets[targets.zone(1)] == zones.zone_target(1) and targets.zones_of(targets.zone(1)) == (1,)
    assert targets[targets.border(1)] == zones.border_target(1) and targets.zones_of(targets.border(1)) == (1,)
    shared = targets.shared_border(second, first)
    assert targets[shared] == zones.shared_border_target(first, second) and targets.zones_of(shared) == (first, second)
    for wrong in (lambda: targets.zone(len(zones.zones)), lambda: targets.border(-1), lambda: targets.shared_border(0, 0)):
        with pytest.raises(TargetError):
            wrong()


def test_a_zone_that_fills_the_picture_has_no_border():
    alone = TargetSet((4, 4, 3), NAMES, list_zones(np.full((4, 4, 3), 1 / 3), NAMES))
    assert len(alone) == 1
    with pytest.raises(TargetError, match="no border"):
        alone.border(0)


def test_targets_of_a_classification_are_its_classes():
    classes = TargetSet((3,), NAMES, None)
    assert [(target.index, target.label) for target in classes] == [(0, "a"), (1, "b"), (2, "c")]
    assert classes.zones_of(1) == ()


def test_targets_travel_light(targets, zones):
    assert zones.targets  # made once, kept by the zones
    sent = pickle.loads(pickle.dumps(targets))
    assert "targets" not in vars(sent.zones) and sent.digest == targets.digest
    other = TargetSet(targets.output_shape, NAMES, replace(zones, labels=zones.labels[::-1].copy()))
    assert other.digest != targets.digest


def test_equal_orders_have_equal_keys(asked):
    order = PassOrder(*asked)
    named = Picture(asked.picture.pixels, "another name")
    assert PassOrder(asked.spec, asked.prediction, named).key == order.key
    assert PassOrder(asked.spec, replace(asked.prediction, seconds_per_run=9.0), asked.picture).key == order.key
    written = from_texts(SobolParams, {name: str(value) for name, value in asked.spec.params.as_dict().items()})
    assert PassOrder(replace(asked.spec, params=written), asked.prediction, asked.picture).key == order.key
    read_otherwise = replace(asked.spec, params=replace(asked.spec.params, estimator="glen"))
    assert PassOrder(read_otherwise, asked.prediction, asked.picture).key == order.key


def test_other_runs_have_other_keys(asked):
    order = PassOrder(*asked)
    facts = replace(asked.prediction.facts, fingerprint="other")
    others = [
        PassOrder(asked.spec, replace(asked.prediction, facts=facts), asked.picture),
        *(
            PassOrder(replace(asked.spec, params=replace(asked.spec.params, **change)), asked.prediction, asked.picture)
            for change in ({"seed": 1}, {"grid": 5}, {"fill": "blur"}, {"designs": 16}, {"space": "logit"})
        ),
    ]
    assert len({order.key, *(other.key for other in others)}) == len(others) + 1


@pytest.mark.parametrize(("seconds", "runs"), [(1e-9, 256), (0.001, 256), (0.01, 64), (0.03, 32), (0.5, 2), (0.51, 1), (7.0, 1)])
def test_chunks_take_about_a_second(seconds, runs):
    assert chunk_runs(seconds) == runs


def test_chunks_cover_all_runs(asked):
    chunks = PassOrder(*asked).chunks(64)
    assert chunks == [(0, 64), (64, 128), (128, 144)]
    assert ChunkScores(0, 1, np.zeros((1, 1), np.float32), 0.1).stop == 1
