"""Models of a hub on this computer in their staging folders: whose they are, and disks that take no more."""

import stat

import pytest

from engine.errors import ModelError
from model_store.base import transfer
from model_store.download.own_hub import fetch_folder
from model_store.own.staging import STAGING, new_stage
from settings import MEGABYTE
from tests.harness.disks import files_end_at
from tests.model_store.fake_hub import FakeHub

FILES = {"config.json": b"{}", "preprocessor_config.json": b"{}", "model.safetensors": b"weights" * 1000}


@pytest.fixture
def stages(tmp_path, monkeypatch):
    monkeypatch.setenv("VITRINE_OWN", str(tmp_path))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(transfer, "PAUSE_SECONDS", 0.01)
    return tmp_path / STAGING


@pytest.fixture
def hub():
    with FakeHub("owner/name", dict(FILES)) as server:
        yield server


def test_no_other_account_can_read_what_was_fetched(hub, stages):
    folder = fetch_folder("owner/name", endpoint=hub.endpoint)
    assert (folder / "model.safetensors").read_bytes() == FILES["model.safetensors"]
    found = {stat.S_IMODE(path.stat().st_mode) for path in (stages, *stages.rglob("*"))}
    assert found == {0o700, 0o600}


def test_a_full_disk_is_not_taken_for_a_network_that_is_down(hub, stages):
    with files_end_at(1000), pytest.raises(ModelError, match="cannot be written to .*File too large"):
        fetch_folder("owner/name", endpoint=hub.endpoint)
    assert list(stages.iterdir()) == []
    with pytest.raises(ModelError, match="there is no connection to the hub"):
        fetch_folder("owner/other", endpoint=hub.endpoint)


def test_a_stranger_waits_where_others_take_the_room_and_the_owner_does_not(hub, stages, monkeypatch):
    monkeypatch.setenv("VITRINE_OWN_PRIVATE_MB", "1")
    (new_stage() / "large").write_bytes(bytes(MEGABYTE - 1000))
    with pytest.raises(ModelError, match="Other models are being examined"):
        fetch_folder("owner/name", limit_bytes=MEGABYTE, endpoint=hub.endpoint)
    assert len(list(stages.iterdir())) == 1 and not any("resolve" in name for name, _ in hub.requests[1:])
    assert fetch_folder("owner/name", endpoint=hub.endpoint).is_dir()
