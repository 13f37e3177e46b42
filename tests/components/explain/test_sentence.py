"""The sentence about a map says where it lies, in words that fit, and nothing before the map is steady."""

from dataclasses import replace

import numpy as np
import pytest

from components.ask.question import ZoneQuestion
from components.explain.sentence import summary
from engine.explanation import Cost, Explanation, Provenance
from engine.zones import Zone, Zones

LABELS = np.zeros((8, 8), np.int32)
LABELS[2:5, 2:5] = 1
ZONES = Zones(LABELS, (Zone(0, 0, 0.86, 0.9, False), Zone(1, 1, 0.14, 0.8, False)), ("road", "vehicle"))
VEHICLE = ZoneQuestion("zone", 1, None, 1, "")


def explained(*cells, stability=0.9):
    values = np.zeros((8, 8), np.float32)
    for cell in cells:
        values[cell] = 1
    target = ZONES.zone_target(1)
    return Explanation(
        values,
        False,
        target,
        "sobol",
        {},
        0.5,
        Cost(66),
        Provenance("toy", "f", "p", "s"),
        stability=stability,
    )


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (
            [(4, 4)],
            "**vehicle** depends mostly on its own lower right: one cell of 64 carries half of the map.",
        ),
        (
            [(0, 3)],
            "**vehicle** depends mostly on what lies above it: one cell of 64 carries half of the map.",
        ),
        (
            [(3, 3), (3, 4), (3, 5), (3, 6)],
            "**vehicle** depends mostly on its own right side: 2 of 64 cells carry half of the map.",
        ),
    ],
)
def test_it_says_where_the_map_lies(cells, said):
    assert summary(explained(*cells), VEHICLE, ZONES) == said


def test_a_border_is_named_as_one():
    assert summary(explained((3, 3)), replace(VEHICLE, ask="border"), ZONES).startswith(
        "**Boundary of vehicle**"
    )


@pytest.mark.parametrize("stability", [None, 0.2])
def test_nothing_is_said_while_cells_may_still_change(stability):
    assert summary(explained((3, 3), stability=stability), VEHICLE, ZONES) == ""


def test_nothing_is_said_of_an_empty_map():
    assert summary(explained(), VEHICLE, ZONES) == ""
