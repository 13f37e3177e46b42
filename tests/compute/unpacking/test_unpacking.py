"""A ZIP becomes a data set in a process of its own; what that process does to itself is a sentence."""

import os
import signal
import threading

import numpy as np
import psutil
import pytest

from compute.unpacking import child, unpacking
from compute.unpacking.unpacking import Unpacking, UnpackingProgress, UploadTask
from engine.errors import DataSetError
from settings import override
from tests.data_store.test_uploads import CLASSES, KEY, packed, png
from tests.harness.waits import wait_for

pytestmark = pytest.mark.processes
ROOM = 2**26


def begun(folder, content, room=ROOM, **more):
    folder.mkdir(exist_ok=True)
    (folder / "upload.zip").write_bytes(content)
    return Unpacking(UploadTask(folder, KEY, "Pets", folder / "upload.zip", **more), lambda: room)


def running(upload: Unpacking) -> int:
    """The id of its process, once it runs."""
    wait_for(lambda: upload._process is not None or upload.done, 60)
    assert upload._process is not None
    return upload._process.pid


def test_from_a_zip_to_a_data_set_and_back_to_another_kind(tmp_path):
    found = begun(tmp_path / "a", packed({f"pets/{name}": data for name, data in CLASSES.items()})).unpack()
    assert (found.data.title, found.data.labels, len(found.data.items)) == ("Pets", ("cat", "dog"), 4)
    assert found.data.root == tmp_path / "a" / child.FILES and found.data.uploaded and found.data.key == KEY
    assert not (tmp_path / "a" / "upload.zip").exists(), "what is unpacked is not kept twice"
    again = Unpacking(UploadTask(tmp_path / "a", KEY, "Pets", kind="unlabelled"), lambda: 0).unpack()
    assert again.kinds == ("unlabelled", "class folders") and again.data.task is None


def test_refusals_come_with_their_values(tmp_path):
    with pytest.raises(DataSetError, match="There are no images in this ZIP"):
        begun(tmp_path / "a", packed({"a.txt": b"x"})).unpack()
    with pytest.raises(DataSetError) as found:
        begun(tmp_path / "b", packed({"a.png": png(), "../b.png": b"x"})).unpack()
    assert "{name!r}" in found.value.text and found.value.values == {"name": "../b.png"}
    noise = np.random.default_rng(1).bytes(2**21)
    with pytest.raises(DataSetError, match="there is room for 1 MB now"):
        begun(tmp_path / "c", packed({"a.png": noise}), 2**20).unpack()
    with override(data_images="3"), pytest.raises(DataSetError, match="has 4 images; .* at most 3"):
        begun(tmp_path / "d", packed(CLASSES)).unpack()
    assert not list(tmp_path.rglob("*.zip"))


@pytest.fixture
def held(tmp_path):
    """An upload whose process stands still."""
    upload = begun(tmp_path / "held", packed(CLASSES))
    upload.start()
    os.kill(running(upload), signal.SIGSTOP)
    yield upload
    upload.cancel()


def ended(upload):
    wait_for(lambda: upload.done, 60)
    with pytest.raises(DataSetError) as found:
        upload.result()
    return str(found.value)


def test_it_can_be_cancelled_and_others_wait_for_their_turn(held, tmp_path):
    second = begun(tmp_path / "second", packed(CLASSES)).start()
    assert second.progress == UnpackingProgress("wait") and not second.done
    second.cancel()
    held.cancel()
    assert ended(held) == ended(second) == "The upload was stopped."
    assert not list(tmp_path.rglob("*.zip"))


def test_a_process_that_is_killed_is_a_sentence(held):
    os.kill(held._process.pid, signal.SIGKILL)
    assert ended(held) == "This data set cannot be read. It may be damaged. Please pack it again."


def test_what_takes_too_long_is_stopped(tmp_path):
    with override(examine_seconds="1"):
        upload = begun(tmp_path / "slow", packed(CLASSES)).start()
        os.kill(running(upload), signal.SIGSTOP)
        assert "took more than 1 s and was stopped" in ended(upload)


def test_what_takes_too_much_memory_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(unpacking, "ROOM_MB", 24)
    noise = np.random.default_rng(1).bytes(19 * 2**20)
    with pytest.raises(DataSetError, match="needs more than 24 MB of memory"):
        begun(tmp_path / "large", packed({"a.png": noise, "b.png": png()})).unpack()


def test_progress_is_told_in_files(tmp_path, monkeypatch):
    seen = set()

    class Noted(Unpacking):
        def __setattr__(self, name, value):
            if name == "progress":
                seen.add(value)
            super().__setattr__(name, value)

    folder = tmp_path / "a"
    folder.mkdir()
    (folder / "upload.zip").write_bytes(packed({"images/a.png": png(), "labels/a.png": png(1, "L")}))
    Noted(UploadTask(folder, KEY, "Pets", folder / "upload.zip"), lambda: ROOM).unpack()
    assert {
        UnpackingProgress("unpack", 0, 2),
        UnpackingProgress("read"),
        UnpackingProgress("masks", 0, 1),
    } <= seen


def test_names_that_are_too_much_for_the_server_are_refused():
    with pytest.raises(DataSetError, match="have more than 16 MB"):
        child._short({"items": ["a" * 1000] * 17_000})


def test_nothing_is_left_running(tmp_path):
    before = threading.active_count()
    begun(tmp_path / "a", packed(CLASSES)).unpack()
    wait_for(lambda: threading.active_count() <= before, 10)
    running = [one.cmdline() for one in psutil.Process().children(recursive=True)]
    assert not any("compute.unpacking.child" in line for line in running)
