"""Zones of the shipped models: finite maps at every layer, another one for each zone."""

import numpy as np
import pytest

from engine.gradients.plan import positive_part
from engine.gradients.run import KEYS, dense_weights, run_gradients
from engine.gradients.target_layers import ALL, choose_target_layers
from engine.target_sets import TargetSet
from engine.zones import list_zones
from samples.scenes import render_scene
from tests.engine.gradients.shipped import shipped_answer

LAYERS = {"streets-unet": 15, "streets-segformer": 4}


@pytest.mark.models
@pytest.mark.parametrize("key", LAYERS)
def test_zones_of_the_shipped_models(key):
    model, image, output = shipped_answer(key, render_scene(1, (128, 256)).pixels)
    zones = list_zones(output, model.facts.labels)
    targets = TargetSet(output.shape, model.facts.labels, zones)
    wanted = [targets.zone(0), targets.zone(1), targets.border(0), targets.shared_border(*zones.touching[0])]
    target_layers = choose_target_layers(model.target_layers, [ALL])
    found = run_gradients(
        model, image, dense_weights([targets[index] for index in wanted], output.shape), target_layers
    )
    assert len(target_layers) >= LAYERS[key]
    for target_layer in target_layers:
        for method in KEYS:
            maps = [
                positive_part(found.of(place, target_layer, method, "for"), "for").values
                for place in range(len(wanted))
            ]
            assert all(np.isfinite(values).all() for values in maps)
            first, second = maps[0], maps[1]
            assert first.any() and np.abs(first - second).max() > 0.05 * first.max(), (target_layer, method)
