"""Folders of uploads: for one session each, bounded, and removed when they are left."""

import os
import stat
import time

import pytest

from data_store.uploads import folders
from engine.errors import DataSetError
from settings import override


@pytest.fixture
def places(tmp_path, monkeypatch):
    monkeypatch.setattr(folders, "MEMORY", tmp_path / "memory")
    with override(cache=str(tmp_path / "cache"), data_session_mb="3", data_all_mb="4"):
        yield tmp_path


def test_folders_are_for_nobody_else_and_bounded(places):
    first = folders.upload_folder(False)
    assert first != folders.upload_folder(False) and stat.S_IMODE(first.stat().st_mode) == 0o700
    assert first.parent == places / "cache" / "uploads"
    assert folders.room_left(0) == 3 * 2**20
    (first / "a").write_bytes(bytes(2 * 2**20))
    assert folders.room_left(2 * 2**20) == 2**20 and folders.room_left(0) == 2 * 2**20
    folders.remove_folder(first)
    assert not first.exists() and folders.room_left(0) == 3 * 2**20


def test_private_ones_are_in_memory_or_refused(places):
    with pytest.raises(DataSetError, match="kept in memory, and this server has no"):
        folders.upload_folder(True)
    (places / "memory").mkdir()
    assert folders.upload_folder(True).parent == places / "memory"


def test_what_a_killed_server_left_is_removed_later(places, monkeypatch):
    left, kept = (folders.upload_folder(False) for _each in range(2))
    monkeypatch.setattr(folders, "ABANDONED_SECONDS", 100.0)
    os.utime(left, (time.time() - 200,) * 2)
    os.utime(kept, (time.time() - 200,) * 2)
    folders.touch_folder(kept)
    folders.upload_folder(False)
    assert not left.exists() and kept.exists()
