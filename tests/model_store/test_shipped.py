"""The models that come with the project."""

from __future__ import annotations

import numpy as np
import pytest

from engine.model import INPUT
from model_store.catalogue import CATALOGUE, ModelRef, availability
from model_store.loading import load_model

SHIPPED = [key for key, entry in CATALOGUE.items() if entry.shipped]


@pytest.fixture(scope="module", params=SHIPPED)
def model(request):
    if not availability(CATALOGUE[request.param]).ready:
        pytest.skip(f"the weights of {request.param} are not there yet")
    return load_model(ModelRef(request.param))


def test_a_shipped_model_answers(model):
    height, width = model.input_size_hw((360, 480))
    assert (height, width) == (256, 352)
    pictures = np.full((2, height, width, 3), 128, np.float32)
    pictures[1, : height // 2] = (90, 140, 220)
    probabilities = model.score_batch(pictures, "probability")
    assert probabilities.shape == (2, 64, 88, 8) and len(model.facts.labels) == 8 and model.taps
    np.testing.assert_allclose(probabilities.sum(-1), 1, atol=1e-5)
    assert probabilities[..., 0].mean() < 0.1, "void is never learnt, so it is hardly ever answered"


def test_it_runs_at_other_sizes_without_another_trace(model):
    model.score_batch(np.zeros((1, 32, 640, 3), np.float32), "logit")
    assert model._logits.experimental_get_tracing_count() == 1


def test_layers_are_watched(model):
    picture = np.random.default_rng(0).uniform(0, 255, (1, 64, 96, 3)).astype(np.float32)
    weights = np.zeros((1, 16, 24, 8), np.float32)
    weights[0, :, :, 1] = 1 / (16 * 24)
    best = next(tap for tap in model.taps if tap.best)
    seen = model.watch(picture, weights, [best.name, INPUT])
    assert seen[best.name].activation.shape == seen[best.name].gradient.shape and seen[best.name].gradient.shape[-1] == best.channels
    assert seen[INPUT].gradient.shape == picture.shape and np.abs(seen[INPUT].gradient).max() > 0
    step = 1e-2 * seen[INPUT].gradient / np.abs(seen[INPUT].gradient).max()
    gain = ((model.score_batch(picture + step, "logit") - model.score_batch(picture - step, "logit")) * weights).sum() / 2
    assert gain == pytest.approx((seen[INPUT].gradient * step).sum(), rel=0.05)
