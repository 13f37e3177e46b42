"""Toy models with a log, on the cluster that all tests share, and passes that cost three seconds."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from compute.base.store import ResultStore
from compute.scheduling.desk import Desk, Handle
from compute.work.specs import PassSpec, Prediction
from compute.worker.sources import SOURCE_VARIABLE, model_source
from compute.worker.tasks import predict
from engine.images.picture import Picture
from engine.perturbation.methods.params import SobolParams
from model_store.catalogue import ModelRef
from tests.compute.toy_source import LOG_VARIABLE, SOURCE

PARAMS = SobolParams(designs=8, replicates=4, grid=4)
RUNS = 8 * (4 * 4 + 2)
CHUNK = 8
FRAMEWORKS = {"tensorflow", "keras", "tf_keras", "transformers"}
_numbers = count()


def wait_for(condition: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)


def wait_done(job: Handle, seconds: float = 120.0) -> None:
    """Wait for a job that must succeed."""
    wait_for(lambda: job.finished, seconds)
    assert (job.state, job.error) == ("done", None)


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

    def lines(self, spec: PassSpec) -> list[Line]:
        rows = [row.split() for row in self.path.read_text().splitlines()]
        return [
            Line(int(pid), key, int(runs), float(at)) for pid, key, runs, at in rows if key == str(spec.ref)
        ]

    def runs(self, spec: PassSpec) -> int:
        return sum(line.runs for line in self.lines(spec))


@pytest.fixture(scope="package", autouse=True)
def batch_log(toy_log):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SOURCE_VARIABLE, SOURCE)
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
def desk(cluster, store):
    return Desk(cluster, store)


@pytest.fixture
def picture():
    """Grey noise, 48 x 64, a new one for each test: nothing in the cluster is left from another."""
    pixels = np.random.default_rng(next(_numbers)).integers(0, 256, (48, 64, 3), dtype=np.uint8)
    return Picture(pixels, "noise.png")


class Asked(NamedTuple):
    """What ``Desk.start_pass`` and ``run_pass_locally`` take."""

    spec: PassSpec
    prediction: Prediction
    picture: Picture


def toy_spec(kind: str) -> PassSpec:
    """A pass on a toy model that no other test has."""
    return PassSpec(ModelRef(f"{kind}-{os.getpid()}-{next(_numbers)}"), "sobol", PARAMS)


def ask(spec: PassSpec, picture: Picture) -> Asked:
    """A pass on a picture; its prediction costs no slow runs, and its chunks have ``CHUNK`` runs."""
    quick = predict(ModelRef("toy"), picture)
    prediction = replace(quick, facts=model_source().facts(spec.ref), seconds_per_run=1 / (CHUNK + 1))
    return Asked(spec, prediction, picture)


@pytest.fixture
def asked(picture):
    return ask(toy_spec("slow"), picture)
