"""A few malformed files at each quick entry point; ``make fuzz`` tries hundreds."""

import io
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from engine.images import files as picture_files
from tests.fuzz.__main__ import grown_mb
from tests.fuzz.entry_points import (
    ENTRY_POINTS,
    EXCHANGE_KINDS,
    UPLOAD_KINDS,
    EntryPoint,
    look_through,
    read_elsewhere,
    verdict,
)
from tests.fuzz.families import EXCHANGE
from tests.fuzz.harms import harmed
from tests.fuzz.hostile_exchange import hostile_exchange
from tests.fuzz.polyglots import IN_ZIPS, PAIRS, glued
from tests.fuzz.seeds import light_seeds
from tests.fuzz.watch import CaseOutcome, Watcher, cases

SEED = 11
LIGHT = {"jpeg", "png", "webp", "tiff", "gif", "bmp", "zip", "keras", "toml", "bundle", *EXCHANGE_KINDS}
LIGHT |= {"csv", "rows", "about", "mask", "panoptic", *UPLOAD_KINDS}
"""Kinds whose files need no Keras."""


def at(name: str, kind: str) -> Any:
    """A file of a kind at a entry point; some are read in a process of their own."""
    elsewhere = ENTRY_POINTS[name].open in (look_through, read_elsewhere)
    marks = [pytest.mark.processes] if elsewhere else []
    return pytest.param(name, kind, marks=marks)


CASES = [
    at(name, kind)
    for name, entry_point in ENTRY_POINTS.items()
    if not entry_point.slow
    for kind in entry_point.kinds
    if kind in LIGHT
]


@pytest.fixture(scope="module")
def seeds() -> dict[str, bytes]:
    return light_seeds()


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_a_malformed_file_is_read_or_is_a_sentence(seeds, name, kind):
    for number in (
        (2, 9) if kind in ("zip", "keras", "toml", "bundle", *EXCHANGE_KINDS, *UPLOAD_KINDS) else (0,)
    ):
        harm, data = harmed(kind, number, SEED, seeds[kind])
        assert verdict(ENTRY_POINTS[name], data, kind)[0] in ("read", "refused"), (
            harm,
            verdict(ENTRY_POINTS[name], data, kind),
        )


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        at("an image", "png"),
        at("your image list", "zip"),
        at("model.toml", "toml"),
        at("a report's bundle", "bundle"),
        at("a stored result", "npz"),
        at("a stored result", "json"),
        at("a map to grade", "npy"),
        at("a part of a batch", "parquet"),
        at("maps of a batch", "maps"),
        at("names of classes", "names"),
        *(at("a data set, uploaded", kind) for kind in UPLOAD_KINDS),
        *(at("a data set", kind) for kind in ("csv", "rows", "about", "mask", "panoptic")),
        at("a model, looked through", "keras"),
        *(at("a model, looked through", kind) for kind in EXCHANGE_KINDS),
    ],
)
def test_what_is_in_order_is_read(seeds, name, kind):
    assert verdict(ENTRY_POINTS[name], seeds[kind], kind) == ("read", "")


@pytest.mark.parametrize(
    "key", ["a." * 20_000 + "a = 1", '"a" . ' * 10_000 + "a = 1", "[" + "a." * 20_000 + "a]"]
)
def test_keys_of_thousands_of_parts_are_refused_at_once(key):
    """Found by ``make fuzz``: tomllib needs minutes for them."""
    outcome, said = verdict(ENTRY_POINTS["model.toml"], key.encode(), "toml")
    assert outcome == "refused" and "too many parts" in said


