"""Entries of the store that cannot be read, whatever is wrong with them: a miss, and gone."""

import io
import json
import os
import tracemalloc
import zipfile

import numpy as np
import pytest

from compute.base.store import ARRAYS, LARGEST_MANIFEST, MANIFEST, ResultStore
from compute.work.filter_sheet import find_drawings
from compute.work.score_sheet import find_scores, keep_scores

KEY = "0123456789abcdef"
SCORES = {"scores": np.arange(12, dtype=np.float32).reshape(4, 3)}
MOST_MEMORY = 32 * 2**20


def npz(header: bytes, packing: int = zipfile.ZIP_STORED, content: bytes = bytes(48)) -> bytes:
    """Arrays whose header is anything."""
    buffer, padded = io.BytesIO(), header.ljust(117) + b"\n"
    with zipfile.ZipFile(buffer, "w", packing) as archive:
        start = b"\x93NUMPY\x01\x00" + len(padded).to_bytes(2, "little")
        archive.writestr("scores.npy", start + padded + content)
    return buffer.getvalue()


def header(shape: str) -> bytes:
    return f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}}}".encode()


def alone(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def manifest(**facts: object) -> bytes:
    return json.dumps({"arrays": ["scores"], **facts}).encode()


BAD = {
    "no facts": (MANIFEST, manifest()),
    "facts of another kind": (MANIFEST, manifest(facts=["seconds"])),
    "no object": (MANIFEST, b"[]"),
    "no array of this name": (MANIFEST, manifest(facts={}).replace(b"scores", b"sums")),
    "deep": (MANIFEST, b"[" * 100_000),
    "a number of 5,000 digits": (MANIFEST, b'{"arrays": [], "facts": ' + b"9" * 5000 + b"}"),
    "more words than there can be": (MANIFEST, manifest(facts={"a": "x" * LARGEST_MANIFEST})),
    "more numbers than memory": (ARRAYS, npz(header(f"({10**12}, 3)"))),
    "more numbers than can be counted": (ARRAYS, npz(header(f"({'9' * 400}, 3)"))),
    "a gigabyte that is not there": (ARRAYS, npz(header(f"({2**28}, 1)"))),
    "a bomb": (ARRAYS, npz(header(f"({2**24}, 1)"), zipfile.ZIP_DEFLATED, bytes(2**26))),
    "nested": (ARRAYS, npz(b"(" * 9000)),
    "one array, not packed": (ARRAYS, alone(SCORES["scores"])),
    "nothing": (ARRAYS, b""),
}


@pytest.fixture
def entry(store):
    store.put(KEY, SCORES, {"seconds": 1.5})
    return store.folder / KEY


@pytest.mark.slow
@pytest.mark.parametrize("kind", BAD)
def test_it_is_a_miss_and_removed_and_takes_no_memory(store, entry, kind):
    name, content = BAD[kind]
    (entry / name).write_bytes(content)
    tracemalloc.start()
    assert store.get(KEY) is None
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert not entry.exists() and peak < MOST_MEMORY
    store.put(KEY, SCORES, {"seconds": 1.5})
    assert store.get(KEY) is not None


@pytest.mark.parametrize("name", [MANIFEST, ARRAYS])
@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo, lambda path: os.symlink(path, path)])
def test_what_is_no_file_is_removed(store, entry, name, make):
    (entry / name).unlink()
    make(entry / name)
    assert store.get(KEY) is None and not entry.exists()


def test_a_better_result_takes_the_place_of_one_whose_facts_make_no_sense(store):
    store.put(KEY, SCORES, {"runs": "many"})
    store.put(KEY, SCORES, {"runs": 2}, replaces=lambda known: known["runs"] < 2)
    assert store.get(KEY).facts == {"runs": 2}


def test_pictures_are_forgotten_behind_an_entry_of_which_nobody_knows_whose_it_is(store, entry):
    (entry / MANIFEST).write_bytes(b'{"facts": null}')
    other = "f" * 16
    store.put(other, SCORES, {"picture_sha256": "mine"})
    store.forget(lambda facts: facts.get("picture_sha256") == "mine")
    assert store.sizes() == {}


WRONG_SCORES = {
    "seconds": (SCORES, {"seconds": 10**400}),
    "no seconds": (SCORES, {}),
    "endless seconds": (SCORES, {"seconds": float("inf")}),
    "not a number in one column": ({"scores": np.float32([[1, np.nan]])}, {"seconds": 1}),
    "custom values": ({"scores": np.ones((4, 1), np.float64)}, {"seconds": 1}),
    "no axis": ({"scores": np.float32(1)}, {"seconds": 1}),
    "no array": ({"sums": np.float32(1)}, {"seconds": 1}),
    "other firsts": ({"scores": np.ones((4, 1), np.float32), "firsts": np.ones(4)}, {"seconds": 1}),
}


@pytest.mark.parametrize("kind", WRONG_SCORES)
def test_scores_that_make_no_sense_are_computed_again(store, asked, kind):
    store.put(asked.series, *WRONG_SCORES[kind])
    sheet = find_scores(store, asked)
    assert not sheet.complete and sheet.missing()[0][0] == 0 and store.sizes() == {}


def test_scores_are_found_again_as_far_as_they_go(store, asked):
    sheet = find_scores(store, asked)
    sheet._scores[:5] = 0.5
    keep_scores(store, asked, sheet)
    assert find_scores(store, asked).missing()[0][0] == 5


WRONG_DRAWINGS = {
    "unfinished": {"steps": np.int32([0, 3])},
    "no steps": {"steps": np.zeros(0, np.int32), "curve": np.zeros(0, np.float32)},
    "another curve": {"curve": np.float32([1])},
    "grey": {"pixels": np.zeros((4, 4), np.uint8)},
    "floats": {"pixels": np.zeros((4, 4, 3))},
}


class Drawn:
    """What a picture of one channel is looked for by."""

    class spec:
        channels = (7,)

        class params:
            steps = 4

    def key_of(self, channel: int) -> str:
        return KEY


@pytest.mark.parametrize("kind", WRONG_DRAWINGS)
def test_pictures_of_filters_that_make_no_sense_are_drawn_again(store: ResultStore, kind):
    right = {
        "pixels": np.zeros((4, 4, 3), np.uint8),
        "steps": np.int32([0, 4]),
        "curve": np.float32([0.1, 0.9]),
    }
    store.put(KEY, right, {})
    assert find_drawings(store, Drawn())[7].reached == np.float32(0.9)
    store.put(KEY, right | WRONG_DRAWINGS[kind], {"again": True}, replaces=lambda known: not known)
    assert find_drawings(store, Drawn()) == {} and store.sizes() == {}
