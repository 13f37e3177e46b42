"""Questions about the inside of a model, on a real cluster and in process."""

import os
from itertools import count

import numpy as np
import pytest

from compute.base.errors import TaskError
from compute.work.features import AttentionSpec, FeatureOrder, LayersSpec, MapsSpec
from engine.errors import ModelError
from model_store.catalogue import ModelRef
from tests.compute.conftest import run_here, wait_done, wait_for
from tests.feature_toys import CHANNELS, KERNELS

_numbers = count()


@pytest.fixture
def ref():
    return ModelRef(f"toy-features-{os.getpid()}-{next(_numbers)}")


def test_layers_are_listed_with_the_first_kernels(queue, ref, picture, no_framework):
    job = queue.start(FeatureOrder(LayersSpec(ref), picture))
    wait_done(job)
    found = job.view.result()
    assert [facts.name for facts in found.layers] == ["early", "look around", "steps"]
    assert found.layers[2].shape_hwk == (8, 8, CHANNELS) and found.no_kernels is None
    np.testing.assert_array_equal(found.kernels.weights, KERNELS)


def test_maps_in_process_and_on_the_cluster_are_equal(queue, ref, picture, batch_log):
    spec = MapsSpec(ref, "steps")
    jobs = [queue.start(FeatureOrder(spec, picture)) for _ in range(2)]
    for job in jobs:
        wait_done(job)
    here = run_here(FeatureOrder(spec, picture)).result()
    assert jobs[0].view.result() is jobs[1].view.result()
    for side in ("before", "after"):
        np.testing.assert_array_equal(getattr(jobs[0].view.result(), side), getattr(here, side))
    np.testing.assert_array_equal(here.after, np.maximum(here.before, 0))


def test_attention_of_a_cell(queue, ref, picture):
    job = queue.start(FeatureOrder(AttentionSpec(ref, "look around", (2, 5)), picture))
    wait_done(job)
    assert job.view.result().shape == (2, 8, 8) and job.view.result()[0, 2, 5] == 1
    np.testing.assert_allclose(job.view.result().sum(axis=(1, 2)), 1, rtol=1e-5)


@pytest.mark.parametrize(
    "make", [lambda ref: MapsSpec(ref, "attic"), lambda ref: AttentionSpec(ref, "look around", (99, 0))]
)
def test_what_is_not_there_is_said_in_words(queue, ref, picture, make):
    job = queue.start(FeatureOrder(make(ref), picture))
    wait_for(lambda: job.finished)
    assert job.state == "failed" and isinstance(job.error, ModelError) and job.view.result() is None


def test_an_unknown_model_is_said_in_words(queue, picture):
    job = queue.start(FeatureOrder(LayersSpec(ModelRef("oracle")), picture))
    assert job.state == "failed" and "oracle" in str(job.error) and not isinstance(job.error, TaskError)
