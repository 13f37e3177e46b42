"""Whether bands tell an order of cells."""

from dataclasses import replace

import numpy as np
import pytest

from engine.explanation import Cost, Explanation, Provenance
from engine.targets import ClassTarget
from engine.visualise.inks import FADED, Look
from engine.visualise.overlays import contour_for, faded, overlay, overlay_explanation
from engine.visualise.render import Scale
from engine.visualise.scales import common_scale, scale_for
from engine.visualise.strength import order_is_told


def banded(values, lower, upper, **given):
    arrays = {"lower": lower, "upper": upper}
    facts = {"signed": False, "method": "sobol", "params": {}, **given}
    return Explanation(
        values=np.array([values], np.float32),
        target=ClassTarget(0),
        score=0.5,
        cost=Cost(1),
        provenance=Provenance("m", "f", "p", "s"),
        **{name: None if ends is None else np.array([ends], np.float32) for name, ends in arrays.items()},
        **facts,
    )


@pytest.mark.parametrize(
    ("lower", "upper", "told"),
    [
        (None, None, True),
        ([0.0, 0.0, 0.0, 0.1], [0.5, 0.6, 0.5, 0.9], False),
        ([0.0, 0.0, 0.0, 0.52], [0.5, 0.5, 0.5, 0.9], True),
        ([-0.9, -0.2, -0.1, -0.3], [-0.4, 0.3, 0.2, 0.4], True),
        ([0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0], False),
    ],
)
def test_bands_that_all_reach_across_each_other_tell_no_order(lower, upper, told):
    assert order_is_told(banded([0.1, 0.2, 0.1, 0.5], lower, upper)) == told


def test_cells_that_are_surely_above_the_average_are_an_order():
    found = banded([0.1, 0.2, 0.1, 0.5], [0.0, 0.0, 0.0, 0.1], [0.5, 0.6, 0.5, 0.9])
    assert order_is_told(replace(found, sure=np.array([[False, False, False, True]])))


def test_without_an_order_a_map_is_faded_and_has_no_line():
    found = banded([0.1, 0.2, 0.1, 0.5], [0.0, 0.0, 0.0, 0.1], [0.5, 0.6, 0.5, 0.9])
    assert contour_for(found) is None and contour_for(replace(found, lower=None, upper=None)) is not None
    assert faded(Look(0.8), found).opacity == pytest.approx(0.8 * FADED)
    pixels, scale = np.full((8, 32, 3), 90, np.uint8), scale_for(found)
    drawn = overlay_explanation(pixels, found, scale, Look(0.8))
    np.testing.assert_array_equal(drawn, overlay(pixels, found.values, scale, Look(0.8 * FADED)))


def test_a_scale_knows_that_the_lowest_score_that_is_left_is_the_strongest():
    left = {"method": "occlusion", "params": {"display": "score"}}
    found = banded([0.7, 0.7, 0.1, 0.6], None, None, **left)
    assert scale_for(found).nothing == 1.0 and common_scale([found, found]).lowest_first
    same = replace(found, values=np.full((1, 4), 0.0, np.float32))
    assert scale_for(same) == Scale(0, 0, False, lowest_first=True) and scale_for(same).nothing == 0.0
    assert scale_for(banded([0.7], None, None)).nothing == 0.0
