"""Results on disk: found again, bounded, repaired, shared by several processes."""

import os
import subprocess
import sys
import time

import numpy as np
import pytest

from compute.base.store import ResultStore
from compute.cluster.processes import ROOT
from tests.harness.disks import files_end_at

KEYS = [f"{number:016x}" for number in range(8)]
ARRAYS = {"scores": np.arange(12, dtype=np.float32).reshape(4, 3)}


def fill(store: ResultStore, keys) -> int:
    """Put entries with different times of use; gives the bytes of one."""
    for age, key in enumerate(reversed(keys)):
        store.put(key, ARRAYS, {"seconds": 1.5})
        os.utime(store.folder / key / "manifest.json", (time.time() - 1000 + 100 * -age,) * 2)
        os.utime(store.folder / key / "arrays.npz", (time.time() - 5000,) * 2)
    return max(store.sizes().values())


def test_what_is_put_is_found(store):
    assert store.get(KEYS[0]) is None
    store.put(KEYS[0], ARRAYS, {"seconds": 1.5})
    found = ResultStore(store.folder).get(KEYS[0])
    assert (
        np.array_equal(found.arrays["scores"], ARRAYS["scores"])
        and found.arrays["scores"].dtype == np.float32
    )
    assert found.facts == {"seconds": 1.5}
    assert sorted(path.name for path in store.folder.iterdir()) == [KEYS[0]]


def test_the_first_answer_stays(store):
    store.put(KEYS[0], ARRAYS, {"seconds": 1.5})
    store.put(KEYS[0], ARRAYS, {"seconds": 9.9})
    assert store.get(KEYS[0]).facts["seconds"] == 1.5


def test_the_least_recently_used_goes_first(store):
    size = fill(store, KEYS[:4])
    assert list(store.sizes()) == KEYS[:4]
    store.get(KEYS[0])
    bounded = ResultStore(store.folder, max_bytes=3 * size)
    bounded.put(KEYS[4], ARRAYS, {"seconds": 1.5})
    assert set(bounded.sizes()) == {KEYS[0], KEYS[3], KEYS[4]}


def test_what_is_larger_than_the_store_is_not_kept(tmp_path):
    small = ResultStore(tmp_path, max_bytes=100)
    small.put(KEYS[0], ARRAYS, {})
    assert small.sizes() == {} and small.get(KEYS[0]) is None


@pytest.mark.parametrize("name", ["manifest.json", "arrays.npz"])
@pytest.mark.parametrize("harm", ["truncate", "garbage", "remove", "flip"])
def test_a_damaged_entry_is_removed_and_missed(store, name, harm):
    store.put(KEYS[0], ARRAYS, {"seconds": 1.5})
    file = store.folder / KEYS[0] / name
    content = bytearray(file.read_bytes())
    if harm == "flip" and name == "arrays.npz":
        content[content.index(ARRAYS["scores"].tobytes()) + 5] ^= 255
    contents = {
        "truncate": content[: len(content) // 2],
        "garbage": b"\x00garbage" * 9,
        "remove": None,
        "flip": content,
    }
    if contents[harm] is None:
        file.unlink()
    else:
        file.write_bytes(contents[harm])
    if harm == "flip" and name == "manifest.json":
        file.write_text('{"facts": {}}')
    assert store.get(KEYS[0]) is None
    assert store.sizes() == {}


def test_no_pickle_is_read(store):
    store.put(KEYS[0], ARRAYS, {})
    np.savez(store.folder / KEYS[0] / "arrays.npz", scores=np.array([{"a": 1}], dtype=object))
    assert store.get(KEYS[0]) is None


def test_a_full_or_read_only_disk_is_only_a_warning(tmp_path, caplog):
    (tmp_path / "file").write_text("not a folder")
    blocked = ResultStore(tmp_path / "file" / "results")
    blocked.put(KEYS[0], ARRAYS, {})
    assert blocked.get(KEYS[0]) is None and blocked.sizes() == {}
    full = ResultStore(tmp_path / "full")
    with files_end_at(100):
        full.put(KEYS[0], ARRAYS, {})
    assert "the result is not kept: [Errno 27] File too large" in caplog.text
    assert list(full.folder.iterdir()) == []


def test_what_a_killed_process_left_is_removed_later(store):
    left = store.folder / ".work-left"
    left.mkdir(parents=True)
    os.utime(left, (0, 0))
    store.put(KEYS[0], ARRAYS, {})
    assert not left.exists()


def test_keys_are_no_paths(store):
    with pytest.raises(ValueError, match="hexadecimal"):
        store.get("../../etc")


WRITER = """
import sys, numpy as np
from pathlib import Path
from compute.base.store import ResultStore
store = ResultStore(Path(sys.argv[1]), max_bytes=int(sys.argv[2]))
for turn in range(60):
    key = f"{turn % 8:016x}"
    found = store.get(key)
    if found is not None:
        assert (found.arrays["scores"] == turn % 8).all(), key
    store.put(key, {"scores": np.full((50, 20), turn % 8, np.float32)}, {"seconds": 1.0})
"""


@pytest.mark.processes
def test_several_processes_may_use_it(store):
    store.put(KEYS[0], {"scores": np.zeros((50, 20), np.float32)}, {"seconds": 1.0})
    limit = 3 * max(store.sizes().values())
    command = [sys.executable, "-c", WRITER, str(store.folder), str(limit)]
    writers = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) for _ in range(3)]
    for writer in writers:
        _, said = writer.communicate(timeout=60)
        assert writer.returncode == 0, said.decode()
        assert b"damaged" not in said
    assert sum(store.sizes().values()) <= limit + limit // 3
    assert all(len(path.name) == 16 for path in store.folder.iterdir())
