"""Counterfactuals as work: the model itself verifies them, on a cluster and here, and the store has them."""

from dataclasses import replace

import numpy as np
import pytest

from compute.examples.paid import paid_by
from compute.work.examples.counterfactual import CounterfactualOrder, CounterfactualSpec
from compute.work.examples.search_sheet import set_of, set_text
from compute.work.perturbation import PerturbationOrder, PerturbationSpec
from engine.errors import ParamsError
from engine.examples.params import CounterfactualParams
from engine.images.picture import Picture
from engine.perturbation.methods.params import SobolParams
from model_store.catalogue import ModelRef
from tests.compute.conftest import predict_here, run_here, wait_done
from tests.toys import QuarterSegmenter

GRID = 8
QUARTER = [row * GRID + column for row in range(4) for column in range(4)]


def picture_of(bright, rest=0):
    """64 x 64: some cells of an 8 x 8 grid are of a brightness, the others of another one."""
    pixels = np.full((64, 64, 3), rest, np.uint8)
    for cell, value in bright.items():
        row, column = divmod(cell, GRID)
        pixels[row * 8 : row * 8 + 8, column * 8 : column * 8 + 8] = value
    return Picture(pixels, "cells.png")


def order_of(picture, wanted=0, params=None, cells=None, **more):
    cells = cells or PerturbationSpec(ModelRef("toy"), "sobol", SobolParams(grid=GRID))
    params = params or CounterfactualParams(fill="black")
    prediction = predict_here("toy", picture)
    return CounterfactualOrder(CounterfactualSpec(cells, wanted, params), prediction, picture, **more)


@pytest.fixture
def bright():
    """The quarter that the model looks at has 16 cells. Three are white, the others grey: the zone is
    bright while their mean is above a half.
    """
    return picture_of({cell: 255 if cell in (2, 9, 17) else 122 for cell in QUARTER})


def test_the_smallest_set_of_a_case_solved_on_paper_and_the_model_says_so_itself(bright):
    # (3 * 255 + 13 * 122) / 16 = 146.9; without one white cell 131, without two 115: two must go
    view = run_here(order_of(bright))
    found = view.result()
    assert len(found.hidden) == 2 and set(found.hidden) < {2, 9, 17} and found.proved and found.irreducible
    changed = view.order.changed_image(frozenset(found.hidden))
    assert changed.dtype == np.uint8 and changed.shape == (64, 64, 3)
    answer = QuarterSegmenter().score_batch(changed[None].astype(np.float32), "probability")[0]
    assert (answer.argmax(axis=-1) == 0).all(), "the model answers the changed image with the other class"
    trial = view.trial(frozenset(found.hidden))
    assert trial.changed and trial.kept == 0 and trial.answer == 0
    assert trial.probability == pytest.approx(float(answer[..., 0].mean()), abs=1e-6)
    whole = view.trial(frozenset())
    assert whole.kept == 1 and whole.answer == 1 and not whole.changed
    one = view.order.changed_image(frozenset({2}))
    assert QuarterSegmenter().score_batch(one[None].astype(np.float32), "probability")[0, 0, 0, 1] > 0.5


def test_progress_is_of_at_most_so_many_runs_until_the_search_is_over(bright):
    seen = []
    view = run_here(order_of(bright), on_progress=lambda view: seen.append(view.progress()))
    assert seen[0].total_runs == 1500 and 0 < seen[0].done_runs < 1500
    assert seen[-1].share == 1.0 and seen[-1].total_runs == view.result().runs
    assert view.order.price.runs == 1500


@pytest.mark.processes
def test_a_cluster_finds_the_same_round_by_round_and_the_store_has_it_afterwards(bright, queue, store):
    order = order_of(bright)
    job = queue.start(order)
    wait_done(job)
    assert job.view.result() == run_here(order).result()
    here = run_here(order, store)
    again = order.find(store)
    assert again.complete and again.found == here.result()
    store.forget(lambda facts: facts.get("picture_sha256") == bright.sha256)
    assert not order.find(store).complete


@pytest.mark.slow
def test_a_paid_pass_gives_the_order_of_the_cells(bright):
    spec = PerturbationSpec(ModelRef("toy"), "sobol", SobolParams(grid=GRID, designs=64))
    paid = PerturbationOrder(spec, predict_here("toy", bright), bright)
    known = paid_by(run_here(paid), 0)
    assert set(known.ranking[:3]) == {2, 9, 17} and known.runs == 64 * 66 and known.seeds == ()
    order = order_of(bright, cells=spec, paid=known)
    assert len(run_here(order).result().hidden) == 2
    assert order.key != replace(order, paid=type(known)()).key
    assert paid_by(paid.view(paid.sheet()), 0) == type(known)(), "nothing is read off a pass under way"


def test_another_image_may_fill_the_cells(bright):
    unlike = picture_of(dict.fromkeys(QUARTER, 90))
    params = CounterfactualParams(fill="unlike")
    with pytest.raises(ParamsError, match="needs another image"):
        order_of(bright, params=params)
    view = run_here(order_of(bright, params=params, unlike=unlike))
    found = view.result()
    changed = view.order.changed_image(frozenset(found.hidden))
    inside = [changed[cell // 8 * 8, cell % 8 * 8, 0] for cell in found.hidden]
    assert found.proved and set(inside) == {90}


def test_sets_are_texts():
    for some in (frozenset(), frozenset({0}), frozenset({3, 200})):
        assert set_of(set_text(some)) == some
