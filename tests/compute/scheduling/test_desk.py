"""Predictions and passes on a real cluster: what handles tell, and who shares what."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from compute.base.errors import TaskError
from compute.base.store import ResultStore
from compute.scheduling.desk import BACKGROUND, PAUSES, Desk
from compute.work.specs import PassSpec
from compute.worker.tasks import predict
from engine.errors import ModelError, ParamsError
from engine.images.picture import Picture
from engine.perturbation.plan import PerturbationParams
from model_store.catalogue import ModelRef
from tests.compute.conftest import CHUNK, RUNS, ask, toy_spec, wait_done, wait_for
from tests.compute.toy_source import AWAKE, SLOW_SECONDS


def test_a_prediction_has_everything_that_pages_show(desk, picture):
    job = desk.predict(ModelRef("toy"), picture)
    wait_done(job)
    prediction = job.result()
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
    assert desk.predict(ModelRef("toy"), picture).result() is prediction


def test_what_gradients_need_is_begun_after_a_prediction_in_a_worker_only(desk, picture, batch_log):
    ref = ModelRef("toy-fresh")
    predict(ref, picture)
    awake = batch_log.path.with_name(AWAKE)
    assert not awake.exists() or str(ref) not in awake.read_text().split()
    wait_done(desk.predict(ref, picture))
    assert str(ref) in awake.read_text().split()


def test_errors_come_as_sentences(desk, picture):
    assert isinstance(desk.predict(ModelRef("unheard"), picture).error, ModelError)
    job = desk.predict(toy_spec("broken").ref, picture)
    wait_for(lambda: job.finished)
    assert job.state == "failed" and job.result() is None
    assert (
        isinstance(job.error, TaskError)
        and "on purpose" in job.error.trace
        and "on purpose" not in str(job.error)
    )


def test_an_order_must_fit(desk, asked):
    with pytest.raises(ParamsError, match="another model or picture"):
        desk.start_pass(asked.spec, asked.prediction, Picture(asked.picture.pixels[::-1], "other"))
    with pytest.raises(ParamsError, match="takes SobolParams"):
        PassSpec(asked.spec.ref, "sobol", PerturbationParams())


def test_progress_and_partial_maps_while_it_runs(desk, asked):
    job = desk.start_pass(*asked)
    assert job.state == "waiting" and job.progress().seconds_left is None
    seen, early = [], None
    while not job.finished:
        seen.append(job.progress())
        there = np.isfinite(job.scores()[:, 0])
        assert there[: there.sum()].all()  # the runs come in the order of their worth
        early = early or (job.explain(0) if seen[-1].done_runs < RUNS else None)
        time.sleep(0.02)
    assert [step.done_runs for step in seen] == sorted(step.done_runs for step in seen)
    assert {step.done_runs % (CHUNK // PAUSES) for step in seen} == {0}
    middle = next(step for step in seen if step.done_runs >= RUNS // 2)
    assert 0.2 < middle.seconds_left < 60 and middle.state == "running"
    assert early is not None and 0 < early.cost.forwards < RUNS


def test_the_final_map_its_cost_and_score(desk, asked, batch_log):
    job = desk.start_pass(*asked)
    wait_done(job)
    last = job.progress()
    assert (last.done_runs, last.share, last.seconds_left, last.state) == (RUNS, 1.0, 0.0, "done")
    assert RUNS * SLOW_SECONDS < last.seconds_spent < 60
    assert batch_log.runs(asked.spec) == RUNS and np.isfinite(job.scores()).all()
    explanation = job.explain(0)
    assert explanation.cost.forwards == RUNS and explanation.cost.seconds == pytest.approx(last.seconds_spent)
    assert explanation.score == pytest.approx(asked.prediction.base["probability"][0])
    assert (explanation.values[:2, :2] > 0).all()
    assert np.abs(explanation.values[2:]).max() < 1e-9 and np.abs(explanation.values[:, 2:]).max() < 1e-9
    assert [found.target for found in job.explain_all()] == list(asked.prediction.targets)


def test_two_tabs_and_two_servers_share_every_chunk(cluster, desk, asked, batch_log):
    jobs = [desk.start_pass(*asked), desk.start_pass(*asked), Desk(cluster).start_pass(*asked)]
    for job in jobs:
        wait_done(job)
    assert batch_log.runs(asked.spec) == RUNS
    assert all(np.array_equal(job.scores(), jobs[0].scores()) for job in jobs)


def test_foreground_goes_before_background(desk, asked):
    draft = desk.start_pass(*asked, priority=BACKGROUND)
    wait_for(lambda: draft.progress().done_runs >= CHUNK)
    urgent = desk.start_pass(*ask(toy_spec("slow"), asked.picture))
    queued = desk.start_pass(*ask(toy_spec("slow"), asked.picture), priority=BACKGROUND)
    at_order = draft.progress().done_runs
    wait_done(urgent)
    assert draft.progress().done_runs <= at_order + 3 * CHUNK
    assert queued.state == "waiting" and queued.progress().seconds_left is None


def test_a_finished_pass_is_found_after_a_restart(desk, store, asked, batch_log):
    job = desk.start_pass(*asked)
    wait_done(job)
    wait_for(store.sizes)
    later = Desk(desk.cluster, ResultStore(store.folder)).start_pass(*asked)
    assert later.state == "done" and batch_log.runs(asked.spec) == RUNS
    assert np.array_equal(later.scores(), job.scores()) and later.explain(0) == job.explain(0)
    changed = replace(asked.spec, params=replace(asked.spec.params, seed=1))
    assert Desk(desk.cluster, store).start_pass(changed, asked.prediction, asked.picture).state != "done"
