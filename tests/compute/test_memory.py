"""Bounds in bytes: what was not used for longest goes first."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from compute.base import recent as recent_module
from compute.base.bounds import BOUNDS, MEGABYTE, RESULTS, STORE, Bound
from compute.base.recent import Recent
from compute.base.sizes import bytes_of
from compute.base.store import ResultStore
from compute.scheduling.queue import JobQueue
from engine.errors import VitrineError
from engine.perturbation.methods import sobol
from engine.perturbation.methods.params import SobolParams
from tests.compute.conftest import ask, toy_spec, wait_done, wait_for

SMALL = Bound("VITRINE_LIMIT_TEST", 1, "a test")
HALF = MEGABYTE // 2


@dataclass
class Kept:
    """Something of ours that holds arrays."""

    array: np.ndarray
    others: tuple[object, ...] = ()


def test_arrays_count_once_wherever_they_are():
    array = np.zeros(1000, np.float32)
    assert bytes_of(Kept(array, ({"again": array}, [np.zeros(10, np.uint8)], b"12345"))) == 4015
    assert bytes_of(iter([array]), 7, None) == 0


def test_what_is_made_later_is_weighed_too():
    plan = sobol.plan(SobolParams(grid=8, designs=32), np.zeros((8, 8, 3), np.float32))
    assert bytes_of(plan) < 1000
    plan.masks(0, 1)
    assert bytes_of(plan) >= 32 * 2 * 64 * 4


def test_what_was_not_used_for_longest_makes_room():
    recent = Recent(9, SMALL)
    first, second, third = (np.zeros(size, np.uint8) for size in (HALF, HALF, HALF + 1))
    for key, value in (("a", first), ("b", second), ("a", first), ("c", third)):
        recent.get(key, lambda value=value: value)
    assert len(recent) == 1 and recent.nbytes == HALF + 1
    assert recent.get("a", lambda: first) is first
    recent.keep("huge", np.zeros(3 * MEGABYTE, np.uint8))
    recent.shrink()
    assert len(recent) == 1 and recent.nbytes == 3 * MEGABYTE


def test_a_bound_is_a_number_of_megabytes(monkeypatch):
    assert SMALL.nbytes == MEGABYTE and len({bound.variable for bound in BOUNDS}) == len(BOUNDS)
    monkeypatch.setenv(STORE.variable, "3")
    assert ResultStore().max_bytes == 3 * MEGABYTE
    monkeypatch.setenv(STORE.variable, "plenty")
    with pytest.raises(
        VitrineError, match="VITRINE_LIMIT_STORE is a whole number of megabytes; received 'plenty'"
    ):
        ResultStore()


def test_the_server_keeps_what_fits(cluster, picture, monkeypatch, batch_log):
    monkeypatch.setenv(RESULTS.variable, "0")
    queue = JobQueue(cluster)
    first, second = ask(toy_spec("toy"), picture), ask(toy_spec("toy"), picture)
    wait_done(queue.start(first))
    wait_done(queue.start(second))
    wait_for(lambda: len(queue._recent) == 1)
    runs = batch_log.runs(first.spec)
    wait_done(queue.start(first))
    assert batch_log.runs(first.spec) == 2 * runs
    assert (
        queue.start(replace(first, prediction=replace(first.prediction, seconds_per_run=9.0))).state == "done"
    )


def test_tending_rests_after_weighing(monkeypatch):
    clock, weighed = iter([10.0, 10.5, 34.9, 35.1, 35.1]), []
    monkeypatch.setattr(recent_module, "monotonic", lambda: next(clock))
    recent = Recent(9, SMALL)
    monkeypatch.setattr(recent, "shrink", lambda: weighed.append(1))
    recent.tend()  # took half a second: nothing for 25
    recent.tend()
    assert len(weighed) == 1
    recent.tend()
    assert len(weighed) == 2
