"""A real network on pictures with a dog and a cat: each map lies on its animal."""

from pathlib import Path

import numpy as np
import pytest

from engine.gradients.plan import positive_part
from engine.gradients.run import dense_weights, run_gradients
from engine.gradients.target_layers import BEST, choose_target_layers
from engine.images.picture import read_picture
from engine.model import ModelFacts
from engine.perturbation.run import fit_picture
from engine.targets import ClassContrast, ClassTarget
from model_store.base import runtime

SHARED = Path(__file__).parents[4] / "shared"
MODEL = SHARED / "models" / "mobilenet_v2_imagenet.keras"
PHOTOS = SHARED / "data" / "photos" / "objects"
DOGS, CATS = range(152, 270), range(282, 287)
pytestmark = [
    pytest.mark.models,
    pytest.mark.skipif(
        not MODEL.is_file(), reason="needs MobileNetV2 in ../shared, which is not part of the project"
    ),
]

# top, bottom, left, right as shares of the picture
BOXES = {
    "dog_and_cat.jpg": {"dog": (0.05, 1.0, 0.02, 0.55), "cat": (0.2, 1.0, 0.5, 0.88)},
    "bulldog_and_cat.jpg": {"dog": (0.04, 0.62, 0.18, 0.76), "cat": (0.5, 1.0, 0.15, 0.92)},
}


@pytest.fixture(scope="module")
def model():
    from model_store.keras.classifier import classifier_of
    from model_store.keras.network import Usage

    labels = tuple(MODEL.with_suffix(".labels.txt").read_text("utf-8").splitlines())
    facts = ModelFacts(
        "mobilenet",
        "MobileNetV2",
        "classification",
        labels,
        ((9, 9, 9),) * len(labels),
        "Apache-2.0",
        "mobilenet",
    )
    runtime.tensorflow()
    return classifier_of(runtime.keras().models.load_model(MODEL), facts, Usage("signed"))


def share_inside(values, box):
    """Share of a map's mass that lies in a box; cells on its edge count in part."""
    top, bottom, left, right = box
    inside = np.outer(_cover(values.shape[0], top, bottom), _cover(values.shape[1], left, right))
    return float((values * inside).sum() / values.sum())


def _cover(cells, low, high):
    edges = np.arange(cells + 1) / cells
    return np.clip(np.minimum(edges[1:], high) - np.maximum(edges[:-1], low), 0, None) * cells


@pytest.fixture(scope="module", params=sorted(BOXES))
def watched(request, model):
    """Name of the picture, and the maps of a method for the best dog, the best cat, and each rather than the
    other.
    """
    picture = read_picture((PHOTOS / request.param).read_bytes(), request.param)
    image = fit_picture(picture, model.input_size_hw(picture.size_hw))
    scores = model.score_batch(image[None], "logit")[0]
    dog, cat = (max(animals, key=lambda index: scores[index]) for animals in (DOGS, CATS))
    assert scores.argmax() == dog
    targets = [ClassTarget(dog), ClassTarget(cat), ClassContrast(dog, cat), ClassContrast(cat, dog)]
    (target_layer,) = choose_target_layers(model.target_layers, [BEST])
    found = run_gradients(model, image, dense_weights(targets, scores.shape), [target_layer])
    return request.param, lambda method: [
        positive_part(found.of(place, target_layer, method, "for"), "for").values for place in range(4)
    ]


@pytest.mark.parametrize("method", ["gradcam", "gradcam++", "layercam", "hirescam"])
def test_maps_differ_and_lie_on_the_right_animal(watched, method):
    name, maps = watched
    boxes = BOXES[name]
    dog, cat, dog_rather, cat_rather = maps(method)
    assert (
        np.corrcoef(dog.ravel(), cat.ravel())[0, 1] < 0.95
    )  # least with Grad-CAM++ and LayerCAM, which use positive gradients alone
    assert share_inside(dog, boxes["dog"]) > share_inside(cat, boxes["dog"])
    assert share_inside(cat, boxes["cat"]) > share_inside(dog, boxes["cat"])
    assert share_inside(dog, boxes["dog"]) > 0.6 and share_inside(dog_rather, boxes["dog"]) > 0.6
    assert share_inside(cat_rather, boxes["cat"]) > share_inside(dog_rather, boxes["cat"])
    if method in (
        "gradcam",
        "hirescam",
    ):  # the others leave out what speaks against the cat, which has a probability of 1 in 10,000
        assert share_inside(cat, boxes["cat"]) > 0.6 and share_inside(cat_rather, boxes["cat"]) > 0.6
