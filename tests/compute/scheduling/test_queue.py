"""Predictions and passes on a real cluster: what handles tell, and who shares what."""

import time
from dataclasses import replace

import numpy as np
import pytest

from compute.base.errors import TaskError
from compute.base.store import ResultStore
from compute.scheduling.queue import JobQueue
from compute.work.contract import BACKGROUND
from compute.work.perturbation import PerturbationSpec
from compute.work.predict import PredictOrder
from compute.work.score_sheet import PAUSES
from engine.errors import ModelError, ParamsError
from engine.images.picture import Picture
from engine.perturbation.plan import PerturbationParams
from model_store.catalogue import ModelRef
from tests.compute.conftest import CHUNK, RUNS, ask, predict_here, toy_spec, wait_done, wait_for
from tests.compute.toy_source import AWAKE, SLOW_SECONDS


def test_a_prediction_has_everything_that_pages_show(queue, picture):
    job = queue.start(PredictOrder(ModelRef("toy"), picture))
    wait_done(job)
    prediction = job.view.result()
    assert prediction.facts.key == "toy" and prediction.picture_sha256 == picture.sha256
    assert (
        prediction.confidence.shape
        == prediction.zones.labels.shape
        == prediction.output_shape[:2]
        == (16, 16)
    )
    assert prediction.class_scores.shape == (2,) and prediction.class_scores.sum() == pytest.approx(1)
    assert {space: scores.shape for space, scores in prediction.base.items()} == {
        "probability": (1,),
        "logit": (1,),
    }
    assert 0 < prediction.seconds_per_run < 1 and "numpy" in prediction.versions
    assert queue.start(PredictOrder(ModelRef("toy"), picture)).view.result() is prediction


def test_what_gradients_need_is_begun_after_a_prediction_in_a_worker_only(queue, picture, batch_log):
    ref = ModelRef("toy-fresh")
    predict_here(ref, picture)
    awake = batch_log.path.with_name(AWAKE)
    assert not awake.exists() or str(ref) not in awake.read_text().split()
    wait_done(queue.start(PredictOrder(ref, picture)))
    assert str(ref) in awake.read_text().split()


def test_errors_come_as_sentences(queue, picture):
    assert isinstance(queue.start(PredictOrder(ModelRef("unheard"), picture)).error, ModelError)
    job = queue.start(PredictOrder(toy_spec("broken").ref, picture))
    wait_for(lambda: job.finished)
    assert job.state == "failed" and job.view.result() is None
    assert (
        isinstance(job.error, TaskError)
        and "on purpose" in job.error.trace
        and "on purpose" not in str(job.error)
    )


def test_an_order_must_fit(queue, asked):
    with pytest.raises(ParamsError, match="another model or image"):
        queue.start(replace(asked, picture=Picture(asked.picture.pixels[::-1], "other")))
    with pytest.raises(ParamsError, match="takes SobolParams"):
        PerturbationSpec(asked.spec.ref, "sobol", PerturbationParams())


def test_progress_and_partial_maps_while_it_runs(queue, asked):
    job = queue.start(asked)
    assert job.state == "waiting" and job.progress().seconds_left is None
    seen, early = [], None
    while not job.finished:
        seen.append(job.progress())
        there = np.isfinite(job.view.scores()[:, 0])
        assert there[: there.sum()].all()  # the runs come in the order of their worth
        early = early or (job.view.explain(0) if seen[-1].done_runs < RUNS else None)
        time.sleep(0.02)
    assert [step.done_runs for step in seen] == sorted(step.done_runs for step in seen)
    assert {step.done_runs % (CHUNK // PAUSES) for step in seen} == {0}
    middle = next(step for step in seen if step.done_runs >= RUNS // 2)
    assert 0.2 < middle.seconds_left < 60 and middle.state == "running"
    assert early is not None and 0 < early.cost.forwards < RUNS


def test_the_final_map_its_cost_and_score(queue, asked, batch_log):
    job = queue.start(asked)
    wait_done(job)
    last = job.progress()
    assert (last.done_runs, last.share, last.seconds_left, last.state) == (RUNS, 1.0, 0.0, "done")
    assert RUNS * SLOW_SECONDS < last.seconds_spent < 60
    assert batch_log.runs(asked.spec) == RUNS and np.isfinite(job.view.scores()).all()
    explanation = job.view.explain(0)
    assert explanation.cost.forwards == RUNS and explanation.cost.seconds == pytest.approx(last.seconds_spent)
    assert explanation.score == pytest.approx(asked.prediction.base["probability"][0])
    assert (explanation.values[:2, :2] > 0).all()
    assert np.abs(explanation.values[2:]).max() < 1e-9 and np.abs(explanation.values[:, 2:]).max() < 1e-9
    maps = map(job.view.explain, range(len(asked.prediction.targets)))
    assert [found.target for found in maps] == list(asked.prediction.targets)


def test_two_tabs_and_two_servers_share_every_chunk(cluster, queue, asked, batch_log):
    jobs = [queue.start(asked), queue.start(asked), JobQueue(cluster).start(asked)]
    for job in jobs:
        wait_done(job)
    assert batch_log.runs(asked.spec) == RUNS
    assert all(np.array_equal(job.view.scores(), jobs[0].view.scores()) for job in jobs)


def test_foreground_goes_before_background(queue, asked):
    draft = queue.start(asked, priority=BACKGROUND)
    wait_for(lambda: draft.progress().done_runs >= CHUNK)
    urgent = queue.start(ask(toy_spec("slow"), asked.picture))
    queued = queue.start(ask(toy_spec("slow"), asked.picture), priority=BACKGROUND)
    at_order = draft.progress().done_runs
    wait_done(urgent)
    assert draft.progress().done_runs <= at_order + 3 * CHUNK
    assert queued.state == "waiting" and queued.progress().seconds_left is None


def test_a_finished_pass_is_found_after_a_restart(queue, store, asked, batch_log):
    assert queue.find_done(asked) is None, "looking starts nothing"
    job = queue.start(asked)
    assert queue.find_done(asked) is None
    wait_done(job)
    wait_for(store.sizes)
    for anybody in (queue, JobQueue(queue.cluster, ResultStore(store.folder))):
        found = anybody.find_done(asked)
        assert found.state == "done" and np.array_equal(found.view.scores(), job.view.scores())
    later = JobQueue(queue.cluster, ResultStore(store.folder)).start(asked)
    assert later.state == "done" and batch_log.runs(asked.spec) == RUNS
    assert np.array_equal(later.view.scores(), job.view.scores()) and later.view.explain(
        0
    ) == job.view.explain(0)
    changed = replace(asked.spec, params=replace(asked.spec.params, seed=1))
    assert JobQueue(queue.cluster, store).start(replace(asked, spec=changed)).state != "done"
