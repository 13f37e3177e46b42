"""Feature visualizations that come with Vitrine are of the present weights, small, and can be drawn again."""

from dataclasses import replace

import numpy as np
import pytest

from commands.shipped.__main__ import MODELS
from components.session.samples import load_sample, offered
from compute.run.runners import LocalRunner
from compute.shipped.drawing_files import FOLDER, read_drawings
from compute.shipped.drawings import first_channels, key_layers
from compute.work.features import FeatureOrder, PeaksSpec
from compute.work.filters import FilterOrder, FilterSpec
from engine.filters import FilterParams
from model_store.catalogue import ModelRef

MOST_BYTES = 2.5e6
NEAR = 0.02
"""Relative, of activations: another processor runs the model in other precision."""

NEAR_REACHED, NEAR_PIXELS = 0.05, 24.0
"""Of a whole drawing: 128 steps make more of each rounding, and WebP loses something."""


@pytest.mark.parametrize("model", MODELS)
def test_each_key_layer_has_one_of_the_present_weights_and_parameters(model):
    found = read_drawings(ModelRef(model))
    assert found is not None and found.params == FilterParams()
    assert found.layers == key_layers(found.outline)
    samples = {load_sample(key).sha256 for key in offered()}
    for name in found.layers:
        layer = found.layer(name)
        assert tuple(layer.drawings) == first_channels(found.outline, name)
        assert set(layer.peaks) == samples
        assert all(drawing.steps[-1] == found.params.steps for drawing in layer.drawings.values())
        assert all(len(peaks.values) == len(layer.drawings) for peaks in layer.peaks.values())


def test_they_are_small():
    assert sum(file.stat().st_size for file in FOLDER.glob("*/*")) < MOST_BYTES


@pytest.mark.processes
def test_what_is_computed_again_is_the_same():
    ref, name = ModelRef("streets-segformer"), "stage 4"
    found, runner, picture = read_drawings(ref), LocalRunner(), load_sample("street-1")
    layer = found.layer(name)
    peaks = runner.run(FeatureOrder(PeaksSpec(ref, name), picture)).result()
    known = layer.peaks[picture.sha256]
    np.testing.assert_allclose(peaks.values[: len(known.values)], known.values, rtol=NEAR, atol=NEAR)
    assert peaks.grid_hw == known.grid_hw and peaks.field == pytest.approx(known.field)
    order = FilterOrder(FilterSpec(ref, name, tuple(layer.drawings)), found.outline)
    noise = order.run((order.spec.channels, 0), before=None, asked=order.asked)
    starts = [drawing.start for drawing in layer.drawings.values()]
    np.testing.assert_allclose(noise.activation, starts, rtol=NEAR, atol=NEAR)
    one = replace(order, spec=replace(order.spec, channels=(0,)))
    again, drawn = runner.run(one).drawings()[0], layer.drawings[0]
    assert again.reached == pytest.approx(drawn.reached, rel=NEAR_REACHED)
    assert np.abs(again.pixels.astype(int) - drawn.pixels).mean() < NEAR_PIXELS
