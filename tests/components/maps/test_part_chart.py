"""Bars of superpixels, as they are handed to Plotly."""

from dataclasses import replace

import numpy as np
import pytest
import streamlit as st

from components.maps.part_chart import show_part_chart
from engine.explanation import Parts


@pytest.fixture
def drawn(monkeypatch):
    """Figures that were drawn."""
    found = []
    monkeypatch.setattr(st, "plotly_chart", lambda figure, **_options: found.append(figure))
    return found


def test_bars_of_superpixels_that_may_be_chance_are_hatched(explanation, drawn):
    labels = np.repeat(np.arange(3, dtype=np.int32), 4)[:, None]
    weights, nothing = np.array([0.5, -0.1, 0.3], np.float32), np.zeros(3, np.float32)
    parts = Parts(labels, weights, nothing, nothing, np.array([True, False, True]))
    values = weights[labels]
    show_part_chart(replace(explanation, values=values, lower=None, upper=None, sure=None, parts=parts))
    bars = drawn[0].data[0]
    np.testing.assert_allclose(bars.x, [-0.1, 0.3, 0.5], rtol=1e-6)
    assert list(bars.marker.pattern.shape) == ["/", "", ""]