def test_a_bundle_with_a_member_without_a_name_is_refused():
    """Found by ``make fuzz``."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(".", b"x")
    assert verdict(ENTRY_POINTS["a report's bundle"], buffer.getvalue(), "bundle")[0] == "refused"


def test_a_member_without_a_name_is_no_picture():
    """Found by ``make fuzz``."""
    member = zipfile.ZipInfo("x")
    member.filename = ""
    assert picture_files._is_hidden(member)


def test_every_pair_of_kinds_is_tried():
    """Models of two kinds are never read; tests/model_store/scan tries those that need no Keras."""
    tried = {kind for point in ENTRY_POINTS.values() for kind in point.kinds if "+" in kind}
    assert tried == set(PAIRS) and len(PAIRS) == 16 * 15
    assert ENTRY_POINTS["a model of two kinds"].strict and len(cases(26, 12)) >= 1000


def test_a_stranger_that_is_let_through_is_a_bug():
    read = EntryPoint(lambda _data, _kind, _folder: None, (), strict=True)
    assert verdict(read, b"", "png") == ("bug", "it was let through")


@pytest.mark.processes
@pytest.mark.parametrize("kind", EXCHANGE)
def test_hostile_exchange_files_are_refused(kind):
    for number in (0, 5):
        name, data = hostile_exchange(kind, number, SEED)
        assert verdict(ENTRY_POINTS["a hostile ONNX, TFLite or IR"], data, kind)[0] == "refused", name


@pytest.mark.processes
@pytest.mark.parametrize("first", EXCHANGE_KINDS)
@pytest.mark.parametrize("second", ["keras", "zip", "safetensors", "toml", "ir", "onnx"])
def test_exchange_files_of_two_kinds_are_refused(seeds, first, second):
    if first != second:
        way, data = glued(f"{first}+{second}", 0, SEED, seeds)
        assert verdict(ENTRY_POINTS["a model of two kinds"], data, f"{first}+{second}")[0] == "refused", way


@pytest.mark.parametrize("pair", ["jpeg+zip", "zip+jpeg", "toml+png", "bundle+zip"])
def test_pictures_of_two_kinds_are_read_or_are_a_sentence(seeds, pair):
    for number in range(len(IN_ZIPS)):
        way, data = glued(pair, number, SEED, seeds)
        assert verdict(ENTRY_POINTS["a picture of two kinds"], data, pair)[0] in ("read", "refused"), way


def test_the_same_number_harms_in_the_same_way(seeds):
    once, again, other = (harmed("png", number, SEED, seeds["png"]) for number in (8, 8, 16))
    assert once == again and once[0] == other[0] and once[1] != other[1]


def test_other_errors_and_nonsense_are_bugs():
    from engine.errors import PictureError

    def raising(error):
        def open_it(data: bytes, kind: str, folder: Path) -> None:
            raise error

        return EntryPoint(open_it, ())

    assert verdict(raising(KeyError("x")), b"", "png")[0] == "bug"
    assert verdict(raising(PictureError("Traceback\nline")), b"", "png")[0] == "bug"
    assert verdict(raising(PictureError("It is too small.")), b"", "png") == ("refused", "It is too small.")


def test_memory_that_files_leave_taken_is_seen():
    def after(*megabytes):
        return [CaseOutcome(("a", "b", 0), "", "read", "", 0.0, memory) for memory in megabytes]

    assert grown_mb(after(80, 200, 700, 720, 701, 702)) == 1, "the first pay for imports"
    assert grown_mb(after(80, 160, 240, 320, 400, 480)) == 160
    assert grown_mb(after(80, 80, 80, 300, 300, 80)) == 0 == grown_mb(after(80)), "a moment is not counted"


CHILD = """
import json, os, sys, time
for line in sys.stdin:
    kind = json.loads(line)[1]
    if kind == "hang":
        time.sleep(60)
    if kind == "crash":
        os.kill(os.getpid(), 9)
    print(json.dumps({"harm": "none", "outcome": "read", "said": "", "seconds": 0}), flush=True)
"""


@pytest.mark.processes
def test_hangs_and_crashes_are_seen_and_the_next_file_is_tried(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.fuzz.watch.START_SECONDS", 0.0)
    monkeypatch.setitem(ENTRY_POINTS, "short", EntryPoint(ENTRY_POINTS["an image"].open, (), seconds=0.2))
    monkeypatch.setitem(ENTRY_POINTS, "long", EntryPoint(ENTRY_POINTS["an image"].open, (), seconds=50.0))
    with Watcher(tmp_path, SEED) as watcher:
        watcher._command = [sys.executable, "-c", CHILD]
        found = [
            outcome.outcome
            for outcome in watcher.run([("short", "hang", 0), ("long", "crash", 0), ("long", "good", 0)])
        ]
    assert found == ["hang", "crash", "read"]
