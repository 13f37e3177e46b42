"""Refinement of passes: a finer one begins with the runs of a coarser one, and preloaded work makes room."""

from dataclasses import replace

import numpy as np
import pytest

from compute.base.store import ResultStore
from compute.scheduling.queue import JobQueue
from compute.work.contract import DRAFT
from compute.work.predict import PredictOrder
from compute.work.score_sheet import FIRST_TURN
from tests.compute.conftest import CHUNK, RUNS, ask, run_here, toy_spec, wait_done, wait_for


def finer(asked, designs=16):
    """The same pass with more designs; the toy's own have 8."""
    return replace(asked, spec=replace(asked.spec, params=replace(asked.spec.params, designs=designs)))


@pytest.fixture
def quick(picture):
    """A pass that costs nothing, on a model that no other test has."""
    return ask(toy_spec("toy"), picture)


def test_a_finer_pass_goes_on_where_a_finished_one_ends(queue, store, quick, batch_log):
    asked = quick
    wait_done(queue.start(asked))
    fine = queue.start(finer(asked))
    assert fine.progress().done_runs == RUNS and fine.view.explain(0) is not None
    wait_done(fine)
    assert batch_log.runs(asked.spec) == 2 * RUNS
    np.testing.assert_array_equal(
        fine.view.scores(), run_here(finer(ask(toy_spec("toy"), asked.picture))).scores()
    )
    wait_for(lambda: store.get(fine.order.series).facts["runs"] == 2 * RUNS)
    later = JobQueue(queue.cluster, ResultStore(store.folder))
    coarse, finest = later.start(asked), later.start(finer(asked, 32))
    assert coarse.state == "done" and np.array_equal(coarse.view.scores(), fine.view.scores()[:RUNS])
    assert coarse.view.explain(0).cost.forwards == RUNS and finest.progress().done_runs >= 2 * RUNS
    assert coarse.progress().seconds_spent == pytest.approx(fine.progress().seconds_spent / 2)
    finest.cancel()


def test_passes_under_way_tell_each_other(queue, asked, batch_log):
    fine = queue.start(finer(asked))
    wait_for(lambda: fine.progress().done_runs >= 2 * CHUNK)
    coarse = queue.start(asked)
    assert coarse.progress().done_runs >= 2 * CHUNK
    wait_done(coarse)
    assert (
        batch_log.runs(asked.spec) <= fine.progress().done_runs + FIRST_TURN * CHUNK
    )  # what crosses on its way
    np.testing.assert_array_equal(coarse.view.scores(), fine.view.scores()[:RUNS])
    fine.cancel()


def test_without_a_cluster_only_what_is_missing_is_run(store, quick, batch_log):
    run_here(quick, store)
    fine = run_here(finer(quick), store)
    assert batch_log.runs(quick.spec) == 2 * RUNS == fine.progress().done_runs


def test_a_draft_that_somebody_asks_for_is_hastened(queue, asked, batch_log):
    draft = queue.start(asked, priority=DRAFT)
    wait_for(lambda: draft.progress().done_runs)
    other = queue.start(finer(ask(toy_spec("slow"), asked.picture)), priority=DRAFT)
    wanted = queue.start(asked)
    assert wanted.progress().done_runs
    wait_done(wanted)
    assert draft.state == "done" and between(batch_log, other.order.spec, asked.spec) <= CHUNK
    assert batch_log.runs(asked.spec) < 1.5 * RUNS  # the draft ran on while its chunks were called back
    other.cancel()


def test_a_long_pass_of_one_person_does_not_keep_another_waiting(queue, asked):
    long = queue.start(finer(asked, 32))
    wait_for(lambda: long.progress().done_runs >= 6 * CHUNK)
    short = queue.start(ask(toy_spec("slow"), asked.picture))
    wait_done(short)
    assert not long.finished and long.progress().done_runs < 3 * RUNS
    long.cancel()


def between(batch_log, spec, other):
    """Runs of a pass from the first to the last batch of another one."""
    times = [line.time for line in batch_log.lines(other)]
    return sum(line.runs for line in batch_log.lines(spec) if times[0] < line.time < times[-1])


def test_a_pass_that_nobody_waits_for_any_more_is_a_draft_again(queue, asked, batch_log):
    draft = queue.start(asked, priority=DRAFT)
    wanted = queue.start(asked)
    wait_for(lambda: wanted.progress().done_runs)
    wanted.cancel()
    wait_for(lambda: draft._execution._sent_with == DRAFT)
    other = queue.start(ask(toy_spec("slow"), asked.picture))
    wait_for(lambda: other.progress().done_runs >= 6 * CHUNK)
    assert draft.state == "running" and between(batch_log, asked.spec, other.order.spec) <= CHUNK
    other.cancel()
    there = draft.progress().done_runs
    wait_for(lambda: draft.progress().done_runs > there)
    draft.cancel()


def test_a_prediction_overtakes_drafts(queue, asked, picture):
    draft = queue.start(finer(asked, 64), priority=DRAFT)
    wait_for(lambda: draft.progress().done_runs)
    wait_done(queue.start(PredictOrder(toy_spec("toy").ref, picture)))
    assert draft.progress().share < 0.5
    draft.cancel()
