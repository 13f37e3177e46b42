"""Bounds in bytes: what was not used for longest goes first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from compute.base.store import ResultStore
from compute.scheduling.desk import Desk
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
    desk = Desk(cluster)
    first, second = ask(toy_spec("toy"), picture), ask(toy_spec("toy"), picture)
    wait_done(desk.start_pass(*first))
    wait_done(desk.start_pass(*second))
    wait_for(lambda: len(desk._recent) == 1)
    runs = batch_log.runs(first.spec)
    wait_done(desk.start_pass(*first))
    assert batch_log.runs(first.spec) == 2 * runs
    assert (
        desk.start_pass(*first._replace(prediction=replace(first.prediction, seconds_per_run=9.0))).state
        == "done"
    )


def test_what_is_not_kept_is_found_while_somebody_has_it(cluster, picture, monkeypatch, batch_log):
    monkeypatch.setenv("VITRINE_LIMIT_RESULTS", "0")
    desk = Desk(cluster)
    first, second = ask(toy_spec("toy"), picture), ask(toy_spec("toy"), picture)
    held = desk.start_pass(*first)
    wait_done(held)
    wait_done(desk.start_pass(*second))
    wait_for(lambda: len(desk._recent) == 1)
    runs = batch_log.runs(first.spec)
    assert desk.start_pass(*first).state == "done" and batch_log.runs(first.spec) == runs
