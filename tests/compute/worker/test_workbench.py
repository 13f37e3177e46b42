"""Speed of a model as a worker measures it."""

import time
from types import SimpleNamespace

import numpy as np
import psutil
import pytest

from compute.worker.workbench import Workbench, measure_speed
from engine.model import Backend
from model_store.base.trials import TRIAL_HW

SECONDS = 0.05


class Waiting:
    """A model that waits for others to let it run, and computes next to nothing."""

    facts = SimpleNamespace(fingerprint="waiting")
    backend = Backend()

    def input_size_hw(self, picture_hw: tuple[int, int]) -> tuple[int, int]:
        return picture_hw[0] // 2, picture_hw[1] // 2

    def score_batch(self, pictures: np.ndarray, _space: str) -> np.ndarray:
        time.sleep(SECONDS * len(pictures))
        return pictures


@pytest.mark.slow
@pytest.mark.parametrize(
    ("load", "fits"), [(0.0, lambda speed: speed >= SECONDS), (99.0, lambda speed: speed < SECONDS / 2)]
)
def test_speed_does_not_tell_of_a_crowded_moment(monkeypatch, load, fits):
    monkeypatch.setattr(psutil, "getloadavg", lambda: (load, load, load))
    assert fits(measure_speed(Waiting(), np.zeros((32, 32, 3), np.float32)))


def test_speed_of_another_size_follows_from_what_was_timed():
    model = Waiting()
    model.backend = Backend("OpenVINO f32", {"TensorFlow": 9.0, "OpenVINO f32": 0.02})
    model.score_batch = None
    bench, (height, width) = Workbench(None), model.input_size_hw(TRIAL_HW)
    assert bench.seconds_per_run(model, np.zeros((height, width, 3), np.float32)) == pytest.approx(0.02)
    assert bench.seconds_per_run(model, np.zeros((height // 2, width // 2, 3), np.float32)) == pytest.approx(
        0.005
    )


def test_speed_is_measured_once_where_nothing_was_timed(monkeypatch):
    monkeypatch.setattr(psutil, "getloadavg", lambda: (0.0, 0.0, 0.0))
    model, bench, image = Waiting(), Workbench(None), np.zeros((32, 32, 3), np.float32)
    speed = bench.seconds_per_run(model, image)
    model.score_batch = None
    assert speed >= SECONDS and bench.seconds_per_run(model, image) == speed
