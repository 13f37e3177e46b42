"""Bundles: what is written is read back equal; what anybody could make of one is one sentence."""

import io
import json
import tracemalloc
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from compute.replay.bundle import MAX_BYTES, MAX_ITEMS, Bundle, write_bundle
from compute.replay.bundle_reading import read_bundle
from engine.errors import StoreError
from engine.explanation import Cost, Explanation, Parts, Provenance
from engine.images.picture import Picture
from engine.npz import npz_of
from engine.targets import BorderTarget, ZoneTarget

FOLDER = "explanations/01-sobol"


@pytest.fixture
def bundle(rng) -> Bundle:
    picture = Picture(rng.integers(0, 256, (24, 32, 3), dtype=np.uint8), "street <b>.png")
    mask = np.zeros((6, 8), bool)
    mask[2:4, 3:6] = True
    values = rng.random((4, 4)).astype(np.float32)
    origin = Provenance(
        "toy", "f" * 64, picture.name, picture.sha256, {"numpy": "2"}, {"batches": [[0, 8, 3]]}
    )
    target = BorderTarget(ZoneTarget(1, mask, label="<script>"), label="border of <script>")
    parts = Parts(np.zeros((6, 8), np.int32), *(np.ones(1, np.float32),) * 3)
    found = Explanation(
        values,
        False,
        target,
        "sobol",
        {"grid": 4},
        0.5,
        Cost(24, 0, 1.5),
        origin,
        values - 1,
        values + 1,
        0.9,
        ("careful",),
    )
    other = Explanation(
        values[:2], True, ZoneTarget(1, mask, label="zone"), "lime", {}, 0.1, Cost(8), origin, parts=parts
    )
    return Bundle((found, other), {picture.sha256: picture}, {"title": "<i>", "author": "me"})


@pytest.fixture
def written(bundle, tmp_path):
    path = tmp_path / "bundle.zip"
    path.write_bytes(write_bundle(bundle, b"<!doctype html>"))
    return path


def test_read_back_equal(bundle, written):
    found = read_bundle(written)
    assert found.explanations == bundle.explanations and found.pictures == bundle.pictures
    assert found.facts == {"title": "<i>", "author": "me"}
    with zipfile.ZipFile(written) as archive:
        assert archive.read("report.html") == b"<!doctype html>"
        index = json.loads(archive.read("bundle.json"))
    item = index["items"][0]
    assert (item["model"], item["method"], item["params"], item["fingerprint"]) == (
        "toy",
        "sobol",
        {"grid": 4},
        "f" * 64,
    )
    assert index["pictures"][0]["file"].startswith("pictures/")


def test_the_same_report_gives_the_same_bytes(bundle):
    assert write_bundle(bundle, b"page") == write_bundle(bundle, b"page")


def test_pictures_may_be_left_out(bundle, tmp_path):
    path = tmp_path / "without.zip"
    path.write_bytes(write_bundle(Bundle(bundle.explanations, {}), b""))
    assert read_bundle(path).pictures == {}


