"""What a worker measures of a model."""

from __future__ import annotations

import time

import numpy as np
import psutil
import pytest

from compute.workbench import measure_speed

SECONDS = 0.05


class Waiting:
    """A model that waits for others to let it run, and computes next to nothing."""

    def score_batch(self, pictures: np.ndarray, _space: str) -> np.ndarray:
        time.sleep(SECONDS * len(pictures))
        return pictures


@pytest.mark.parametrize(("load", "fits"), [(0.0, lambda speed: speed >= SECONDS), (99.0, lambda speed: speed < SECONDS / 2)])
def test_speed_does_not_tell_of_a_crowded_moment(monkeypatch, load, fits):
    monkeypatch.setattr(psutil, "getloadavg", lambda: (load, load, load))
    assert fits(measure_speed(Waiting(), np.zeros((32, 32, 3), np.float32)))
