"""Notes of tasks that are under way: what ended two processes is refused for a while."""

import os
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from compute.base.errors import ClusterError
from compute.cluster.processes import ROOT
from compute.worker.under_way import BEGUN, FOLDER, NO_MEMORY, REFUSED_SECONDS, under_way, wants_memory

KEY = ("predict-1", 100, 3)
SAME = ("predict-1", 0, 3)
OTHER = ("predict-1", 100, 4)


@pytest.fixture
def worker(tmp_path):
    """What the notes ask of a worker; no nanny starts it again."""
    return SimpleNamespace(local_directory=str(tmp_path / "worker-1"), nanny=None)


def leave_note(worker, *lines):
    """What a process leaves that has ended in the middle of the task."""
    with under_way(worker, KEY):
        (note,) = (path for path in notes(worker))
        text = "".join(f"{line}\n" for line in lines)
    note.write_text(text)
    return note


def notes(worker):
    return list((ROOT / worker.local_directory).parent.joinpath(FOLDER).iterdir())


def test_what_ends_well_or_with_an_error_leaves_nothing(worker):
    with under_way(worker, KEY):
        assert len(notes(worker)) == 1
    with pytest.raises(ZeroDivisionError), under_way(worker, KEY):
        raise ZeroDivisionError
    assert notes(worker) == []


def test_one_more_try_then_it_is_refused_for_a_while(worker):
    note = leave_note(worker, BEGUN)
    with under_way(worker, KEY):
        pass
    note = leave_note(worker, BEGUN, BEGUN)
    for key in (KEY, SAME):
        with pytest.raises(ClusterError, match="ended 2 times"), under_way(worker, key):
            pass
    with under_way(worker, OTHER):
        pass
    long_ago = time.time() - REFUSED_SECONDS - 1
    os.utime(note, (long_ago, long_ago))
    with under_way(worker, KEY):
        pass
    assert notes(worker) == []


def test_want_of_memory_has_a_sentence_of_its_own(worker):
    leave_note(worker, BEGUN, NO_MEMORY, BEGUN, NO_MEMORY)
    with pytest.raises(ClusterError, match="more memory than"), under_way(worker, KEY):
        pass


def test_without_a_nanny_only_the_task_fails(worker):
    with pytest.raises(ClusterError, match="more memory than"), under_way(worker, KEY):
        raise MemoryError
    assert notes(worker) == []


def test_where_no_note_can_be_written_tasks_run_all_the_same(worker, tmp_path):
    (tmp_path / FOLDER).write_text("not a folder")
    with under_way(worker, KEY):
        pass


class ResourceExhaustedError(Exception):
    """As TensorFlow calls its own."""


def caused(error: Exception) -> Exception:
    try:
        raise ValueError("the model cannot be loaded") from error
    except ValueError as outer:
        return outer


SAYINGS = {
    MemoryError(): True,
    ResourceExhaustedError("Graph execution error"): True,
    RuntimeError("Check 'ptr' failed\nFailed to allocate 134217728 bytes of memory"): True,
    caused(MemoryError()): True,
    RuntimeError("no such layer"): False,
    caused(KeyError("x")): False,
}


@pytest.mark.parametrize("error", SAYINGS, ids=repr)
def test_who_says_that_there_is_too_little_memory(error):
    assert wants_memory(error) is SAYINGS[error]


STARVED = """
from compute.cluster.servers import limit_memory
from compute.worker.under_way import wants_memory
import psutil, os
now = psutil.Process().memory_info().data
limit_memory(int((now + 200 * 2**20 - 64 * 2**20 * os.cpu_count()) / 0.9))
print(wants_memory(ValueError()))
kept = bytearray(190 * 2**20)
print(wants_memory(ValueError()))
try:
    bytearray(300 * 2**20)
except MemoryError:
    print("refused")
"""


@pytest.mark.processes
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits private memory")
def test_a_process_that_has_all_it_may_have_wants_memory():
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", STARVED], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "True", "refused"]
