"""The models that come with the project."""

from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from PIL import Image

from engine.model import INPUT, Task
from model_store.catalogue import CATALOGUE, ModelRef, availability
from model_store.loading.load import load_model

SHIPPED = {
    task: [key for key, entry in CATALOGUE.items() if entry.shipped and entry.task == task]
    for task in get_args(Task)
}


def test_every_shipped_model_is_complete():
    for key in (key for keys in SHIPPED.values() for key in keys):
        assert availability(CATALOGUE[key]).missing == ()


@pytest.fixture(scope="module", params=SHIPPED["segmentation"])
def model(request):
    return load_model(ModelRef(request.param))


@pytest.fixture(scope="module", params=SHIPPED["classification"])
def classifier(request):
    return load_model(ModelRef(request.param))


@pytest.mark.models
def test_a_shipped_segmentation_model_answers(model):
    height, width = model.input_size_hw((360, 480))
    assert (height, width) == (256, 352)
    pictures = np.full((2, height, width, 3), 128, np.float32)
    pictures[1, : height // 2] = (90, 140, 220)
    probabilities = model.score_batch(pictures, "probability")
    assert probabilities.shape == (2, 64, 88, 8) and len(model.facts.labels) == 8 and model.target_layers
    np.testing.assert_allclose(probabilities.sum(-1), 1, atol=1e-5)
    assert probabilities[..., 0].mean() < 0.1, "void is never learnt, so it is hardly ever answered"


@pytest.mark.models
def test_it_runs_at_other_sizes_without_another_trace(model):
    model.score_batch(np.zeros((1, 32, 640, 3), np.float32), "logit")
    assert model._logits.experimental_get_tracing_count() == 1


@pytest.mark.models
def test_layers_are_watched(model):
    picture = np.random.default_rng(0).uniform(0, 255, (1, 64, 96, 3)).astype(np.float32)
    weights = np.zeros((1, 16, 24, 8), np.float32)
    weights[0, :, :, 1] = 1 / (16 * 24)
    best = next(target_layer for target_layer in model.target_layers if target_layer.best)
    seen = model.layer_gradients(picture, weights, [best.name, INPUT])
    assert (
        seen[best.name].activation.shape == seen[best.name].gradient.shape
        and seen[best.name].gradient.shape[-1] == best.channels
    )
    assert seen[INPUT].gradient.shape == picture.shape and np.abs(seen[INPUT].gradient).max() > 0
    names = [model.target_layers[0].name, best.name]
    alone, together = (
        model.layer_gradients(picture, weights, names),
        model.layer_gradients(picture, weights, [*names, INPUT]),
    )
    for name in names:
        np.testing.assert_allclose(alone[name].gradient, together[name].gradient, atol=1e-7)
    step = 1e-2 * seen[INPUT].gradient / np.abs(seen[INPUT].gradient).max()
    gain = (
        (model.score_batch(picture + step, "logit") - model.score_batch(picture - step, "logit")) * weights
    ).sum() / 2
    assert gain == pytest.approx((seen[INPUT].gradient * step).sum(), rel=0.05)


@pytest.mark.models
def test_the_taps_of_the_convolutional_street_model():
    target_layers = load_model(ModelRef("streets-unet")).target_layers
    assert [target_layer.name for target_layer in target_layers if target_layer.best] == [
        "bottom_out"
    ] and len(target_layers) > 20
    assert [target_layer.name for target_layer in target_layers if target_layer.usual][:2] == [
        "block1a_project",
        "block2b_add",
    ]
    assert [target_layer.name for target_layer in target_layers if target_layer.usual][-4:] == [
        "bottom_out",
        "dec4_out",
        "dec3_out",
        "dec2_out",
    ]


@pytest.mark.models
def test_a_shipped_classifier_answers(classifier):
    height, width = classifier.input_size_hw((360, 480))
    picture = np.random.default_rng(0).uniform(0, 255, (1, height, width, 3)).astype(np.float32)
    probabilities = classifier.score_batch(picture, "probability")
    classes = len(classifier.facts.labels)
    assert probabilities.shape == (1, classes) and probabilities.sum() == pytest.approx(1, abs=1e-5)
    usual = [target_layer.name for target_layer in classifier.target_layers if target_layer.usual]
    seen = classifier.layer_gradients(picture, np.eye(classes, dtype=np.float32)[:1], usual)
    assert len(usual) >= 3 and all(np.abs(one.gradient).max() > 0 for one in seen.values())


@pytest.mark.models
def test_dogs_are_told_apart(classifier):
    """All pictures that the training may have seen: only that files, colours and names fit together."""
    folder = Path(__file__).parents[3] / "shared" / "data" / "dogs"
    if not folder.is_dir():
        pytest.skip("the shared pictures of dogs are not there")
    labels = [name.casefold() for name in classifier.facts.labels]
    if "pug" not in labels:
        pytest.skip("it names no dogs")
    right = []
    for breed in sorted(path for path in folder.iterdir() if path.is_dir()):
        files = sorted(breed.glob("*"))[:4]
        size = classifier.input_size_hw((0, 0))
        pictures = np.stack(
            [
                np.asarray(
                    Image.open(file).convert("RGB").resize(size, Image.Resampling.BILINEAR), np.float32
                )
                for file in files
            ]
        )
        answers = classifier.score_batch(pictures, "logit").argmax(-1)
        right += [labels[answer] == breed.name.replace("_", " ").casefold() for answer in answers]
    assert np.mean(right) > 0.6
