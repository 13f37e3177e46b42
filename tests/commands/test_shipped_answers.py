"""Passes that come with Vitrine are those of the present weights, small, and can be computed again."""

import numpy as np
import pytest

from commands.shipped.answers import PAIRS
from components.session.samples import load_sample
from compute.shipped.files import FOLDER, path_of, read_answer
from model_store.catalogue import ModelRef, as_seen

MEGABYTE = 1e6
SHIPPED = [(model, sample) for model, samples in PAIRS.items() for sample in samples]
STREETS = [pair for pair in SHIPPED if pair[0].startswith("streets")]
CLASSIFIED = [pair for pair in SHIPPED if pair not in STREETS]


def shipped(model, sample):
    ref = ModelRef(model)
    return read_answer(path_of(ref, sample), ref, as_seen(ref, load_sample(sample)))


NEAR = 5e-3
"""Of probabilities: another processor runs the model in other precision."""


@pytest.mark.parametrize(("model", "sample"), CLASSIFIED)
def test_a_classifier_has_its_prediction_alone(model, sample):
    answer = shipped(model, sample)
    assert answer is not None and answer.scores is None and answer.same(answer.order) is None
    assert answer.prediction.class_scores.sum() == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(("model", "sample"), STREETS)
def test_it_is_of_the_present_weights_and_masks(model, sample):
    answer = shipped(model, sample)
    assert answer is not None
    assert np.isfinite(answer.scores.scores).all() and answer.order.runs == len(answer.scores.scores)
    found = answer.order.view(answer.scored(answer.order)).explain(answer.prediction.zones.foreground())
    assert found.stability > 0.5 and found.sure is not None


def test_every_shipped_street_model_has_one_for_every_street():
    assert set(STREETS) >= {
        (model, f"street-{number}")
        for model in ("streets-segformer", "streets-unet")
        for number in (1, 2, 3, 4)
    }


def test_they_are_small():
    sizes = {
        path: sum(file.stat().st_size for file in path.parent.glob(f"{path.stem}.*"))
        for path in FOLDER.glob("*/*.json")
    }
    assert max(sizes.values()) < MEGABYTE and sum(sizes.values()) < 6 * MEGABYTE


@pytest.mark.processes
def test_some_runs_computed_again_give_the_same_scores():
    answer = shipped("streets-unet", "street-1")
    order = answer.order
    again = order.run((0, 8), asked=order.asked, **order.shared)
    np.testing.assert_allclose(again.scores, answer.scores.scores[:8], atol=NEAR)
