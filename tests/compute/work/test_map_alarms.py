"""Alarms of maps as they are put together: saturated scores, small zones, runs that hardly move."""

import numpy as np
import pytest

from compute.work.alarms.map_alarms import NO_RUNS, known_map, with_alarms
from compute.work.predict import Prediction
from engine.alarms.table import ALARMS
from engine.explanation import Cost, Explanation
from engine.images.picture import Picture
from engine.model import ModelFacts
from engine.perturbation.methods.params import SobolParams
from engine.zones import list_zones
from tests.compute.conftest import ask, run_here, toy_spec

BY_KEY = {alarm.key: alarm for alarm in ALARMS}
MAP = np.arange(64, dtype=np.float32).reshape(8, 8) % 7


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


def said_of(prediction, picture, wanted, space="probability", scores=NO_RUNS) -> str:
    """The warnings of a plain map of a target, as one text."""
    base = prediction.base["probability"]
    explanation = Explanation(
        values=MAP,
        signed=False,
        target=prediction.targets.wanted(wanted),
        method="sobol",
        params=SobolParams(space=space).as_dict(),
        score=float(base[wanted]),
        cost=Cost(1),
        provenance=prediction.provenance(picture),
    )
    return " ".join(with_alarms(explanation, prediction, picture, wanted, scores).warnings)


@pytest.mark.parametrize(("inside", "stuck"), [(0.95, False), (0.9995, True)])
def test_saturated_scores_are_said(picture, inside, stuck):
    prediction = two_halves(inside, picture)
    targets = prediction.targets
    for index in (targets.zone(0), targets.border(0), targets.shared_border(0, 1)):
        assert ("Try the logit" in said_of(prediction, picture, index)) == stuck
        assert "logit" not in said_of(prediction, picture, index, "logit")


def test_a_score_near_the_end_that_hardly_moves_is_saturated_too(picture):
    prediction = two_halves(0.95, picture)
    still, falls = np.linspace(0.88, 0.96, 40), np.linspace(0.3, 0.96, 40)
    for scores, stuck in ((still, True), (falls, False), (still[:8], False)):
        said = said_of(prediction, picture, 0, scores=np.append(scores, np.nan))
        assert ("end of its scale (0.950)" in said) == stuck
    middle = two_halves(0.8, picture)
    assert "scale" not in said_of(middle, picture, 0, scores=np.full(40, 0.79))


def test_small_zones_are_said(picture):
    prediction = two_halves(0.95, picture)
    assert [zone.small for zone in prediction.zones.zones] == [False, False, True]
    said = {
        index
        for index in range(len(prediction.targets))
        if "very small" in said_of(prediction, picture, index)
    }
    assert said == {
        prediction.targets.zone(2),
        prediction.targets.border(2),
        prediction.targets.shared_border(1, 2),
    }


def test_a_map_of_a_pass_has_its_alarms_among_its_warnings(picture):
    order = ask(toy_spec("toy"), picture)
    view = run_here(order)
    explanation = view.explain(0)
    known = known_map(explanation, order.prediction, picture, 0)
    assert known.edges is not None and known.edges.shape == (16, 16) and known.zone is not None
    said = [alarm.said(known) for alarm in BY_KEY.values() if alarm.key != "saturated"]
    assert all(text is None or text in explanation.warnings for text in said)
