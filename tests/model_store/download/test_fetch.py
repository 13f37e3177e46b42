"""Downloads, against a hub of our own on this computer."""

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from engine.errors import ModelError
from model_store.base import transfer
from model_store.catalogue import CATALOGUE, ModelRef, availability, model_facts
from model_store.download import hub as hub_module
from model_store.download.fetch import download
from tests.model_store.conftest import B0
from tests.model_store.fake_hub import REVISION, FakeHub

ENTRY = CATALOGUE[B0]
WEIGHTS = np.random.default_rng(0).bytes(400_000)
SETTINGS = {"config.json": b'{"a": 1}', "preprocessor_config.json": b"{}"}
FILES = {**SETTINGS, "README.md": b"read me", "pytorch_model.bin": b"pickle" * 9999, "tf_model.h5": WEIGHTS}


@pytest.fixture(autouse=True)
def quick(tmp_path, monkeypatch):
    monkeypatch.setenv("VITRINE_MODELS", str(tmp_path))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(transfer, "PAUSE_SECONDS", 0.01)
    return tmp_path


@pytest.fixture
def hub():
    with FakeHub(ENTRY.repo_id, dict(FILES)) as server:
        yield server


@pytest.fixture
def folder(tmp_path):
    return tmp_path / B0


def names(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_only_what_is_needed_is_downloaded(hub, folder):
    told = []
    assert download(ENTRY, lambda done, total: told.append((done, total)), hub.endpoint) == folder
    assert names(folder) == ["config.json", "download.json", "preprocessor_config.json", "tf_model.h5"]
    assert (folder / "tf_model.h5").read_bytes() == WEIGHTS and availability(ENTRY).ready
    total = len(WEIGHTS) + sum(len(content) for content in SETTINGS.values())
    assert (
        told[-1] == (total, total)
        and [done for done, _ in told] == sorted(done for done, _ in told)
        and len(told) > 5
    )
    record = json.loads((folder / "download.json").read_text())
    assert (
        record["repo"] == ENTRY.repo_id
        and record["revision"] == REVISION
        and set(record["files"]) == {*SETTINGS, "tf_model.h5"}
    )


def test_what_is_there_is_not_downloaded_again(hub, folder):
    download(ENTRY, endpoint=hub.endpoint)
    hub.requests.clear()
    download(ENTRY, endpoint=hub.endpoint)
    assert hub.requests == []


def test_a_cut_download_goes_on_where_it_stopped(hub, folder):
    hub.cuts = [150_000]
    download(ENTRY, endpoint=hub.endpoint)
    ranges = [asked for path, asked in hub.requests if path.startswith("/cdn/")]
    assert ranges[0] is None and 0 < int(ranges[1].removeprefix("bytes=").rstrip("-")) <= 150_000
    assert (folder / "tf_model.h5").read_bytes() == WEIGHTS


def test_a_download_cut_for_good_is_resumed_next_time(hub, folder):
    hub.cuts = [200_000, 0, 0, 0, 0]
    with pytest.raises(ModelError, match="Please try again"):
        download(ENTRY, endpoint=hub.endpoint)
    assert not availability(ENTRY).ready and not (folder / "tf_model.h5").exists()
    part = next(folder.glob("tf_model.h5.*.part"))
    assert 100_000 < part.stat().st_size <= 200_000
    hub.cuts, hub.requests = [], []
    download(ENTRY, endpoint=hub.endpoint)
    assert any(asked for path, asked in hub.requests if path.startswith("/cdn/"))
    assert (folder / "tf_model.h5").read_bytes() == WEIGHTS and not list(folder.glob("*.part"))


def test_a_server_that_cannot_resume_starts_again(hub, folder):
    hub.cuts, hub.ranges = [150_000], False
    download(ENTRY, endpoint=hub.endpoint)
    assert (folder / "tf_model.h5").read_bytes() == WEIGHTS


def test_a_download_that_is_stopped_is_resumed_next_time(hub, folder):
    class Stopped(Exception):
        pass

    def stop(done, total):
        if done > 200_000:
            raise Stopped

    with pytest.raises(Stopped):
        download(ENTRY, stop, hub.endpoint)
    assert not availability(ENTRY).ready
    download(ENTRY, endpoint=hub.endpoint)
    assert any(asked for path, asked in hub.requests if path.startswith("/cdn/"))


@pytest.mark.parametrize("name", ["tf_model.h5", "config.json"])
def test_another_content_is_refused_and_removed(hub, folder, name):
    hub.sent[name] = FILES[name][:-1] + b"?"
    with pytest.raises(ModelError, match=f"{name} of SegFormer-B0, Cityscapes arrived damaged"):
        download(ENTRY, endpoint=hub.endpoint)
    assert not list(folder.glob(f"{name}*")) and not availability(ENTRY).ready
    hub.sent.clear()
    download(ENTRY, endpoint=hub.endpoint)
    assert availability(ENTRY).ready


def test_a_longer_content_is_refused(hub, folder):
    hub.sent["tf_model.h5"] = WEIGHTS + b"more"
    with pytest.raises(ModelError, match="arrived damaged"):
        download(ENTRY, endpoint=hub.endpoint)


@pytest.mark.parametrize(
    ("header", "wanted"),
    [(b'{"decode_head/kernel:0": 1}', "model.safetensors"), (b'{"decode_head.weight": 1}', "tf_model.h5")],
)
def test_the_layout_of_tensorflow_is_preferred(hub, folder, header, wanted):
    hub.files["model.safetensors"] = len(header).to_bytes(8, "little") + header + WEIGHTS
    download(ENTRY, endpoint=hub.endpoint)
    assert {"model.safetensors", "tf_model.h5"} & set(names(folder)) == {wanted}


def test_the_layout_of_pytorch_will_do(hub, folder):
    del hub.files["tf_model.h5"]
    hub.files["model.safetensors"] = WEIGHTS
    download(ENTRY, endpoint=hub.endpoint)
    assert "model.safetensors" in names(folder)


@pytest.mark.parametrize(
    ("removed", "sentence"),
    [
        ("tf_model.h5", "only as pytorch_model.bin, which can run code"),
        ("config.json", "lacks config.json, so"),
    ],
)
def test_a_repository_without_what_is_needed(hub, removed, sentence):
    del hub.files[removed]
    with pytest.raises(ModelError, match=sentence):
        download(ENTRY, endpoint=hub.endpoint)


def _says_what_to_do(error, folder):
    text = str(error)
    return all(
        part in text
        for part in (
            "config.json, preprocessor_config.json, model.safetensors or tf_model.h5",
            str(folder),
            ENTRY.repo_id,
        )
    )


def test_without_a_network_the_sentence_names_files_and_folder(folder):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    started = time.monotonic()
    with pytest.raises(ModelError, match="without a connection") as caught:
        download(ENTRY, endpoint=f"http://127.0.0.1:{port}")
    assert _says_what_to_do(caught.value, folder) and time.monotonic() - started < 3


def test_a_server_that_never_answers_is_given_up(folder, monkeypatch):
    for module in (transfer, hub_module):
        monkeypatch.setattr(module, "READ_SECONDS", 0.3)
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(ModelError, match="without a connection"),
    ):
        download(ENTRY, endpoint=f"http://127.0.0.1:{silent.getsockname()[1]}")