def changed(written, name, content):
    """The bundle with another member, or one more."""
    with zipfile.ZipFile(written) as archive:
        members = {known: archive.read(known) for known in archive.namelist()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for known, old in (members | {name: content}).items():
            archive.writestr(known, old)
    written.write_bytes(buffer.getvalue())


BOMB = bytes(33 * 2**20)
BAD = {
    "truncated": (None, b"", "is no bundle, or it is cut off|is missing or damaged"),
    "leads elsewhere": ("../outside.txt", b"x", "refers to a place outside itself"),
    "drive": ("C:\\outside.txt", b"x", "refers to a place outside itself"),
    "bomb": (f"{FOLDER}/arrays.npz", BOMB, "unpacks to more than 32 MB"),
    "no JSON": ("bundle.json", b"{", "bundle.json in the bundle .* is missing or damaged"),
    "list": ("bundle.json", b"[]", "bundle.json in the bundle .* is missing or damaged"),
    "deep": ("bundle.json", b"[" * 100_000, "bundle.json in the bundle .* is missing or damaged"),
    "folder elsewhere": (
        "bundle.json",
        b'{"format": 1, "items": [{"folder": "../x"}], "pictures": []}',
        "missing or damaged",
    ),
    "findings that are none": (
        "bundle.json",
        b'{"format": 1, "items": [], "pictures": [], "findings": [{"kind": 3}]}',
        "missing or damaged",
    ),
    "nothing at all": ("bundle.json", b'{"format": 1, "items": [], "pictures": []}', "missing or damaged"),
    "other version": ("bundle.json", b'{"format": 99}', "is of version '99'; this Vitrine reads version 1"),
    "pickle": (f"{FOLDER}/arrays.npz", npz_of({"values": np.array([{}], object)}), "is missing or damaged"),
    "other shape": (
        f"{FOLDER}/arrays.npz",
        npz_of({"values": np.zeros(3, np.float32)}),
        "is missing or damaged",
    ),
    "manifest": (f"{FOLDER}/manifest.json", b'{"target": {"kind": "os"}}', "is missing or damaged"),
}


def index_of(folders: list[str], files: tuple[str, ...] = ()) -> bytes:
    """A ``bundle.json`` that names these."""
    items = [{"folder": folder} for folder in folders]
    pictures = [{"sha256": str(number), "name": "x", "file": file} for number, file in enumerate(files)]
    return json.dumps({"format": 1, "items": items, "pictures": pictures}).encode()


LARGE = np.zeros((25 * 2**20 // 4, 1), np.float32)
"""As many bytes as the maps of a report have in a quarter of it, and hardly any in a file."""
BAD |= {
    "forty folders": (
        "bundle.json",
        index_of([f"explanations/{number}-sobol" for number in range(40)]),
        "has more than 24 maps or images; no report has that many",
    ),
    "one folder forty times": ("bundle.json", index_of([FOLDER] * 40), "bundle.json .* missing or damaged"),
    "one folder twice": ("bundle.json", index_of([FOLDER] * 2), "bundle.json .* missing or damaged"),
    "one picture twice": (
        "bundle.json",
        index_of([FOLDER], ("pictures/0123456789abcdef.png",) * 2),
        "bundle.json .* missing or damaged",
    ),
    "too many words": (
        "bundle.json",
        b" " * (9 * 2**20),
        "texts of .* take more than 8 MB; no report needs that much",
    ),
    "too many words together": (
        "explanations/02-lime/manifest.json",
        b" " * (8 * 2**20 - 600),
        "texts of .* take more than 8 MB; no report needs that much",
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_wrong_is_one_sentence(written, kind):
    name, content, sentence = BAD[kind]
    if name is None:
        written.write_bytes(written.read_bytes()[:-200])
    else:
        changed(written, name, content)
    with pytest.raises(StoreError, match=sentence):
        read_bundle(written)


@pytest.mark.slow
def test_maps_that_are_too_large_together_are_refused_before_they_take_memory(bundle, tmp_path):
    path = tmp_path / "large.zip"
    large = [replace(found, values=LARGE, lower=None, upper=None) for found in bundle.explanations[:1] * 6]
    path.write_bytes(write_bundle(Bundle(tuple(large), {}), b""))
    assert path.stat().st_size < 2**20
    tracemalloc.start()
    with pytest.raises(StoreError, match="take more than 96 MB; no report needs that much"):
        read_bundle(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1.6 * MAX_BYTES


@pytest.mark.slow
def test_the_largest_report_is_read(bundle, tmp_path):
    path = tmp_path / "largest.zip"
    large = replace(bundle.explanations[0], values=LARGE, lower=None, upper=None)
    path.write_bytes(write_bundle(Bundle((large,) * 3 + bundle.explanations[:1] * (MAX_ITEMS - 3), {}), b""))
    assert len(read_bundle(path).explanations) == MAX_ITEMS


def test_another_picture_is_noticed(written, bundle):
    picture = next(iter(bundle.pictures.values()))
    other = Bundle((), {"0" * 64: Picture(picture.pixels[::-1], "x")})
    with zipfile.ZipFile(io.BytesIO(write_bundle(other, b""))) as archive:
        pixels = archive.read(f"pictures/{'0' * 16}.png")
    changed(written, f"pictures/{picture.sha256[:16]}.png", pixels)
    with pytest.raises(StoreError, match="is not the one that was explained"):
        read_bundle(written)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(StoreError, match="cannot be read: No such file"):
        read_bundle(tmp_path / "no.zip")
