"""The data sets that come with Vitrine: exact labels, fixed splits, files that are made once."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from data_store.catalogue import data_set_at, data_set_of, data_sets
from data_store.images import read_image, read_mask
from data_store.shipped import streets
from engine.errors import DataSetError
from model_store.base.label_maps import CATEGORY_NAMES
from samples import digits
from samples.scenes import render_scene
from training.classify.config import read_config
from training.classify.pictures import class_part_of

DIGITS_DIGEST = "18aa17f6"
PARTS = {"train": "train", "select": "validation", "report": "test"}


@pytest.fixture(autouse=True)
def results(tmp_path, monkeypatch):
    monkeypatch.setenv("VITRINE_CACHE", str(tmp_path / "results"))


def test_digits_are_those_of_scikit_learn():
    from sklearn.datasets import load_digits

    expected = load_digits()
    values, truth = digits.digit_values()
    np.testing.assert_array_equal(values, expected.images)
    np.testing.assert_array_equal(truth, expected.target)


def test_digits_have_a_fixed_split_which_is_that_of_the_training():
    data = data_set_of("digits")
    assert data.task == "classification" and data.labels == tuple("0123456789")
    assert data.splits == {"train": 1312, "validation": 118, "test": 367}
    assert data.digest.startswith(DIGITS_DIGEST), "the same on every machine"
    config = read_config(Path("training/configs/digits-cnn.toml"))
    assert all(PARTS[class_part_of(config.pictures, item.id)] == item.split for item in data.items)


def test_a_digit_is_white_on_black_and_enlarged():
    data = data_set_of("digits")
    picture = read_image(data, data.items[0])
    assert picture.pixels.shape == (32, 32, 3) and picture.pixels[0, 0].tolist() == [0, 0, 0]
    assert picture.pixels.max() > 240 and data.items[0].label == 0
    grey = picture.pixels[..., 0].reshape(8, 4, 8, 4).mean((1, 3))
    assert np.corrcoef(grey.ravel(), digits.digit_values()[0][0].ravel())[0, 1] > 0.95


def test_written_digits_are_those_of_the_data_set(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(digits, "COUNT", 3)
    values, truth = digits.digit_values()
    monkeypatch.setattr(digits, "digit_values", lambda: (values[:3], truth[:3]))
    digits.main(["--out", str(tmp_path / "digits")])
    written, data = data_set_at(str(tmp_path / "digits")), data_set_of("digits")
    assert [item.id for item in written.items] == ["0/digit-0000.png", "1/digit-0001.png", "2/digit-0002.png"]
    for one, two in zip(written.items, data.items[:3], strict=True):
        assert read_image(written, one).sha256 == read_image(data, two).sha256
    assert "Wrote 3 digits" in capsys.readouterr().out


@pytest.mark.slow
def test_streets_are_rendered_once_and_kept(monkeypatch):
    monkeypatch.setattr(streets, "SIZE_HW", (32, 64))
    data = data_set_of("streets-rendered")
    assert data.task == "segmentation" and data.labels == CATEGORY_NAMES
    assert data.content.mapping == "categories" and data.splits == {"test": 48}
    item = data.items[3]
    scene = render_scene(2003, (32, 64))
    np.testing.assert_array_equal(read_mask(data, item), scene.labels)
    np.testing.assert_array_equal(read_image(data, item).pixels, scene.pixels)
    kept = sorted(path.name for path in streets.kept_in().iterdir())
    assert kept == ["street-2003.png", "street-2003_labels.png"]
    monkeypatch.setattr(streets, "render_scene", None)
    np.testing.assert_array_equal(read_image(data, item).pixels, scene.pixels)


@pytest.mark.slow
@pytest.mark.parametrize("damage", [b"", b"no image", "another size"])
def test_a_damaged_street_is_rendered_again(monkeypatch, damage):
    monkeypatch.setattr(streets, "SIZE_HW", (32, 64))
    data = data_set_of("streets-rendered")
    item = data.items[0]
    whole = read_image(data, item)
    path = streets.kept_in() / item.id
    if isinstance(damage, bytes):
        path.write_bytes(damage)
    else:
        from PIL import Image

        Image.new("RGB", (9, 9)).save(path)
    assert read_image(data, item).sha256 == whole.sha256 and path.stat().st_size > 200


@pytest.mark.slow
def test_streets_come_also_where_nothing_can_be_kept(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("VITRINE_CACHE", str(tmp_path / "file"))
    monkeypatch.setattr(streets, "SIZE_HW", (32, 64))
    data = data_set_of("streets-rendered")
    np.testing.assert_array_equal(read_mask(data, data.items[0]), render_scene(2000, (32, 64)).labels)


def test_folders_of_the_owner_have_keys(put, tmp_path, monkeypatch):
    put("sets/cats/a.png"), put("sets/.hidden/a.png"), put("sets/digits/a.png"), put("elsewhere/a.png")
    (tmp_path / "sets" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "sets" / "empty").mkdir()
    assert list(data_sets()) == ["digits", "streets-rendered", "textures"]
    monkeypatch.setenv("VITRINE_DATA", str(tmp_path / "sets"))
    assert list(data_sets()) == ["digits", "streets-rendered", "textures", "cats", "empty"]
    assert data_set_of("cats").key == "cats" and len(data_set_of("digits").items) == 1797
    with pytest.raises(DataSetError, match="There are no images in"):
        data_set_of("empty")


def test_a_key_never_becomes_a_path(put, tmp_path, monkeypatch):
    put("sets/cats/a.png"), put("other/a.png")
    monkeypatch.setenv("VITRINE_DATA", str(tmp_path / "sets"))
    for key in ("../other", str(tmp_path / "other"), "sets/cats", ""):
        with pytest.raises(DataSetError, match=r"called .*; there are digits, .*, textures, cats"):
            data_set_of(key)
    assert data_set_at(str(tmp_path / "other")).key == "other", "but the command line may name any folder"


def test_a_folder_of_sets_that_is_not_there_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("VITRINE_DATA", str(tmp_path / "nothing"))
    with pytest.raises(DataSetError, match="nothing cannot be read: No such file"):
        data_sets()


@pytest.mark.processes
def test_the_room_leaves_heavy_packages_out():
    code = (
        "import sys\n"
        "from data_store.catalogue import data_set_of\n"
        "from data_store.images import read_image\n"
        "data = data_set_of('digits')\n"
        "read_image(data, data.items[0])\n"
        "heavy = {'tensorflow', 'keras', 'sklearn', 'skimage', 'streamlit', 'dask', 'pyarrow', 'pandas'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
