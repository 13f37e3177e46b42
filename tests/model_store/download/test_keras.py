"""Downloads of weights that Keras publishes, from a server of our own on this computer."""

import hashlib
import json
import socket
from dataclasses import replace
from urllib.parse import urlsplit

import numpy as np
import pytest

from engine.errors import ModelError
from model_store.base import transfer
from model_store.base.entries import WebFile
from model_store.catalogue import CATALOGUE, ModelRef, availability, model_facts
from model_store.download.fetch import download
from model_store.own.class_names import IMAGENET_INDEX
from tests.model_store.fake_hub import FakeHub

VGG = CATALOGUE["vgg16-imagenet"]
WEIGHTS = np.random.default_rng(0).bytes(400_000)
INDEX = json.dumps(
    {
        str(place): [f"n{place:08}", "crane" if place in (134, 517) else f"kind_{place}"]
        for place in range(1000)
    }
).encode()
NAMES = [VGG.weight_files[0], IMAGENET_INDEX]


def small(digests):
    """VGG16 with the digests of the test's own files at the addresses of Keras."""
    return replace(
        VGG,
        web_files=tuple(
            WebFile(file.url, digest) for file, digest in zip(VGG.web_files, digests, strict=True)
        ),
    )


ENTRY = small([hashlib.md5(WEIGHTS).hexdigest(), hashlib.sha256(INDEX).hexdigest()])
PATHS = [urlsplit(file.url).path for file in VGG.web_files]


@pytest.fixture(autouse=True)
def quick(tmp_path, monkeypatch):
    monkeypatch.setenv("VITRINE_MODELS", str(tmp_path))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(transfer, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr("model_store.catalogue.CATALOGUE", {**CATALOGUE, ENTRY.key: ENTRY})


@pytest.fixture
def server():
    with FakeHub("none/none", {}, plain=dict(zip(PATHS, (WEIGHTS, INDEX), strict=True))) as server:
        yield server


@pytest.fixture
def folder(tmp_path):
    return tmp_path / ENTRY.key


def test_weights_and_names_are_downloaded(server, folder):
    told = []
    assert download(ENTRY, lambda done, total: told.append((done, total)), server.endpoint) == folder
    assert (folder / NAMES[0]).read_bytes() == WEIGHTS and availability(ENTRY).ready
    total = len(WEIGHTS) + len(INDEX)
    assert told[-1] == (total, total) and len(told) > 5
    assert set(json.loads((folder / "download.json").read_text())["files"]) == set(NAMES)
    facts = model_facts(ModelRef(ENTRY.key))
    assert facts.task == "classification" and len(facts.labels) == len(facts.colours) == 1000 == len(
        set(facts.labels)
    )
    assert facts.labels[1] == "kind 1" and facts.labels[134] == "crane (n00000134)"
    server.requests.clear()
    download(ENTRY, endpoint=server.endpoint)
    assert server.requests == []


def test_a_cut_download_goes_on_where_it_stopped(server, folder):
    server.cuts = [150_000]
    download(ENTRY, endpoint=server.endpoint)
    ranges = [asked for path, asked in server.requests if path == PATHS[0]]
    assert ranges[:2] == [None, None] and 0 < int(ranges[2].removeprefix("bytes=").rstrip("-")) <= 150_000
    assert (folder / NAMES[0]).read_bytes() == WEIGHTS


def test_a_download_cut_for_good_is_resumed_next_time(server, folder):
    server.cuts = [200_000, 0, 0, 0, 0]
    with pytest.raises(ModelError, match="Please try again"):
        download(ENTRY, endpoint=server.endpoint)
    assert not availability(ENTRY).ready and len(list(folder.glob("*.part"))) == 1
    server.cuts = []
    download(ENTRY, endpoint=server.endpoint)
    assert (folder / NAMES[0]).read_bytes() == WEIGHTS and not list(folder.glob("*.part"))


@pytest.mark.parametrize("place", [0, 1])
def test_another_content_is_refused_and_removed(server, folder, place):
    server.sent[PATHS[place]] = server.plain[PATHS[place]][:-1] + b"?"
    with pytest.raises(ModelError, match=f"{NAMES[place]} of VGG16, ImageNet arrived damaged"):
        download(ENTRY, endpoint=server.endpoint)
    assert not list(folder.glob(f"{NAMES[place]}*"))


def test_without_a_published_digest_the_size_decides(server, folder):
    bare = small(["", ENTRY.web_files[1].digest])
    server.cuts = [100_000]
    download(bare, endpoint=server.endpoint)
    assert (folder / NAMES[0]).read_bytes() == WEIGHTS


def says_what_to_do(error, folder):
    return all(part in str(error) for part in (*NAMES, str(folder), *PATHS))


def test_without_a_network_the_sentence_names_files_and_folder(folder):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(ModelError, match="without a connection") as caught:
        download(ENTRY, endpoint=f"http://127.0.0.1:{port}")
    assert says_what_to_do(caught.value, folder)
    with pytest.raises(ModelError, match="not on this computer yet") as caught:
        model_facts(ModelRef(ENTRY.key))
    assert all(part in str(caught.value) for part in (*NAMES, str(folder)))


def test_a_server_that_refuses(server, folder):
    server.status = 503
    with pytest.raises(ModelError, match="answered 503") as caught:
        download(ENTRY, endpoint=server.endpoint)
    assert says_what_to_do(caught.value, folder)


def test_a_page_is_no_file(server, monkeypatch):
    monkeypatch.setattr("tests.model_store.fake_hub.REVISION", "x\r\nContent-Type: text/html")
    with pytest.raises(ModelError, match="without a connection"):
        download(ENTRY, endpoint=server.endpoint)


@pytest.mark.parametrize("content", [b'{"0": ["n01440764", "tench"]}', b"[1]", b'{"0": 1}'])
def test_names_that_do_not_fit_are_refused_in_words(folder, content):
    folder.mkdir()
    (folder / NAMES[0]).write_bytes(WEIGHTS)
    (folder / IMAGENET_INDEX).write_bytes(content)
    with pytest.raises(
        ModelError, match=f"{IMAGENET_INDEX} of VGG16, ImageNet names . classes instead of 1000"
    ):
        model_facts(ModelRef(ENTRY.key))
