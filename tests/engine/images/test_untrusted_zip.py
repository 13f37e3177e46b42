"""Zips with wrong bytes: every entry point answers with a sentence of its own, whatever Python raises."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from compute.base.store import ResultStore
from compute.replay.bundle_reading import read_bundle
from engine.errors import ModelError, StoreError
from engine.explanation import Explanation
from engine.images.files import read_files
from engine.images.untrusted_zip import DAMAGE, count_entries, is_link, is_locked, leads_out, unpack
from engine.npz import npz_of, read_npz
from model_store.scan.zip import CONFIG, WEIGHTS, scan_archive
from tests.fuzz.harms import as_if_packed

LZMA, BZIP2, UNKNOWN = 14, 12, 77


def packed(*names: str, content: bytes = b"content" * 100) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return buffer.getvalue()


def with_torn_header(data: bytes) -> bytes:
    """An NPZ, one of whose arrays begins with a header that never ends."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w") as archive:
        for name in source.namelist():
            archive.writestr(name, source.read(name).replace(b"), }", b"((  "))
    return buffer.getvalue()


WRONG = {method: lambda data, method=method: as_if_packed(data, method) for method in (LZMA, BZIP2, UNKNOWN)}
every_wrong_method = pytest.mark.parametrize("method", WRONG)


@every_wrong_method
def test_pictures(method):
    found = list(read_files([("a.zip", as_if_packed(packed("a.png"), method))]))
    assert [str(one.refused) for one in found] == ["It cannot be unpacked. It may be damaged."]


@every_wrong_method
def test_models(method, tmp_path):
    path = tmp_path / "model.keras"
    path.write_bytes(as_if_packed(packed(CONFIG, WEIGHTS), method))
    with path.open("rb") as file, pytest.raises(ModelError, match="The file is damaged"):
        scan_archive(file, trusted=False)


@every_wrong_method
def test_bundles(method, tmp_path):
    path = tmp_path / "bundle.zip"
    path.write_bytes(as_if_packed(packed("index.json"), method))
    with pytest.raises(StoreError, match="missing or damaged"):
        read_bundle(path)


@pytest.mark.parametrize("spoil", [*WRONG.values(), with_torn_header], ids=[*map(str, WRONG), "header"])
def test_arrays(spoil, tmp_path):
    spoilt = spoil(npz_of({"values": np.zeros((3, 3))}))
    with pytest.raises(DAMAGE):
        read_npz(spoilt, 10_000)
    store = ResultStore(tmp_path / "store")
    store.put("0" * 16, {"values": np.zeros((3, 3))}, {})
    (tmp_path / "store" / ("0" * 16) / "arrays.npz").write_bytes(spoilt)
    assert store.get("0" * 16) is None
    (tmp_path / "manifest.json").write_text("{}")
    (tmp_path / "arrays.npz").write_bytes(spoilt)
    with pytest.raises(StoreError, match="missing or damaged"):
        Explanation.load(tmp_path)


def test_entries_are_counted_without_opening(tmp_path):
    data = packed("a", "b", "c")
    path: Path = tmp_path / "some.zip"
    path.write_bytes(data)
    assert count_entries(data) == count_entries(path) == 3
    path.write_bytes(b"")
    with pytest.raises(ValueError, match="empty"):
        count_entries(path)


def test_too_many_members_of_a_model_are_counted_before_it_is_opened(tmp_path, monkeypatch):
    path = tmp_path / "model.keras"
    path.write_bytes(b"PK\x01\x02" * 2001)
    monkeypatch.setattr(zipfile.ZipFile, "__init__", lambda *_args, **_options: pytest.fail("opened"))
    with path.open("rb") as file, pytest.raises(ModelError, match="holds 2001 files"):
        scan_archive(file, trusted=False)


@pytest.mark.parametrize("name", ["../a", "/a", "\\a", "..\\a", "C:/a", "C:\\a", "", "a/../../b"])
def test_what_leads_out_of_a_zip(name):
    assert leads_out(zipfile.ZipInfo(name)) and not leads_out(zipfile.ZipInfo("folder/a..b.png"))


def test_links_and_locks():
    member = zipfile.ZipInfo("a")
    assert not is_link(member) and not is_locked(member)
    member.external_attr, member.flag_bits = 0o120777 << 16, 0x1
    assert is_link(member) and is_locked(member)


def test_no_more_is_unpacked_than_may_be():
    with zipfile.ZipFile(io.BytesIO(packed("a"))) as archive:
        assert unpack(archive, "a", 700) == b"content" * 100 and unpack(archive, "a", 699) is None
