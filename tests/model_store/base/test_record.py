"""Shipped weights are those that were exported, or a sentence says that they are not."""

import shutil
import subprocess

import pytest

from engine.errors import ModelError
from model_store.base import folders
from model_store.base.record import SUMS, seal
from model_store.catalogue import CATALOGUE, ModelRef, model_facts

KEY = "dogs-vgg"


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """The folder of a shipped model, elsewhere."""
    shutil.copytree(folders.WEIGHTS / KEY, tmp_path / KEY)
    monkeypatch.setattr(folders, "WEIGHTS", tmp_path)
    return tmp_path / KEY


@pytest.mark.processes
@pytest.mark.parametrize("key", [key for key, entry in CATALOGUE.items() if entry.shipped])
def test_every_shipped_model_has_its_sums(key):
    entry = CATALOGUE[key]
    folder = folders.model_folder(entry)
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", SUMS], cwd=folder, capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stderr
    here = [name for name in (*entry.settings_files, *entry.weight_files) if (folder / name).is_file()]
    assert here and all(
        f"{name}: OK" in checked.stdout for name in here if name.endswith((".json", "tensors"))
    )


def test_one_other_bit_is_refused_before_it_is_read(copied):
    weights = copied / "weights.safetensors"
    content = bytearray(weights.read_bytes())
    content[-9] ^= 1
    weights.write_bytes(content)
    with pytest.raises(
        ModelError,
        match="weights.safetensors of .* is not what came with Vitrine. Please install Vitrine again",
    ):
        model_facts(ModelRef(KEY))
    seal(copied)
    assert model_facts(ModelRef(KEY)).key == KEY


def test_without_sums_a_model_is_used_as_it_is(copied):
    (copied / SUMS).unlink()
    (copied / "labels.json").write_text((copied / "labels.json").read_text() + " ")
    assert model_facts(ModelRef(KEY)).key == KEY
