"""Filters drawn on a real cluster and in process: progress, cancelling, the store, the strongest places."""

from dataclasses import replace

import numpy as np
import pytest

from compute.base.errors import TaskError
from compute.scheduling.queue import JobQueue
from compute.work.features import FeatureOrder, PeaksSpec
from compute.work.filter_sheet import FilterSheet, find_drawings
from compute.work.filters import FilterOrder, FilterSpec
from compute.worker.sources import model_source
from engine.errors import ModelError, ParamsError
from engine.filters import OUTPUT, FilterParams
from engine.images.picture import Picture
from tests.compute.conftest import predict_here, run_here, toy_spec, wait_done, wait_for
from tests.filter_toys import FIELD, SILENT
from tests.toys import TAPS

PARAMS = FilterParams(size=64, steps=16)


def order_of(kind="toy", channels=(0, SILENT), **changes):
    ref, grey = toy_spec(kind).ref, Picture(np.full((48, 64, 3), 90, np.uint8), "grey")
    prediction = replace(predict_here("toy", grey), facts=model_source().facts(ref), target_layers=TAPS)
    return FilterOrder(FilterSpec(ref, "seen", channels, replace(PARAMS, **changes)), prediction)


def test_pictures_develop_and_say_what_they_reached(queue, no_framework):
    order = order_of()
    job = queue.start(order)
    wait_done(job)
    drawn = job.view.drawings()
    assert list(drawn) == [0, SILENT] and job.view.sheet.complete and job.view.sheet.share == 1
    assert drawn[0].steps[0] == 0 and drawn[0].steps[-1] == 16 and (np.diff(drawn[0].steps) > 0).all()
    assert drawn[0].start == pytest.approx(0.1) and drawn[0].gain == pytest.approx(11) and not drawn[0].silent
    assert drawn[SILENT].silent and drawn[SILENT].gain is None
    assert drawn[0].pixels.shape == (64, 64, 3) and drawn[0].pixels[0, 0].tolist() == [228, 128, 128]


def test_finished_pictures_are_found_again_one_by_one(cluster, store, batch_log):
    order = order_of()
    wait_done(JobQueue(cluster, store).start(order))
    wait_for(lambda: len(find_drawings(store, order)) == 2)  # written by another thread
    runs = batch_log.runs(order.spec)
    assert runs == 2 * 16
    again = JobQueue(cluster, store).start(order)
    assert again.state == "done" and again.view.sheet.complete and batch_log.runs(order.spec) == runs
    one = FilterOrder(replace(order.spec, channels=(SILENT,)), order.model)
    (found,) = find_drawings(store, one).values()
    np.testing.assert_array_equal(found.pixels, again.view.drawings()[SILENT].pixels)
    np.testing.assert_array_equal(found.curve, again.view.drawings()[SILENT].curve)
    assert (
        find_drawings(store, FilterOrder(replace(one.spec, params=replace(PARAMS, seed=1)), order.model))
        == {}
    )


def test_in_process_and_on_the_cluster_are_equal_and_fill_the_same_store(queue, store):
    order = order_of()
    seen = []
    view = run_here(order, store, on_progress=lambda view: seen.append(view.sheet.share))
    assert seen[-1] == 1 and view.sheet.complete
    job = queue.start(order)
    assert job.state == "done"
    np.testing.assert_array_equal(job.view.drawings()[0].pixels, view.drawings()[0].pixels)


def test_what_nobody_watches_ends_and_goes_on_when_it_is_asked_again(queue, batch_log):
    order = order_of("slow", steps=256, size=224)
    job = queue.start(order)
    wait_for(lambda: job.view.sheet.steps > 0, 60)
    job.cancel()
    assert job.state == "cancelled" and 0 < job.view.sheet.share < 1
    runs = batch_log.runs(order.spec)
    wait_for(
        lambda: not job._execution._futures and not job._execution._submitter._left
    )  # it is left in another thread
    assert runs < 2 * 256
    again = queue.start(order)
    assert again.state in ("waiting", "running")
    again.cancel()


def test_batches_hold_what_is_missing():
    order = order_of(channels=(0, 1), size=224)
    assert order.batches({}) == [(0, 1)]
    drawn = run_here(order_of()).drawings()
    assert order.batches({0: drawn[0]}) == [(1,)] and order.batches(drawn) == []
    sheet = FilterSheet(order, {})
    assert sheet.steps == 0 and sheet.share == 0 and not sheet.complete


@pytest.mark.parametrize(
    ("change", "kind", "sentence"),
    [
        ({"layer": "cellar"}, ModelError, "no layer 'cellar'.*whole, seen"),
        ({"channels": (0, 2)}, ParamsError, "seen has the channels 0 to 1; received 2"),
        ({"layer": OUTPUT, "channels": (5,)}, ParamsError, "0 to 1; received 5"),
        ({"channels": ()}, ParamsError, "1 to"),
        ({"channels": (0, 0)}, ParamsError, "each once"),
    ],
)
def test_an_order_must_fit(change, kind, sentence):
    order = order_of()
    with pytest.raises(kind, match=sentence):
        FilterOrder(replace(order.spec, **change), order.model)


def test_directions_have_keys_of_their_own_and_a_weight_for_each_channel():
    order = order_of(channels=(0, 1))
    directed = FilterOrder(replace(order.spec, directions=((1.0, 0.0), (0.6, 0.8))), order.model)
    turned = FilterOrder(replace(order.spec, directions=((0.6, 0.8), (1.0, 0.0))), order.model)
    assert len({order.key_of(0), directed.key_of(0), directed.key_of(1)}) == 3
    assert directed.key_of(0) == turned.key_of(1), "the direction counts, not its number"
    assert list(run_here(directed).drawings()) == [0, 1]
    with pytest.raises(ValueError, match="2 weights"):
        FilterOrder(replace(order.spec, directions=((1.0,), (0.5,))), order.model)
    with pytest.raises(ParamsError, match="0 to 0; received 1"):
        FilterOrder(replace(order.spec, directions=((1.0, 0.0),)), order.model)


def test_a_model_that_fails_fails_in_words(queue):
    job = queue.start(order_of("broken"))
    wait_for(lambda: job.finished, 60)
    assert job.state == "failed" and isinstance(job.error, TaskError)


def test_peaks_are_where_a_channel_answers_most(queue):
    pixels = np.full((64, 64, 3), 51, np.uint8)
    pixels[8:16, 24:32] = 204
    job = queue.start(FeatureOrder(PeaksSpec(order_of().spec.ref, "early"), Picture(pixels, "spot")))
    wait_done(job)
    found = job.view.result()
    assert found.grid_hw == (8, 8) and found.places[0].tolist() == [1, 3] and found.field == FIELD
    assert found.values[0] == pytest.approx(0.8) and found.values[1] == pytest.approx(0.8)
    classes = queue.start(FeatureOrder(PeaksSpec(order_of().spec.ref, OUTPUT), Picture(pixels, "spot")))
    wait_done(classes)
    assert classes.view.result().values.shape == (2,)
