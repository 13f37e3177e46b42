"""Many maps of one image are graded on the same runs: a table like the cards, a sentence for a flat map."""

import numpy as np
import pytest

from compute.trust.grading import GradeRequest
from compute.trust.many import ManyMaps
from compute.work.perturbation import PerturbationOrder, PerturbationSpec
from engine.images.picture import Picture
from engine.perturbation.methods.params import SobolParams
from engine.trust.counts import common_runs
from engine.trust.metrics import METRICS
from engine.trust.pass_params import CommonParams
from engine.trust.table import COMMON
from model_store.catalogue import ModelRef
from tests.compute.conftest import predict_here, run_here

PARAMS = CommonParams(grid=4)


@pytest.fixture
def picture() -> Picture:
    """The same noise each time: how well the map of a toy does depends on it."""
    return Picture(np.random.default_rng(1).integers(0, 256, (48, 64, 3), dtype=np.uint8), "noise.png")


@pytest.fixture
def many(picture) -> ManyMaps:
    """A true map, its opposite, and one that says nothing."""
    ref = ModelRef("toy")
    prediction = predict_here("toy", picture)
    params = SobolParams(designs=16, replicates=8, grid=4, draft="never")
    order = PerturbationOrder(PerturbationSpec(ref, "sobol", params), prediction, picture)
    values = run_here(order).explain(0).values
    maps = {"sobol": values, "turned": -values, "flat": np.ones_like(values)}
    return ManyMaps(ref, prediction, picture, 0, maps, PARAMS)


def test_the_shared_runs_are_paid_once_and_a_flat_map_gets_a_sentence(many, store):
    common, *own = many.orders
    assert common.spec.method == COMMON and common.runs == common_runs() and len(own) == 2
    assert many.price.runs == common_runs() + sum(order.runs for order in own)
    found = many.grades([run_here(order, store) for order in many.orders])
    assert set(found.grades) == {"sobol", "turned"}
    assert "same everywhere" in str(found.refused["flat"])


def test_a_table_says_what_the_cards_say_and_fidelity_beside_it(many, store):
    views = [run_here(order, store) for order in many.orders]
    found = many.grades(views)
    card = GradeRequest(many.ref, many.prediction, many.picture, 0, many.maps["sobol"], PARAMS)
    assert [order.key for order in card.orders] == [order.key for order in many.orders[:2]]
    cards = card.grades(*views[:2])
    assert set(found.grades["sobol"]) == {"fidelity", *cards} and set(cards) <= set(METRICS)
    for key, grade in cards.items():
        same = found.grades["sobol"][key]
        assert same.value == pytest.approx(grade.value, nan_ok=True) and same.beaten == grade.beaten
        assert same.percentile == grade.percentile
    true, turned = (found.grades[name]["fidelity"] for name in ("sobol", "turned"))
    assert true.value > 0.3 and true.value == pytest.approx(-turned.value)
    assert true.percentile > 0.9 > 0.1 > turned.percentile


def test_halves_of_the_shared_runs_agree_on_a_map(many):
    (first, even, odd), _second = many.halves(run_here(many.orders[0]))
    assert first == "sobol" and min(even, odd) > 0.2 and even != odd
