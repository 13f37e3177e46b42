"""The folder of a batch on a disk that takes no more."""

import tempfile

import pytest

from components.batch.jobs import _folder
from engine.errors import StoreError


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path, monkeypatch):
    (tmp_path / "full").write_text("not a folder")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "full"))
    with pytest.raises(StoreError, match="full cannot be made: Not a directory"):
        _folder(private=False)
