"""Explanations as they are put together, in process."""

from dataclasses import replace

import numpy as np
import pytest

from compute.base.errors import TaskError
from compute.work.perturbation import PerturbationOrder, PerturbationSpec
from compute.work.predict import Prediction
from compute.work.score_reading import warn_of_target
from engine.errors import VitrineError
from engine.explanation import Explanation
from engine.images.picture import Picture
from engine.model import ModelFacts
from engine.perturbation.methods.params import SobolParams
from engine.zones import list_zones
from model_store.catalogue import ModelRef
from tests.compute.conftest import PARAMS, RUNS, ask, predict_here, run_here, toy_spec
from tests.compute.toy_source import BreaksOnPurpose


def test_a_pass_in_process_tells_its_progress_and_is_kept(asked, store, batch_log):
    quick = ask(toy_spec("toy"), asked.picture)
    shares = []
    view = run_here(quick, store, on_progress=lambda view: shares.append(view.progress().share))
    assert shares == sorted(shares) and shares[-1] == 1.0 and len(shares) == RUNS / 8
    again = run_here(quick, store, on_progress=lambda view: pytest.fail("it was stored"))
    assert batch_log.runs(quick.spec) == RUNS and again.explain(0) == view.explain(0)


def test_an_explanation_says_where_it_comes_from(asked, tmp_path):
    quick = ask(toy_spec("toy"), asked.picture)
    explanation = run_here(quick).explain(0)
    origin = explanation.provenance
    assert (origin.model, origin.fingerprint) == (
        quick.prediction.facts.key,
        quick.prediction.facts.fingerprint,
    )
    assert (origin.picture, origin.picture_sha256) == ("noise.png", quick.picture.sha256)
    assert origin.versions["tensorflow"] and explanation.params == PARAMS.as_dict()
    explanation.save(tmp_path)
    assert Explanation.load(tmp_path) == explanation


def test_runs_are_read_with_the_parameters_of_the_reader(asked):
    quick = ask(toy_spec("toy"), asked.picture)
    result = run_here(quick)
    other = replace(quick.spec, params=replace(PARAMS, estimator="glen", draft="never"))
    read = result.explain(0, params=other.params)
    assert read.params["estimator"] == "glen" and not np.array_equal(read.values, result.explain(0).values)


def test_it_is_too_early_before_two_rows(asked):
    seen = []
    run_here(ask(toy_spec("toy"), asked.picture), on_progress=lambda view: seen.append(view.explain(0)))
    assert len(asked.prediction.targets) == 1 and seen[0] is None and seen[-1] is not None


def two_halves(inside: float, picture: Picture) -> Prediction:
    """Left half one class, right half another, each with a probability inside; and one small zone."""
    probabilities = np.full((40, 40, 2), 1 - inside, np.float32)
    probabilities[:, :20, 0] = probabilities[:, 20:, 1] = inside
    probabilities[0, 39] = probabilities[0, 39, ::-1]
    zones = list_zones(probabilities, ("left", "right"))
    facts = ModelFacts(
        "toy", "Toy", "segmentation", ("left", "right"), ((0, 0, 0), (9, 9, 9)), "CC0", "halves"
    )
    base = np.array([inside] * 3 + [inside - 0.5] * 3 + [inside - 0.5] * 2, np.float32)
    return Prediction(
        facts,
        picture.sha256,
        (160, 160),
        (40, 40, 2),
        zones,
        None,
        np.array([0.5, 0.5]),
        {"probability": base},
        0.01,
    )


@pytest.mark.parametrize(("inside", "stuck"), [(0.95, False), (0.9995, True)])
def test_saturated_scores_are_said(picture, inside, stuck):
    prediction = two_halves(inside, picture)
    order = PerturbationOrder(PerturbationSpec(ModelRef("toy"), "sobol", PARAMS), prediction, picture)
    logit = PerturbationSpec(ModelRef("toy"), "sobol", replace(PARAMS, space="logit"))
    for index in (
        prediction.targets.zone(0),
        prediction.targets.border(0),
        prediction.targets.shared_border(0, 1),
    ):
        assert any("logit" in text for text in warn_of_target(order, order.spec, index)) == stuck
        assert warn_of_target(order, logit, index) == []


def test_small_zones_are_said(picture):
    prediction = two_halves(0.95, picture)
    order = PerturbationOrder(PerturbationSpec(ModelRef("toy"), "sobol", SobolParams()), prediction, picture)
    assert [zone.small for zone in prediction.zones.zones] == [False, False, True]
    said = {
        index
        for index in range(len(prediction.targets))
        if any("small" in text for text in warn_of_target(order, order.spec, index))
    }
    assert said == {
        prediction.targets.zone(2),
        prediction.targets.border(2),
        prediction.targets.shared_border(1, 2),
    }


def test_in_process_a_bug_stays_itself(picture):
    with pytest.raises(VitrineError, match="no model called"):
        predict_here("unheard", picture)
    with pytest.raises(BreaksOnPurpose) as caught:
        predict_here("broken", picture)
    assert not isinstance(caught.value, TaskError)
