"""An examination on a disk that takes no more."""

import tempfile

import numpy as np
import pytest

from compute.doctor.doctor import Examination
from engine.errors import ModelError
from engine.images.picture import Picture
from tests.harness.disks import files_end_at
from tests.model_store.strangers import archive

PICTURES = [Picture(np.zeros((64, 64, 3), np.uint8), "black")]


def test_it_is_a_sentence(tmp_path):
    examination = Examination(archive(tmp_path / "model.keras"), PICTURES)
    with files_end_at(100), pytest.raises(ModelError, match="cannot be examined now: File too large"):
        examination.examine()


def test_so_is_a_folder_that_cannot_be_made(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(archive(tmp_path / "model.keras")))
    with pytest.raises(ModelError, match="cannot be examined now: Not a directory"):
        Examination(tmp_path / "model.keras", PICTURES).examine()
