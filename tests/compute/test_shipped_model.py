"""A model that ships with the project, in a real worker."""

import sys

import numpy as np
import pytest

from compute.cluster.cluster import start_cluster
from compute.scheduling.queue import JobQueue
from compute.work.perturbation import PerturbationOrder, PerturbationSpec
from compute.work.predict import PredictOrder
from engine.images.picture import Picture
from engine.perturbation.methods.params import SobolParams
from model_store.catalogue import CATALOGUE, ModelRef, availability
from tests.compute.conftest import wait_done, wait_for

REF = ModelRef("streets-unet")
HEAVY = {"tensorflow", "keras", "tf_keras", "transformers"}


@pytest.mark.processes
@pytest.mark.skipif(not availability(CATALOGUE[REF.key]).ready, reason="the shipped weights are not there")
def test_it_is_explained_without_tensorflow_in_the_server(monkeypatch, rng):
    monkeypatch.delenv("VITRINE_MODEL_SOURCE")
    picture = Picture(rng.integers(0, 256, (64, 96, 3), dtype=np.uint8).repeat(4, 0).repeat(4, 1), "noise")
    before = HEAVY & sys.modules.keys()
    cluster = start_cluster(warm=REF)
    try:
        queue = JobQueue(cluster)
        predicted = queue.start(PredictOrder(REF, picture))
        wait_done(predicted, 120)
        prediction = predicted.view.result()
        spec = PerturbationSpec(REF, "sobol", SobolParams(grid=4, designs=8))
        job = queue.start(PerturbationOrder(spec, prediction, picture))
        wait_for(lambda: job.view.explain(0) is not None, 60)
        job.cancel()
    finally:
        cluster.close()
    assert np.isfinite(job.view.explain(0).values).all()
    assert np.isfinite(prediction.base["logit"]).all() and len(prediction.base["logit"]) == len(
        prediction.targets
    )
    assert HEAVY & sys.modules.keys() == before
