"""Bounds in bytes: what was not used for longest goes first."""

from dataclasses import replace

import pytest

from compute.base.store import ResultStore
from compute.scheduling.queue import JobQueue
from engine.errors import VitrineError
from settings import MEGABYTE
from tests.compute.conftest import ask, toy_spec, wait_done, wait_for


def test_a_bound_is_a_number_of_megabytes(monkeypatch):
    monkeypatch.setenv("VITRINE_LIMIT_STORE", "3")
    assert ResultStore().max_bytes == 3 * MEGABYTE
    monkeypatch.setenv("VITRINE_LIMIT_STORE", "plenty")
    with pytest.raises(
        VitrineError, match="VITRINE_LIMIT_STORE is a whole number of megabytes; received 'plenty'"
    ):
        ResultStore()


def test_the_server_keeps_what_fits(cluster, picture, monkeypatch, batch_log):
    monkeypatch.setenv("VITRINE_LIMIT_RESULTS", "0")
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


def test_what_is_not_kept_is_found_while_somebody_has_it(cluster, picture, monkeypatch, batch_log):
    monkeypatch.setenv("VITRINE_LIMIT_RESULTS", "0")
    queue = JobQueue(cluster)
    first, second = ask(toy_spec("toy"), picture), ask(toy_spec("toy"), picture)
    held = queue.start(first)
    wait_done(held)
    wait_done(queue.start(second))
    wait_for(lambda: len(queue._recent) == 1)
    runs = batch_log.runs(first.spec)
    assert queue.start(first).state == "done" and batch_log.runs(first.spec) == runs
