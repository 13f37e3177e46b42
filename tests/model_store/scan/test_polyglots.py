"""Files of two kinds at once: none is let through, and what is read is what was scanned."""

import io
import zipfile

import h5py
import numpy as np
import pytest

from engine.errors import ModelError
from model_store.own.kinds import kind_of, opened_model
from model_store.scan import scan, scan_opened
from tests.fuzz.polyglots import ANY, IN_ZIPS, behind, behind_a_block, between
from tests.fuzz.seeds import light_keras_file
from tests.model_store.strangers import archive, described, layer, weights, whole_h5

OTHER_BYTES = "bytes that (belong to none of its files|do not belong to it)"
LAMBDA = described(layer("Lambda", function={"class_name": "__lambda__", "config": {"value": "code"}}))
PLAIN = {"class_name": "Sequential", "config": {"layers": [{"class_name": "Dense", "config": {"units": 2}}]}}


def refused(path, match=OTHER_BYTES):
    with pytest.raises(ModelError, match=match) as caught:
        scan(path, kind_of(path))
    assert str(caught.value).endswith(".")


@pytest.fixture
def zipped(tmp_path):
    return archive(tmp_path / "plain.keras").read_bytes()


@pytest.fixture
def hdf5(tmp_path):
    return whole_h5(tmp_path / "plain.h5", PLAIN).read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("way", IN_ZIPS, ids=lambda way: way.__name__)
def test_hdf5_in_a_zip(tmp_path, zipped, way):
    hidden = whole_h5(tmp_path / "lambda.h5", {"class_name": "Sequential", "config": LAMBDA["config"]})
    path = tmp_path / "model.h5"
    path.write_bytes(way(zipped, hidden.read_bytes()))
    assert kind_of(path) == "keras"
    refused(path, f"{OTHER_BYTES}|damaged")


def test_the_hidden_kind_can_really_be_read(tmp_path, zipped, hdf5):
    """Without this the tests above would show nothing."""
    for way in (behind_a_block, between):
        with h5py.File(io.BytesIO(way(zipped, hdf5)), "r") as file:
            assert file.userblock_size >= 512 and "model_config" in file.attrs
    for way in ANY:
        with zipfile.ZipFile(io.BytesIO(way(hdf5, zipped))) as found:
            assert "config.json" in found.namelist()
    with zipfile.ZipFile(io.BytesIO(between(zipped, hdf5))) as found:
        assert found.testzip() is None


@pytest.mark.parametrize("way", ANY, ids=lambda way: way.__name__)
def test_a_zip_behind_hdf5(tmp_path, hdf5, way):
    hidden = archive(tmp_path / "lambda.keras", LAMBDA)
    path = tmp_path / "model.keras"
    path.write_bytes(way(hdf5, hidden.read_bytes()))
    assert kind_of(path) == "h5"
    refused(path)


def test_hdf5_in_the_user_block_of_another(tmp_path, hdf5):
    path = tmp_path / "model.h5"
    path.write_bytes(behind_a_block(hdf5, hdf5))
    refused(path)
    with h5py.File(path, "w", userblock_size=512) as file:
        file["kernel"] = np.ones(3)
    with pytest.raises(ModelError, match="not a model that Vitrine reads"):
        kind_of(path)
    refused_weights = archive(tmp_path / "block.keras", h5=path.read_bytes())
    refused(refused_weights, "does not begin as HDF5 does")


@pytest.mark.parametrize("version", ["earliest", "v108", "v110", "latest"])
def test_every_version_of_hdf5_says_where_it_ends(tmp_path, version):
    path = tmp_path / "model.h5"
    with h5py.File(path, "w", libver=version) as file:
        file.attrs["model_config"] = '{"class_name": "Sequential", "config": {"layers": []}}'
        file["kernel"] = np.ones((100, 100))
    scan(path, "h5")
    path.write_bytes(path.read_bytes() + b"1")
    refused(path)


@pytest.mark.parametrize("packed", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_archives_of_other_programs_pass(tmp_path, packed):
    """Some write times beside members, and sizes behind them."""
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(io.BytesIO(light_keras_file())) as source:
        members = {name: source.read(name) for name in source.namelist()}
    with path.open("wb") as target, zipfile.ZipFile(Unseekable(target), "w", packed) as made:
        for name, content in members.items():
            made.writestr(name, content)
    scan(path, "keras")
    with zipfile.ZipFile(path, "w", packed) as made:
        for name, content in members.items():
            times = zipfile.ZipInfo(name)
            times.extra = b"UT\x05\x00\x01abcd"
            made.writestr(times, content)
    scan(path, "keras")


class Unseekable(io.RawIOBase):
    """A pipe."""

    def __init__(self, target):
        self.write = target.write

    def writable(self):
        return True


def test_comments_and_the_texts_of_members(tmp_path, zipped):
    path = tmp_path / "model.keras"
    path.write_bytes(zipped)
    with zipfile.ZipFile(path, "a") as file:
        file.comment = b"x"
    refused(path)
    path.write_bytes(behind(b"PK\x03\x04", zipped))
    refused(path)


def test_the_file_that_was_scanned_is_the_one_that_is_read(tmp_path):
    """Another one that is put in its place meanwhile is not opened."""
    path = archive(tmp_path / "model.keras", h5=weights())
    with opened_model(path, "keras") as file:
        scan_opened(file, "keras")
        archive(tmp_path / "other.keras", LAMBDA).replace(path)
        with zipfile.ZipFile(file) as read:
            assert b"Lambda" not in read.read("config.json")


def test_a_file_that_cannot_be_opened_is_a_sentence(tmp_path):
    with pytest.raises(ModelError, match="cannot be read: No such file"):
        scan(tmp_path / "none.keras", "keras")
