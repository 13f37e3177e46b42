"""Whether a map that was computed again is the same: also where it was made before all arrays were there."""

from dataclasses import replace

import numpy as np
import pytest

from compute.replay.verdict import compare
from engine.explanation import Cost, Explanation, Provenance
from engine.targets import ClassTarget


@pytest.fixture
def now(rng):
    values = rng.random((4, 4)).astype(np.float32)
    origin = Provenance("toy", "f" * 64, "cat.png", "0" * 64)
    sure = values > 0.8
    return Explanation(
        values, False, ClassTarget(0), "rise", {}, 0.5, Cost(8), origin, values - 1, values + 1, sure=sure
    )


def test_a_map_from_before_its_cells_were_tested_is_the_same(now):
    assert compare(replace(now, sure=None), now).state == "same"
    assert compare(now, now).state == "same"


def test_other_cells_or_an_array_that_is_gone_are_not_the_same(now):
    assert compare(now, replace(now, sure=~now.sure)).state == "within"
    assert compare(now, replace(now, sure=None)).state == "within"
    assert compare(replace(now, lower=None), now).state == "within"
    assert compare(now, replace(now, values=now.values + 1)).state == "differs"
