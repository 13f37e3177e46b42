"""Images of uploaded data sets are decoded elsewhere, others where they are read."""

from dataclasses import replace

import pytest

from compute.decoding import items
from compute.decoding.decoder import Decoder
from compute.decoding.items import item_picture
from data_store.readers.folder import read_folder
from engine.errors import GoneDataSetError, PictureError
from tests.data_store.test_uploads import CLASSES


@pytest.fixture
def data(tmp_path):
    for name, content in CLASSES.items():
        (tmp_path / "set" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "set" / name).write_bytes(content)
    return read_folder(tmp_path / "set")


@pytest.mark.processes
def test_an_uploaded_image_is_the_same_and_decoded_in_a_process(data, monkeypatch):
    made = Decoder(lambda: 1)
    monkeypatch.setattr(items, "decoder", lambda: made)
    here = item_picture(data, data.items[0])
    assert not made._idle
    assert item_picture(replace(data, uploaded=True), data.items[0]) == here and len(made._idle) == 1
    (data.root / data.items[1].id).write_bytes(b"no image")
    with pytest.raises(PictureError, match="cannot be read as an image"):
        item_picture(replace(data, uploaded=True), data.items[1])
    made.close()


def test_a_set_that_was_removed_is_said(data):
    data.root.rename(data.root.with_name("elsewhere"))
    with pytest.raises(GoneDataSetError, match="has been removed"):
        item_picture(replace(data, uploaded=True), data.items[0])
