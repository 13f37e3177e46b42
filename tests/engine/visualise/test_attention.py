"""Spread of attention, worked out by hand."""

import numpy as np
import pytest

from engine.visualise.attention import effective_cells


@pytest.mark.parametrize(
    ("weights", "cells"),
    [
        ([[1, 0], [0, 0]], 1),
        ([[0.25, 0.25], [0.25, 0.25]], 4),
        ([[0.5, 0.5], [0, 0]], 2),
        ([[0.5, 0.25], [0.25, 0]], 2**1.5),
    ],
)
def test_attention_is_spread_over_e_to_its_entropy(weights, cells):
    assert effective_cells(np.array(weights, np.float32)) == pytest.approx(cells)
