"""Feature visualizations that come with Vitrine are of the present weights, small, and can be drawn again."""

import numpy as np
import pytest

from commands.shipped.drawings import DRAWN, samples_for
from components.session.samples import load_sample
from compute.run.runners import LocalRunner
from compute.shipped.drawing_files import FOLDER, read_drawings
from compute.shipped.drawings import first_channels, key_layers
from compute.work.features import FeatureOrder, PeaksSpec
from compute.worker.sources import model_source
from engine.filters import FilterParams, start_maximisation
from model_store.catalogue import ModelRef

MOST_BYTES = 2.5e6
NEAR = 0.02
"""Relative, of activations: another processor runs the model in other precision, and each step makes more of
it. So what is drawn again is the beginning.
"""


@pytest.mark.parametrize("model", DRAWN)
def test_each_key_layer_has_one_of_the_present_weights_and_parameters(model):
    found = read_drawings(ModelRef(model))
    assert found is not None and found.params == FilterParams()
    assert found.layers == key_layers(found.outline)
    samples = {load_sample(sample.key).sha256 for sample in samples_for(ModelRef(model))}
    for name in found.layers:
        layer = found.layer(name)
        assert tuple(layer.drawings) == first_channels(found.outline, name)
        assert set(layer.peaks) == samples
        assert all(drawing.steps[-1] == found.params.steps for drawing in layer.drawings.values())
        assert all(len(peaks.values) == len(layer.drawings) for peaks in layer.peaks.values())


def test_they_are_small():
    assert sum(file.stat().st_size for file in FOLDER.glob("*/*")) < MOST_BYTES


@pytest.mark.processes
def test_peaks_and_first_steps_computed_again_are_the_same():
    ref, name = ModelRef("streets-segformer"), "stage 4"
    found, picture = read_drawings(ref), load_sample("street-1")
    layer, known = found.layer(name), found.layer(name).peaks[picture.sha256]
    peaks = LocalRunner().run(FeatureOrder(PeaksSpec(ref, name), picture)).result()
    np.testing.assert_allclose(peaks.values[: len(known.values)], known.values, rtol=NEAR, atol=NEAR)
    assert peaks.grid_hw == known.grid_hw and peaks.field == pytest.approx(known.field)
    model, params, drawings = model_source().get(ref), found.params, list(layer.drawings.values())
    canvas = start_maximisation(tuple(layer.drawings), (params.size, params.size), params)
    for look in (0, 1):
        canvas = model.maximise(name, canvas, params, int(drawings[0].steps[look]))
        curves = [drawing.curve[look] for drawing in drawings]
        np.testing.assert_allclose(canvas.activation, curves, rtol=NEAR, atol=NEAR)
