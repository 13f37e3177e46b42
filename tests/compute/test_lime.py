"""LIME on a real cluster and in process: worker and server find the same superpixels."""

import gc
import time
from dataclasses import replace

import numpy as np
import pytest

from compute.work.perturbation import PerturbationSpec, plan_of
from engine.errors import ParamsError
from engine.explanation import Explanation
from engine.images.picture import Picture
from engine.perturbation.methods.params import LimeParams
from engine.visualise.parts import survives
from tests.compute.conftest import CHUNK, ask, run_here, toy_spec, wait_done, wait_for

PARAMS = LimeParams(samples=80, seeds=2, n_segments=20, compactness=100, fill="black")
RUNS = 160


def ask_lime(kind, picture, params=PARAMS):
    """LIME on a toy model that no other test has."""
    return ask(PerturbationSpec(toy_spec(kind).ref, "lime", params), picture)


def share_of_quarter(explanation, rows, columns):
    """Part of the map's mass, sign apart, that lies in a quarter and a margin of the width of half a
    superpixel around it.
    """
    mass = np.abs(explanation.values)
    return mass[rows, columns].sum() / mass.sum()


TOP_LEFT, BOTTOM_RIGHT = (slice(0, 38), slice(0, 38)), (slice(26, 64), slice(26, 64))


def test_an_explanation_has_superpixels_figures_and_a_band(picture, tmp_path, no_framework):
    asked = ask_lime("toy", picture)
    found = run_here(asked).explain(0)
    assert found.signed and found.values.shape == asked.prediction.input_hw == found.parts.labels.shape
    np.testing.assert_array_equal(found.values, found.parts.weights[found.parts.labels])
    assert found.figures["superpixels"] == found.parts.labels.max() + 1 and 0.5 < found.figures["R2"] <= 1
    assert found.lower is not None and found.stability is not None and found.cost.forwards == RUNS
    assert (
        found.params == PARAMS.as_dict()
        and {"lime", "scikit-image", "scikit-learn"} <= found.provenance.versions.keys()
    )
    found.save(tmp_path)
    assert Explanation.load(tmp_path) == found


def test_runs_are_read_with_the_parameters_of_the_reader(picture):
    asked = ask_lime("toy", picture)
    result = run_here(asked)
    other = replace(
        asked.spec, params=replace(PARAMS, regressor="lasso", penalty=0.5, shown=3, sign="positive")
    )
    lasso, ridge = result.explain(0, params=other.params), result.explain(0)
    assert lasso.params["regressor"] == "lasso" and np.abs(lasso.values).sum() < np.abs(ridge.values).sum()


def test_two_people_on_two_models_at_once_both_get_their_own_map(queue, picture, batch_log, no_framework):
    first, second = ask_lime("slow", picture), ask_lime("mirror", picture)
    jobs = [queue.start(first), queue.start(second)]
    for job in jobs:
        wait_done(job)
    ours, theirs = (job.view.explain(0) for job in jobs)
    assert share_of_quarter(ours, *TOP_LEFT) > 0.8 and share_of_quarter(theirs, *BOTTOM_RIGHT) > 0.8
    assert survives(ours.parts).any() and survives(theirs.parts).any()
    assert [batch_log.runs(asked.spec) for asked in (first, second)] == [RUNS, RUNS]
    assert (
        ours.provenance.model == first.prediction.facts.key
        and theirs.provenance.model == second.prediction.facts.key
    )
    np.testing.assert_array_equal(jobs[0].view.scores(), run_here(first).scores())


def test_there_is_a_map_before_the_first_seed_is_finished(queue, picture):
    job, seen = queue.start(ask_lime("slow", picture)), []
    while not job.finished:
        found = job.view.explain(0)
        seen += [] if found is None else [found]
        time.sleep(0.02)
    forwards = [found.cost.forwards for found in seen]
    assert forwards == sorted(forwards) and forwards[0] < PARAMS.samples
    assert seen[0].lower is None and job.view.explain(0).lower is not None


def test_another_picture_lets_go_of_the_old_job(queue, picture, batch_log):
    old = ask_lime("slow", picture)
    job = queue.start(old)
    wait_for(lambda: job.progress().done_runs >= CHUNK)
    new = ask_lime("slow", Picture(picture.pixels[::-1].copy(), "turned.png"))
    job = queue.start(new)
    gc.collect()
    wait_done(job)
    assert batch_log.runs(old.spec) < RUNS and batch_log.runs(new.spec) == RUNS


def test_a_picture_in_one_piece_fails_with_a_sentence_before_a_run(queue, batch_log):
    even = Picture(np.full((48, 64, 3), 90, np.uint8), "even.png")
    asked = ask_lime("slow", even, replace(PARAMS, segmentation="felzenszwalb"))
    job = queue.start(asked)
    wait_for(lambda: job.finished)
    assert (
        job.state == "failed" and isinstance(job.error, ParamsError) and "single superpixel" in str(job.error)
    )
    assert job.view.explain(0) is None and batch_log.runs(asked.spec) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"kernel_width": 0.5},
        {"regressor": "lasso"},
        {"penalty": 2},
        {"shown": 3},
        {"sign": "negative"},
        {"kernel_size": 2},
        {"min_size": 9},
    ],
)
def test_what_changes_no_run_changes_no_key(picture, change):
    asked = ask_lime("toy", picture)
    other = replace(asked.spec, params=replace(PARAMS, **change))
    assert replace(asked, spec=other).key == asked.key
    assert plan_of(other, picture, (64, 64)) is plan_of(asked.spec, picture, (64, 64))


@pytest.mark.parametrize(
    "change",
    [
        *({"n_segments": 25}, {"compactness": 1}, {"sigma": 0}, {"segmentation": "quickshift"}),
        *({"seed": 1}, {"seeds": 3}, {"samples": 100}, {"fill": "cell mean"}, {"space": "logit"}),
    ],
)
def test_what_changes_the_runs_changes_the_key(picture, change):
    asked = ask_lime("toy", picture)
    other = replace(asked.spec, params=replace(PARAMS, **change))
    assert replace(asked, spec=other).key != asked.key
    assert replace(asked, spec=asked.spec).key == asked.key