def test_offline_by_choice(hub, folder, monkeypatch):
    from huggingface_hub import constants
    from huggingface_hub.utils import reset_sessions

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    reset_sessions()
    try:
        with pytest.raises(ModelError, match="without a connection") as caught:
            download(ENTRY, endpoint=hub.endpoint)
    finally:
        reset_sessions()
    assert hub.requests == [] and _says_what_to_do(caught.value, folder)


@pytest.mark.parametrize("status", [401, 404, 500, 503])
def test_a_hub_that_refuses(hub, folder, status):
    hub.status = status
    with pytest.raises(ModelError, match=f"answered {status}") as caught:
        download(ENTRY, endpoint=hub.endpoint)
    assert _says_what_to_do(caught.value, folder)


@pytest.mark.parametrize(
    "page", [b"<html>please log in</html>", b"[]", b"{}", b'{"id": "x", "sha": null, "siblings": []}']
)
def test_what_is_not_a_hub(hub, page):
    hub.info = lambda: page
    with pytest.raises(ModelError, match="without a connection"):
        download(ENTRY, endpoint=hub.endpoint)


def test_no_space_is_said_before_it_is_filled(hub, folder, monkeypatch):
    from collections import namedtuple

    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("model_store.download.fetch.shutil.disk_usage", lambda path: usage(1, 1, 1000))
    with pytest.raises(ModelError, match="needs 50 MB, and only 0 MB are free"):
        download(ENTRY, endpoint=hub.endpoint)


def test_a_folder_that_cannot_be_made(hub, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("VITRINE_MODELS", str(tmp_path / "file"))
    with pytest.raises(ModelError, match="cannot be saved in"):
        download(ENTRY, endpoint=hub.endpoint)


def test_two_who_ask_download_once(hub, folder):
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(download, ENTRY, endpoint=hub.endpoint) for _ in range(2)]:
            done.result(30)
    assert sum(path.startswith("/cdn/") for path, _ in hub.requests) == 1


def test_a_damaged_file_is_noticed_and_downloaded_again(hub, folder):
    download(ENTRY, endpoint=hub.endpoint)
    model_facts(ModelRef(B0))
    for content in (b"short", bytes(len(WEIGHTS))):
        (folder / "tf_model.h5").write_bytes(content)
        with pytest.raises(ModelError, match=r"tf_model.h5 of .* is not what was downloaded"):
            model_facts(ModelRef(B0))
    hub.requests.clear()
    download(ENTRY, endpoint=hub.endpoint)
    assert [path for path, _ in hub.requests if not path.startswith(("/api", "/cdn"))] == [
        f"/{ENTRY.repo_id}/resolve/{REVISION}/tf_model.h5"
    ]
    assert model_facts(ModelRef(B0)).key == B0


def test_a_damaged_record_is_replaced(hub, folder):
    download(ENTRY, endpoint=hub.endpoint)
    (folder / "download.json").write_text("{}")
    with pytest.raises(ModelError, match="download.json is damaged"):
        model_facts(ModelRef(B0))
    download(ENTRY, endpoint=hub.endpoint)
    assert model_facts(ModelRef(B0)).key == B0


def test_what_comes_with_the_project_is_not_downloaded():
    with pytest.raises(ModelError, match="shipped with Vitrine"):
        download(CATALOGUE["streets-unet"])


def test_a_downloaded_model_runs(hub, folder, tiny_folders, street):
    from model_store.loading.load import load_model

    hub.files = {path.name: path.read_bytes() for path in tiny_folders["h5"].iterdir()}
    download(ENTRY, endpoint=hub.endpoint)
    assert load_model(ModelRef(B0)).score_batch(street, "probability").shape == (2, 16, 24, 19)
