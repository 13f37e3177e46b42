"""Summed passes on a real cluster and in process: what is told, who shares what, and how they are left."""

import time
from dataclasses import replace

import numpy as np
import pytest

from compute.base.errors import TaskError
from compute.scheduling.queue import JobQueue
from compute.work.kinds import map_kind
from compute.work.maps import MAX_TARGETS
from compute.work.score_sheet import chunk_runs
from compute.work.sum_sheet import ChunkSums, SumSheet
from compute.work.summed import SummedOrder, SummedSpec
from engine.errors import ModelError, ParamsError, TargetError
from engine.explanation import Explanation
from engine.images.picture import Picture
from engine.methods import METHODS
from engine.params import from_texts
from engine.summed.params import ColourParams, InputParams, NoiseParams, PathParams, ScoreCamParams
from tests.compute.conftest import ask, run_here, toy_spec, wait_done, wait_for, wait_idle

ZONE = 0
SMALL = {
    "integrated_gradients": {"steps": 8},
    "smoothgrad": {"samples": 8},
    "vargrad": {"samples": 8},
    "scorecam": {"channels": 2},
}
SUMMED = [method.key for method in METHODS.values() if map_kind(method) is SummedOrder]
LONG = NoiseParams(samples=128)


@pytest.fixture
def picture(picture):
    """Noise in the bright half: the model's only zone is "bright", in whatever order tests run."""
    return Picture(picture.pixels // 2 + 128, picture.name)


def order(picture, method="saliency", params=None, kind="toy"):
    """A summed pass about one zone of a model that no other test has."""
    quick = ask(toy_spec(kind), picture)
    params = params or from_texts(METHODS[method].params, SMALL.get(method, {}))
    prediction = replace(quick.prediction, seconds_per_run=0.04)  # chunks of eight noisy pictures
    return SummedOrder(SummedSpec(quick.spec.ref, method, params, (ZONE,)), prediction, picture)


@pytest.mark.parametrize("method", SUMMED)
def test_in_process_and_on_the_cluster_are_equal(queue, picture, method, batch_log, tmp_path):
    asked = order(picture, method)
    job, view = queue.start(asked), run_here(asked)
    wait_done(job)
    found = job.view.explain(ZONE)
    np.testing.assert_array_equal(found.values, view.explain(ZONE).values)
    schedule = {"targets": [ZONE], "place": 0, "chunk": chunk_runs(job.order.price.seconds / job.order.runs)}
    assert found.provenance == asked.prediction.provenance(picture, schedule, "TensorFlow")
    assert found.method == method and found.target == asked.prediction.targets[ZONE]
    size = (16, 16) if method == "scorecam" else (64, 64)
    assert found.values.shape == size and found.values[: size[0] // 2, : size[1] // 2].any()
    assert batch_log.runs(asked.spec) == 2 * found.cost.forwards == 2 * job.order.runs
    assert found.score == pytest.approx(
        asked.prediction.base["probability" if method == "scorecam" else "logit"][ZONE]
    )
    found.save(tmp_path)
    assert Explanation.load(tmp_path) == found


def test_methods_that_add_up_the_same_are_one_pass(cluster, queue, picture, batch_log, no_framework):
    asked = order(picture)
    times_input = replace(asked.spec, method="gradient_x_input", params=InputParams(fill="mean"))
    mean = replace(asked.spec, params=ColourParams(colours="mean"))
    jobs = [
        server.start(replace(asked, spec=spec))
        for server in (queue, JobQueue(cluster))
        for spec in (asked.spec, times_input, mean)
    ]
    for job in jobs:
        wait_done(job)
    assert batch_log.runs(asked.spec) == 1
    assert len({job.order.key for job in jobs}) == 1
    maps = [job.view.explain(ZONE) for job in jobs]
    assert maps[1].signed and not maps[0].signed and maps[0] == maps[3]
    assert queue.start(replace(asked, spec=times_input)).state == "done"
    assert replace(asked, spec=replace(asked.spec, method="guided_backprop")).key != jobs[0].order.key


def test_progress_and_partial_maps_while_it_runs(queue, picture, batch_log):
    asked = order(picture, "smoothgrad", LONG, "slow")
    job = queue.start(asked)
    assert job.order.price.seconds == pytest.approx(3 * 128 * asked.prediction.seconds_per_run)
    seen, early = [], None
    while not job.finished:
        seen.append(job.progress())
        early = early or (job.view.explain(ZONE) if 0 < seen[-1].done_runs < 128 else None)
        time.sleep(0.02)
    done = [step.done_runs for step in seen]
    assert done == sorted(done) and {count % 8 for count in done} == {0} and len(set(done)) > 3
    assert early is not None and 0 < early.cost.forwards == early.cost.backwards < 128
    assert job.progress().share == 1 and job.view.explain(ZONE).cost.forwards == 128 == batch_log.runs(
        asked.spec
    )


def test_integrated_gradients_are_there_when_all_steps_are(queue, picture):
    job = queue.start(order(picture, "integrated_gradients", PathParams(steps=64, fill="noise"), "slow"))
    wait_for(lambda: job.progress().done_runs)
    assert job.finished or job.view.explain(ZONE) is None
    wait_done(job)
    assert job.view.explain(ZONE).figures["completeness gap"] < 0.01


def test_cancel_ends_the_work_and_a_new_order_takes_it_up(queue, picture, batch_log):
    asked = order(picture, "smoothgrad", LONG, "slow")
    leaver, stayer = queue.start(asked), queue.start(asked)
    wait_for(lambda: leaver.progress().done_runs >= 16)
    leaver.cancel()
    there = leaver.progress().done_runs
    wait_for(lambda: stayer.progress().done_runs > there)
    assert (
        leaver.state == "cancelled"
        and leaver.progress().done_runs == there
        and leaver.view.explain(ZONE).cost.forwards == there
    )
    stayer.cancel()
    there = stayer.progress().done_runs
    wait_idle(queue.cluster)
    assert there <= batch_log.runs(asked.spec) < 128
    again = queue.start(asked)
    assert again.progress().done_runs >= there
    wait_done(again)
    assert batch_log.runs(asked.spec) <= 128 + 2 * 8
    assert again.view.explain(ZONE).cost.forwards == 128


def test_a_chunk_counts_once(picture):
    chunk = ChunkSums({"a": np.ones((1, 3))}, 0.5)
    sheet = SumSheet(order(picture, "smoothgrad", NoiseParams(samples=8)), step=4)
    sheet.add((0, 4), chunk)
    first = sheet.now
    sheet.add((0, 4), chunk)
    assert sheet.now is first and sheet.has((0, 4)) and not sheet.has((0, 5)) and not sheet.complete
    sheet.add((4, 8), chunk)
    assert sheet.complete and sheet.now.seconds == 1
    assert np.array_equal(sheet.now.sums["a"], np.full((1, 3), 2))
    assert np.array_equal(first.sums["a"], np.ones((1, 3)))


def test_several_targets_share_their_pictures(picture):
    asked = order(picture, "vargrad")
    both = run_here(replace(asked, spec=replace(asked.spec, wanted=(ZONE, ZONE))))
    alone = run_here(asked)
    np.testing.assert_allclose(both.explain(ZONE).values, alone.explain(ZONE).values, rtol=1e-5)
    assert (
        both.order.price.gradients == 2 * alone.order.price.gradients == 16
        and both.order.runs == alone.order.runs
    )


def test_the_cost_of_score_cam_knows_the_layer(picture):
    asked = order(picture, "scorecam", ScoreCamParams(channels=128))
    assert [
        replace(asked, spec=replace(asked.spec, params=ScoreCamParams(layer))).runs
        for layer in ("whole", "seen", "")
    ] == [
        3,
        4,
        4,
    ]


@pytest.mark.parametrize(
    ("change", "kind", "sentence"),
    [
        ({"wanted": (7,)}, TargetError, "no target 7"),
        ({"wanted": ()}, ParamsError, "one to 5 targets"),
        ({"wanted": (ZONE,) * (MAX_TARGETS + 1)}, ParamsError, "one to 5 targets"),
        (
            {"method": "scorecam", "params": ScoreCamParams("cellar")},
            ModelError,
            "no layer 'cellar'.*whole, seen",
        ),
        ({"method": "scorecam", "params": ScoreCamParams("all")}, ParamsError, "one layer at a time; 'all'"),
    ],
)
def test_an_order_must_fit(queue, picture, change, kind, sentence):
    asked = order(picture)
    with pytest.raises(kind, match=sentence):
        queue.start(replace(asked, spec=replace(asked.spec, **change)))


def test_a_spec_must_fit_its_method(picture):
    asked = order(picture)
    spec = asked.spec
    with pytest.raises(ParamsError, match="takes ColourParams; received NoiseParams"):
        replace(spec, params=LONG)
    with pytest.raises(ParamsError, match="does not use sums"):
        replace(spec, method="gradcam")
    with pytest.raises(ParamsError, match="not requested"):
        run_here(asked).explain(1)


def test_a_network_without_relu_is_refused_with_a_reason(queue, picture):
    asked = order(picture, "guided_backprop")
    with pytest.raises(ParamsError, match="has no ReLU"):
        queue.start(replace(asked, prediction=replace(asked.prediction, traits=frozenset())))
    asked = order(picture, "scorecam")
    with pytest.raises(ParamsError, match="Score-CAM reads a layer, and Toy has none"):
        queue.start(replace(asked, prediction=replace(asked.prediction, target_layers=())))


def test_a_model_that_fails_fails_in_words(queue, picture):
    job = queue.start(order(picture, kind="broken"))
    assert job.view.explain(ZONE) is None
    wait_for(lambda: job.finished)
    assert job.state == "failed" and isinstance(job.error, TaskError) and "on purpose" not in str(job.error)
