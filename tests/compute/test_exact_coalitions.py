"""Passes that need fewer runs than their parameters say: few superpixels, all of whose coalitions are run."""

from dataclasses import replace

import numpy as np
import pytest

from compute.work.contract import Price
from compute.work.perturbation import PerturbationSpec
from engine.perturbation.methods.params import KernelShapParams
from tests.compute.conftest import ask, run_here, toy_spec, wait_done

PARAMS = KernelShapParams(samples=100, seeds=3, n_segments=5, compactness=100, sigma=5, fill="black")


@pytest.fixture
def few(picture):
    """Kernel SHAP on a picture of a few superpixels, of a toy model whose runs are counted."""
    return ask(PerturbationSpec(toy_spec("slow").ref, "kernelshap", PARAMS), picture)


@pytest.fixture
def runs(few):
    pieces = few.plan().cells.count
    assert 3 <= pieces <= 8
    return 2**pieces


def test_the_price_is_that_of_the_runs_that_the_superpixels_need(few, runs):
    assert few.spec.runs == 302 > few.price.runs == runs == few.sheet().progress("waiting").total_runs
    assert few.price == Price(runs, 0, runs * few.prediction.seconds_per_run)
    drawn = replace(few, spec=replace(few.spec, params=replace(PARAMS, coalitions="drawn")))
    assert drawn.price.runs == 302 and drawn.series != few.series


def test_here_the_pass_ends_with_them_and_the_store_has_all_of_it(few, runs, store, batch_log):
    view = run_here(few, store)
    found = view.explain(0)
    assert view.complete and view.progress().total_runs == runs == batch_log.runs(few.spec)
    assert found.cost.forwards == runs and found.figures["exact coalitions"] == runs - 2
    again = few.find(store)
    assert again.complete and few.view(again).explain(0) == found


def test_on_the_cluster_too(few, runs, queue, batch_log):
    job = queue.start(few)
    wait_done(job)
    assert job.progress().done_runs == runs == batch_log.runs(few.spec)
    np.testing.assert_array_equal(job.view.scores(), run_here(few).scores())


def test_where_there_is_nothing_to_hide_the_price_is_that_of_the_parameters(few):
    params = replace(PARAMS, segmentation="felzenszwalb", scale=2000.0, min_size=20000)
    assert replace(few, spec=replace(few.spec, params=params)).price.runs == 302
