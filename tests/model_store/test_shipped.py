"""The models that come with the project."""

from __future__ import annotations

import numpy as np
import pytest

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
