"""Maps of zones aligned to their boxes, against those worked out on paper."""

import numpy as np
import pytest

from engine.strategies.aligned import align_map, with_ring


def test_a_box_at_the_edge_has_nothing_beyond_the_image():
    """The ring is a quarter of the box on each side: of six cells the outer ones."""
    found = align_map(np.ones((8, 8), np.float32), (0.0, 0.25, 0.5, 0.75), side=6)
    assert with_ring((0.0, 0.25, 0.5, 0.75)) == (-0.125, 0.125, 0.625, 0.875)
    assert found[0].tolist() == [0] * 6 and (found[1:] == 1).all()


def test_equal_zones_of_other_sizes_and_places_have_equal_maps():
    """A ramp over the box, whatever the size of the box."""
    ramp = np.broadcast_to(np.linspace(0.5, 63.5, 64, dtype=np.float32), (64, 64))
    small, large = (align_map(ramp, box) for box in ((0.3, 0.3, 0.5, 0.5), (0.2, 0.2, 0.8, 0.8)))
    for one in (small, large):
        one -= one.min()
    assert small / small.max() == pytest.approx(large / large.max(), abs=1e-5)
    assert (np.diff(large, axis=1) > 0).all()
