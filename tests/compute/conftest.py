"""Toy models with a log, on the cluster that all tests share, and passes that cost three seconds."""

import os
import sys
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from compute.base.store import ResultStore
from compute.cluster.cluster import Cluster
from compute.run.runners import LocalRunner, predict_with
from compute.scheduling.queue import JobQueue
from compute.scheduling.subscription import Subscription
from compute.work.perturbation import PerturbationOrder, PerturbationSpec
from compute.work.predict import Prediction
from compute.worker.sources import model_source
from engine.images.picture import Picture
from engine.perturbation.methods.params import SobolParams
from model_store.catalogue import ModelRef
from tests.compute.toy_source import LOG_VARIABLE, SOURCE
from tests.harness.waits import wait_for

PARAMS = SobolParams(designs=8, replicates=4, grid=4)
RUNS = 8 * (4 * 4 + 2)
CHUNK = 8
FRAMEWORKS = {"tensorflow", "keras", "tf_keras", "transformers"}
_numbers = count()


def wait_done(job: Subscription, seconds: float = 120.0) -> None:
    """Wait for a job that must succeed."""
    wait_for(lambda: job.finished, seconds)
    assert (job.state, job.error) == ("done", None)


def wait_idle(cluster: Cluster) -> None:
    """Wait until no worker runs anything, whoever has left it."""
    wait_for(lambda: not any(cluster.client().run(_under_way).values()))


def _under_way(dask_worker: Any) -> int:
    return len(dask_worker.state.executing) + len(dask_worker.state.ready)


@dataclass(frozen=True)
class Line:
    """One batch in the log."""

    pid: int
    key: str
    runs: int
    time: float


@dataclass(frozen=True)
class BatchLog:
    """What toy models ran, in whatever process."""

    path: Path

    def lines(self, spec: PerturbationSpec) -> list[Line]:
        rows = [row.split() for row in self.path.read_text().splitlines()]
        return [
            Line(int(pid), key, int(runs), float(at)) for pid, key, runs, at in rows if key == str(spec.ref)
        ]

    def runs(self, spec: PerturbationSpec) -> int:
        return sum(line.runs for line in self.lines(spec))


@pytest.fixture(scope="package", autouse=True)
def batch_log(toy_log):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VITRINE_MODEL_SOURCE", SOURCE)
        patch.setenv(LOG_VARIABLE, str(toy_log))
        yield BatchLog(toy_log)


@pytest.fixture
def cluster(batch_log, shared_cluster):
    return shared_cluster


@pytest.fixture
def no_framework():
    """This process imports no framework for models while the test runs, whatever others have imported before
    it.
    """
    before = FRAMEWORKS & sys.modules.keys()
    yield
    assert FRAMEWORKS & sys.modules.keys() == before


@pytest.fixture
def store(tmp_path):
    return ResultStore(tmp_path / "results")


@pytest.fixture
def queue(cluster, store):
    return JobQueue(cluster, store)


@pytest.fixture
def picture():
    """Grey noise, 48 x 64, a new one for each test: nothing in the cluster is left from another."""
    pixels = np.random.default_rng(next(_numbers)).integers(0, 256, (48, 64, 3), dtype=np.uint8)
    return Picture(pixels, "noise.png")


def predict_here(key: str | ModelRef, picture: Picture) -> Prediction:
    """What a model answers, in this process."""
    return predict_with(LocalRunner(), ModelRef(str(key)), picture)


def run_here(order, store=None, **watched):
    """An order run in this process."""
    return LocalRunner(store).run(order, **watched)


def toy_spec(kind: str) -> PerturbationSpec:
    """A pass on a toy model that no other test has."""
    return PerturbationSpec(ModelRef(f"{kind}-{os.getpid()}-{next(_numbers)}"), "sobol", PARAMS)


def ask(spec: PerturbationSpec, picture: Picture) -> PerturbationOrder:
    """A pass on a picture; its prediction costs no slow runs, and its chunks have ``CHUNK`` runs."""
    quick = predict_here("toy", picture)
    prediction = replace(quick, facts=model_source().facts(spec.ref), seconds_per_run=1 / (CHUNK + 1))
    return PerturbationOrder(spec, prediction, picture)


@pytest.fixture
def asked(picture):
    return ask(toy_spec("slow"), picture)
