"""LIME on photographs of a dog and a cat: what speaks for each animal rather than the other lies on it."""

from pathlib import Path

import numpy as np
import pytest

from engine.images.picture import read_picture
from engine.model import ModelFacts
from engine.perturbation.methods import lime
from engine.perturbation.methods.params import LimeParams
from engine.perturbation.run import PerturbationPass, Perturber, fit_picture
from engine.targets import ClassContrast, Scorer
from model_store.base import runtime

SHARED = Path(__file__).parents[4] / "shared"
MODEL = SHARED / "models" / "mobilenet_v2_imagenet.keras"
DOGS, CATS = slice(151, 269), slice(281, 286)
BOXES = {
    "dog_and_cat": {"dog": (0.0, 0.08, 1.0, 0.53), "cat": (0.22, 0.50, 1.0, 0.90)},
    "bulldog_and_cat": {"dog": (0.05, 0.33, 0.68, 0.78), "cat": (0.50, 0.10, 1.0, 0.92)},
}
"""Top, left, bottom, right of each animal, as shares of height and width."""

PARAMS = LimeParams(samples=150, seeds=2, space="logit")
pytestmark = [
    pytest.mark.models,
    pytest.mark.skipif(not MODEL.is_file(), reason="the shared ImageNet model is not there"),
]


@pytest.fixture(scope="module")
def model():
    from model_store.keras.classifier import classifier_of
    from model_store.keras.network import Usage

    labels = tuple((SHARED / "models" / "mobilenet_v2_imagenet.labels.txt").read_text("utf-8").splitlines())
    facts = ModelFacts(
        "own", "Own model", "classification", labels, ((9, 9, 9),) * len(labels), "own", "own-1"
    )
    return classifier_of(runtime.tensorflow().keras.models.load_model(MODEL), facts, Usage("signed"))


def share_in_box(values, box):
    """Part of the positive values that lies in a box."""
    height, width = values.shape
    top, left, bottom, right = (
        round(share * side) for share, side in zip(box, (height, width) * 2, strict=True)
    )
    positive = values.clip(0)
    return positive[top:bottom, left:right].sum() / positive.sum()


@pytest.mark.parametrize("photo", BOXES)
def test_the_evidence_for_an_animal_lies_on_it(model, photo):
    picture = read_picture((SHARED / "data" / "photos" / "objects" / f"{photo}.jpg").read_bytes(), photo)
    image = fit_picture(picture, model.input_size_hw(picture.size_hw))
    answer = model.score_batch(image[None], "probability")[0]
    dog, cat = (kind.start + int(answer[kind].argmax()) for kind in (DOGS, CATS))
    plan = lime.plan(PARAMS, image)
    scorer = Scorer([ClassContrast(dog, cat), ClassContrast(cat, dog)], answer.shape)
    scores = PerturbationPass(model, Perturber.of(image, plan.cells, PARAMS), plan, scorer, "logit").scores(
        0, plan.runs
    )
    maps = {
        animal: lime.estimate(plan, PARAMS, scores[:, column]) for column, animal in enumerate(("dog", "cat"))
    }
    for animal, found in maps.items():
        assert share_in_box(found.values, BOXES[photo][animal]) > 0.65 and found.stability > 0.5
    np.testing.assert_allclose(maps["dog"].values, -maps["cat"].values, atol=1e-4)
