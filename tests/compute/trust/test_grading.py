"""Grades of maps of a toy model: from runs that are paid, and from the two passes that grading takes."""

import numpy as np
import pytest

from compute.trust.grading import GradeRequest, grading_params
from compute.trust.paid import paid_fidelity
from compute.work.kinds import orders_of
from compute.work.maps import MapRequest
from compute.work.perturbation import PerturbationOrder, PerturbationSpec
from engine.errors import GradeError
from engine.methods import METHODS, get_method
from engine.perturbation.methods.params import SobolParams
from engine.trust.counts import common_runs, own_runs
from engine.trust.table import COMMON, OWN
from model_store.catalogue import ModelRef
from tests.compute.conftest import predict_here, run_here

PARAMS = SobolParams(designs=16, replicates=8, grid=4, draft="never")


@pytest.fixture
def asked(picture) -> PerturbationOrder:
    return PerturbationOrder(
        PerturbationSpec(ModelRef("toy"), "sobol", PARAMS), predict_here("toy", picture), picture
    )


def request_of(asked, values, params) -> GradeRequest:
    return GradeRequest(asked.spec.ref, asked.prediction, asked.picture, 0, values, params)


def test_a_map_is_graded_from_two_passes_that_stores_and_other_maps_share(asked, store):
    view = run_here(asked, store)
    explanation = view.explain(0)
    values, params = explanation.values, grading_params(explanation)
    first = request_of(asked, values, params)
    assert params.grid == 4
    assert (first.params.fill, first.params.space, first.params.seed) == (
        "mean",
        "probability",
        0,
    )
    common, own = (run_here(order, store) for order in first.orders)
    grades = first.grades(common, own)
    assert {"deletion", "insertion", "aopc", "mufidelity", "pointing"} <= set(grades)
    assert all(np.isfinite(grade.value) for grade in grades.values())
    most = common_runs() + own_runs(len(first.graded.ranked) + 4)
    assert common_runs() < first.price.runs <= most, "what orders of equal cells share is run once"
    other = request_of(asked, -values, params)
    assert other.orders[0].key == first.orders[0].key and other.orders[1].key != first.orders[1].key
    assert other.orders[0].find(store).complete and not other.orders[1].find(store).complete
    leaked = first.leakage(common, own)
    assert leaked.shape == (len(asked.prediction.targets),)
    assert leaked[0] == pytest.approx(grades["aopc"].value)


def test_a_map_is_graded_on_the_other_half_of_its_own_pass_and_on_all_of_another(asked):
    view = run_here(asked)
    own = paid_fidelity(view.explain(0), view, 0)
    assert own.held_out and own.runs == 16 * 18 and -1 <= own.value <= 1
    request = MapRequest(
        asked.spec.ref,
        get_method("occlusion"),
        METHODS["occlusion"].params(positions=4),
        asked.prediction,
        asked.picture,
        (0,),
    )
    (order,) = orders_of(request)
    other = paid_fidelity(run_here(order).explain(0), view, 0)
    assert not other.held_out and other.runs == 16 * 18 and 0 <= other.percentile <= 1


def test_a_constant_map_is_refused_before_a_run_is_paid(asked):
    with pytest.raises(GradeError, match="same everywhere"):
        _ = request_of(asked, np.ones((4, 4), np.float32), grading_params(None)).price


def test_the_passes_are_no_methods_that_somebody_could_choose():
    assert not {COMMON, OWN} & set(METHODS) and get_method(COMMON).key == COMMON
