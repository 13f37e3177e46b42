"""Shipped models, and what they answer for a picture."""

import pytest

from engine.images.picture import Picture
from engine.perturbation.run import fit_picture
from model_store.catalogue import CATALOGUE, ModelRef, availability
from model_store.loading.load import load_model


def shipped_answer(key, pixels):
    """Model, image float32 (H, W, 3) as it sees it, and its probabilities; skips without weights."""
    if not availability(CATALOGUE[key]).ready:
        pytest.skip("the shipped weights are not there")
    model, picture = load_model(ModelRef(key)), Picture(pixels, "shown")
    image = fit_picture(picture, model.input_size_hw(picture.size_hw))
    return model, image, model.score_batch(image[None], "probability")[0]
