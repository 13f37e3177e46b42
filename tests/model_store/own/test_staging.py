"""Models that are not admitted yet: whose they are, what they count, and a disk that takes no more."""

import os
import stat
import subprocess

import pytest

from engine.errors import ModelError
from model_store.base.entries import FixedSize
from model_store.own.model import OwnModel
from model_store.own.staging import STAGING, discard_staged, new_stage, refuse_full, staged_bytes
from model_store.own.store import shared_keys, stage_upload, store_model, trim_uploads
from settings import MEGABYTE
from tests.harness.disks import files_end_at
from tests.model_store.strangers import archive

OWN = OwnModel("Mine", "classification", "keras", ("a", "b"), FixedSize(32, 32))
NAME = "model.keras"


@pytest.fixture
def own(tmp_path, monkeypatch):
    folder = tmp_path / "own"
    monkeypatch.setenv("VITRINE_OWN", str(folder))
    monkeypatch.setenv("VITRINE_MODELS", str(tmp_path / "models"))
    return folder


@pytest.fixture
def model_bytes(tmp_path):
    return archive(tmp_path / NAME).read_bytes()


@pytest.fixture(autouse=True)
def _usual_umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(folder) -> set[int]:
    """Rights of a folder and of all that is in it."""
    return {stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))}


def test_no_other_account_can_read_what_is_staged_or_uploaded(own, model_bytes):
    staged = stage_upload(model_bytes, NAME)
    assert modes(own / STAGING) == {0o700, 0o600}
    key = store_model(None, OWN, {NAME: staged})
    assert modes(own / key) == {0o700, 0o600}


def test_what_is_for_everybody_can_be_read_by_the_server_whoever_admits_it(own, model_bytes, tmp_path):
    store_model("copied", OWN, {NAME: tmp_path / NAME})
    store_model("moved", OWN, {NAME: stage_upload(model_bytes, NAME)})
    assert modes(own / "copied") == modes(own / "moved") == {0o755, 0o644}
    assert shared_keys() == ("copied", "moved")


def test_what_is_staged_counts_among_uploads(own, model_bytes, monkeypatch):
    old, new = (store_model(None, OWN, {NAME: stage_upload(model_bytes, NAME)}) for _ in range(2))
    os.utime(own / old, (0, 0))
    monkeypatch.setenv("VITRINE_OWN_DAYS", "100000")
    monkeypatch.setenv("VITRINE_OWN_PRIVATE_MB", "1")
    trim_uploads()
    assert (own / old).exists(), "both fit"
    (new_stage() / "large").write_bytes(bytes(MEGABYTE))
    trim_uploads()
    assert not (own / old).exists() and (own / new).exists()


def test_what_does_not_fit_beside_others_is_told_to_wait(own, model_bytes, monkeypatch):
    monkeypatch.setenv("VITRINE_OWN_PRIVATE_MB", "1")
    (new_stage() / "large").write_bytes(bytes(MEGABYTE - len(model_bytes)))
    staged = stage_upload(model_bytes, NAME)
    with pytest.raises(ModelError, match="Other models are being examined, and models may use 1 MB"):
        stage_upload(model_bytes, NAME)
    assert len(list((own / STAGING).iterdir())) == 2
    discard_staged(staged)
    discard_staged(stage_upload(model_bytes, NAME))


def test_one_model_alone_may_be_larger_than_what_all_may_take(own, monkeypatch):
    monkeypatch.setenv("VITRINE_OWN_PRIVATE_MB", "0")
    refuse_full(5)
    assert staged_bytes() == 0


def test_a_full_disk_is_a_sentence_and_nothing_is_left(own, model_bytes):
    with files_end_at(1000), pytest.raises(ModelError) as refused:
        stage_upload(model_bytes, NAME)
    assert "cannot be written to" in str(refused.value) and "free space" in str(refused.value)
    assert list((own / STAGING).iterdir()) == []
    staged = stage_upload(model_bytes, NAME)
    with files_end_at(100), pytest.raises(ModelError, match="cannot be written to"):
        store_model(None, OWN, {NAME: staged})
    assert not list(own.glob("[!.]*"))


@pytest.mark.processes
def test_a_disk_without_room_is_a_sentence(tmp_path, monkeypatch, model_bytes):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(disk)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this account cannot make a small disk")
    try:
        monkeypatch.setenv("VITRINE_OWN", str(disk / "own"))
        with pytest.raises(ModelError, match="No space left on device. Please try again later"):
            stage_upload(model_bytes + bytes(2**16), NAME)
        assert list((disk / "own" / STAGING).iterdir()) == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)
