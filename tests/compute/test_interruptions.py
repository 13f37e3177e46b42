"""Passes that are left, forgotten, or lose their worker."""

import gc
import os
import signal
from dataclasses import replace

import numpy as np

from compute.base.errors import ClusterError
from compute.work.predict import PredictOrder
from model_store.catalogue import ModelRef
from tests.compute.conftest import CHUNK, RUNS, ask, run_here, toy_spec, wait_done, wait_for, wait_idle


def test_one_leaves_and_the_other_gets_its_map(queue, asked, batch_log):
    leaver, stayer = queue.start(asked), queue.start(asked)
    wait_for(lambda: leaver.progress().done_runs >= 2 * CHUNK)
    leaver.cancel()
    there = leaver.progress().done_runs
    wait_done(stayer)
    assert leaver.state == "cancelled" and leaver.progress().done_runs == there < RUNS
    assert batch_log.runs(asked.spec) == RUNS


def test_cancel_ends_the_work_and_a_new_order_takes_it_up(queue, asked, batch_log):
    job = queue.start(asked)
    wait_for(lambda: job.progress().done_runs >= 5 * CHUNK)
    job.cancel()
    there = job.progress().done_runs
    wait_idle(queue.cluster)
    assert batch_log.runs(asked.spec) < RUNS and job.view.explain(0) is not None
    again = queue.start(asked)
    assert again.progress().done_runs >= there
    wait_done(again)
    assert batch_log.runs(asked.spec) <= RUNS + 2 * CHUNK


def test_forgetting_the_handle_ends_the_work(queue, asked, batch_log):
    jobs = [queue.start(asked)]
    wait_for(lambda: jobs[0].progress().done_runs >= CHUNK)
    jobs.clear()
    gc.collect()
    wait_idle(queue.cluster)
    ran = batch_log.runs(asked.spec)
    wait_done(queue.start(ask(toy_spec("slow"), asked.picture)))  # beside it, what was forgotten would go on
    assert batch_log.runs(asked.spec) == ran < RUNS


def test_a_chunk_that_takes_too_long_is_left_between_two_batches(queue, asked, batch_log):
    one_chunk = replace(asked, prediction=replace(asked.prediction, seconds_per_run=1e-4))
    job = queue.start(one_chunk)
    wait_for(lambda: batch_log.runs(asked.spec))
    job.cancel()
    wait_idle(queue.cluster)
    assert batch_log.runs(asked.spec) < RUNS and job.progress().done_runs == 0
    again = queue.start(one_chunk)
    wait_done(again)
    assert again.view.explain(0) is not None


def test_a_killed_worker_costs_one_chunk(queue, asked, batch_log):
    job = queue.start(asked)
    wait_for(lambda: job.progress().done_runs >= RUNS // 4)  # a busy machine notices late
    os.kill(batch_log.lines(asked.spec)[-1].pid, signal.SIGKILL)
    wait_done(job)
    assert len({line.pid for line in batch_log.lines(asked.spec)}) == 2
    assert batch_log.runs(asked.spec) <= RUNS + 2 * CHUNK
    quick = replace(asked.spec, ref=ModelRef("toy"))
    assert np.array_equal(job.view.scores(), run_here(ask(quick, asked.picture)).scores())


def test_work_that_kills_every_worker_is_given_up_after_two(queue, asked, picture, batch_log):
    deadly = toy_spec("deadly")
    beside = queue.start(asked)
    for _ in range(2):  # once more, it is refused at once
        job = queue.start(PredictOrder(deadly.ref, picture))
        wait_for(lambda job=job: job.finished, 60)
        assert isinstance(job.error, ClusterError) and "memory" in str(job.error)
    assert len({line.pid for line in batch_log.lines(deadly)}) == len(batch_log.lines(deadly)) == 2
    wait_done(beside)
    assert len({line.pid for line in batch_log.lines(asked.spec)}) <= 3
