"""Faults of the machine, injected for real: only the running batch is lost, and a sentence says so."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import model_store.loading.cache as cache_module
from compute.base.store import ResultStore
from compute.cluster.processes import ROOT
from compute.scheduling.queue import JobQueue
from compute.work.score_sheet import find_scores
from compute.worker.sources import model_source
from model_store.catalogue import ModelRef
from tests.compute import evicting_source, faults_host
from tests.compute.conftest import CHUNK, RUNS, ask, predict_here, run_here, toy_spec, wait_done, wait_for
from tests.harness.disks import files_end_at

KEY, OTHER = "0" * 16, "1" * 16
NOBODY = 65534


@contextmanager
def without_rights(folder: Path):
    """Everything in a folder can be read and nothing written, by root neither."""
    paths = [folder, *folder.rglob("*")]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        for path in paths:
            path.chmod(0o755)


@pytest.fixture
def open_folder():
    """A folder that other accounts can look into, too."""
    made = Path(tempfile.mkdtemp(prefix="vitrine-test-", dir="/tmp"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def test_a_full_disk_loses_no_result(cluster, store, picture, caplog):
    store.put(OTHER, {"scores": np.zeros(4, np.float32)}, {})
    queue, asked = JobQueue(cluster, store), ask(toy_spec("toy"), picture)
    with files_end_at(500):
        job = queue.start(asked)
        wait_done(job)
        wait_for(
            lambda: "the result is not kept" in caplog.text
        )  # written by another thread when the job is done
    assert job.view.explain(0) is not None and "File too large" in caplog.text
    assert list(store.sizes()) == [OTHER] and len(list(store.folder.iterdir())) == 1
    again = queue.start(asked)
    assert again.state == "done" and again.view.explain(0) is not None


def test_a_read_only_cache_is_read_and_left_as_it_is(open_folder, caplog):
    store = ResultStore(open_folder)
    store.put(KEY, {"scores": np.ones(4, np.float32)}, {"seconds": 1.0})
    with without_rights(open_folder):
        found = store.get(KEY)
        store.put(OTHER, {"scores": np.ones(4, np.float32)}, {})
    assert found is not None and found.facts == {"seconds": 1.0}
    assert "the result is not kept" in caplog.text and list(store.sizes()) == [KEY]


@pytest.mark.parametrize("harm", ["columns", "kind", "seconds", "missing"])
def test_an_entry_that_makes_no_sense_is_computed_anew(store, picture, harm, caplog):
    asked = ask(toy_spec("toy"), picture)
    good = run_here(asked, store)
    series = asked.series
    stored = store.get(series)
    arrays, facts = dict(stored.arrays), dict(stored.facts)
    if harm == "missing":
        del arrays["scores"]
    if harm == "columns":
        arrays["scores"] = np.repeat(arrays["scores"], 2, axis=1)
    if harm == "kind":
        arrays["scores"] = arrays["scores"].astype(str)
    if harm == "seconds":
        facts["seconds"] = "soon"
    store.put(series, arrays, facts, replaces=lambda known: True)
    assert find_scores(store, asked).progress("running").done_runs == 0 and store.sizes() == {}
    assert "was damaged and is removed" in caplog.text
    np.testing.assert_array_equal(run_here(asked, store).scores(), good.scores())


def test_a_model_that_is_evicted_during_a_pass_is_loaded_again(monkeypatch, picture):
    monkeypatch.setenv("VITRINE_MODEL_SOURCE", evicting_source.SOURCE)
    monkeypatch.setattr(cache_module, "model_facts", lambda ref: model_source().facts(ref))
    first, second = replace(toy_spec("toy"), ref=ModelRef("toy-first")), ModelRef("toy-second")

    def push_out(view):
        if view.progress().done_runs <= 2 * CHUNK:
            predict_here(second, picture)

    done = run_here(ask(first, picture), on_progress=push_out)
    assert model_source().loads[1:] == ["toy-first", "toy-second", "toy-first", "toy-second", "toy-first"]
    monkeypatch.setenv("VITRINE_MODEL_SOURCE", "tests.compute.toy_source:ToySource")
    np.testing.assert_array_equal(done.scores(), run_here(ask(first, picture)).scores())


def test_a_server_that_is_killed_goes_on_where_it_was(cluster, tmp_path, batch_log):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.compute.faults_host", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, cwd=ROOT) as server:
        assert server.stdout.readline() == b"kept\n"
        server.send_signal(signal.SIGKILL)
    asked = faults_host.the_pass()
    job = JobQueue(cluster, ResultStore(tmp_path)).start(asked)
    kept = job.progress().done_runs
    assert 0 < kept < RUNS
    wait_done(job)
    ran = [line.runs for line in batch_log.lines(asked.spec)]
    np.testing.assert_array_equal(job.view.scores(), run_here(asked).scores())
    assert sum(ran) <= 2 * RUNS - kept
    assert ResultStore(tmp_path).get(asked.series).facts["runs"] == RUNS
