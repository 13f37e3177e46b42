"""Concepts of zones and boundaries, on a network whose derivatives are known on paper."""

import numpy as np
import pytest

from engine.arrays import Floats
from engine.errors import TargetError
from engine.gradients.run import dense_weights
from engine.targets import ClassTarget, SharedBorderTarget, ZoneTarget
from engine.tcav.testing import TcavEffort, examine_concepts
from engine.tcav.zones import gradient_cells, target_gradients

WAYS = np.array([[2.0, -1.0, 0.0], [0.0, 1.0, 0.0]], np.float32)
"""Logits of two classes by the three channels of a layer, at each place alike: (C, K)."""
LEFT = ZoneTarget(0, np.arange(8)[None].repeat(4, axis=0) < 4)
RIGHT = ZoneTarget(1, ~LEFT.mask)
EFFORT = TcavEffort(counters=8, draws=99, resamples=20)


class Linear:
    """A layer of 4 x 8 places whose logits are ``WAYS`` of its channels."""

    class facts:
        labels = ("sky", "street")

    def layer_gradients(self, pictures, weights, layers):
        assert pictures.shape == (1, 4, 8, 3)

        class found:
            gradient = weights @ WAYS

        return dict.fromkeys(layers, found)


def gradients(target, side=1) -> Floats:
    (found,) = target_gradients(Linear(), np.zeros((4, 8, 3), np.float32), target, ("layer",), side)
    return found


def test_a_zone_gains_by_what_raises_its_class_anywhere():
    assert gradients(LEFT) == pytest.approx(WAYS[:1], abs=1e-6)
    assert gradients(RIGHT) == pytest.approx(WAYS[1:], abs=1e-6)


def test_a_shared_boundary_gains_by_what_tells_its_first_zone_from_the_second():
    whole = dense_weights([SharedBorderTarget(LEFT, RIGHT)], (4, 8, 2)) @ WAYS
    assert whole.sum(axis=(1, 2)) == pytest.approx(np.zeros((1, 3)), abs=1e-6), "on both sides alike: nothing"
    one, other = gradients(SharedBorderTarget(LEFT, RIGHT)), gradients(SharedBorderTarget(RIGHT, LEFT))
    apart = WAYS[0] - WAYS[1]
    assert one[0] == pytest.approx(apart / 4, abs=1e-6), "a quarter: four edge pixels of sixteen that count"
    assert other == pytest.approx(-one, abs=1e-6)


@pytest.mark.slow
def test_the_concept_that_a_zone_is_made_of_is_found_and_no_other():
    rng = np.random.default_rng(0)
    first, last = (rng.normal(size=(40, 3)) + 3 * np.eye(3)[place] for place in (0, 2))
    random = rng.normal(size=(120, 3))
    found, silent = examine_concepts([first, last], random, gradients(LEFT), EFFORT)
    assert found.mean == pytest.approx(2 / 5**0.5, abs=0.1) and found.share == 1 and found.p_value <= 0.02
    assert silent.p_value > 0.05 and abs(silent.mean) < 0.3 and found.images == silent.images == 1


def test_what_has_no_zone_is_refused():
    with pytest.raises(TargetError, match="zones and the boundaries"):
        gradients(ClassTarget(0))
    assert gradient_cells(np.ones((4, 8, 3), np.float32), LEFT, 4).shape == (1, 4 * 4 * 3)
