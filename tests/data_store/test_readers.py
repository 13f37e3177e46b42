"""Each kind of folder is read as what it is, and what cannot be is one sentence."""

import json
import os
import shutil

import numpy as np
import pytest

from data_store.base import listing
from data_store.base.words import SPLITS, Draft, Item, check_draft
from data_store.images import read_image, read_mask
from data_store.readers.folder import read_folder
from data_store.readers.manifest import ordered_names
from data_store.readers.table import READERS
from engine.errors import DataSetError, PictureError


def ids(data):
    return [item.id for item in data.items]


def test_class_folders(put, tmp_path):
    for name in ("pug/b.png", "pug/a.jpg", "Irish_wolfhound/c.webp", ".hidden/x.png", "__MACOSX/pug/a.png"):
        put(name)
    (tmp_path / "pug" / "notes.txt").write_text("no image")
    data = read_folder(tmp_path)
    assert (data.kind, data.task, data.labels) == (
        "class folders",
        "classification",
        ("Irish wolfhound", "pug"),
    )
    assert ids(data) == ["Irish_wolfhound/c.webp", "pug/a.jpg", "pug/b.png"]
    assert [item.label for item in data.items] == [0, 1, 1] and data.splits == {"": 3}
    assert data.key == data.title == tmp_path.name
    assert read_image(data, data.items[0]).size_hw == (20, 24)


def test_splits_of_class_folders(put, tmp_path):
    for name in ("train/cat/a.png", "train/dog/a.png", "val/dog/b.png", "Testing/cat/c.png"):
        put(name)
    data = read_folder(tmp_path)
    assert data.labels == ("cat", "dog") and data.splits == {"test": 1, "train": 2, "validation": 1}
    assert [item.id for item in data.items_of("train")] == ["train/cat/a.png", "train/dog/a.png"]
    with pytest.raises(DataSetError, match=r"no split 'holdout'; it has test, train, validation"):
        data.items_of("holdout")


def test_folders_of_splits_alone_are_no_classes(put, tmp_path):
    put("train/a.png"), put("test/b.png")
    data = read_folder(tmp_path)
    assert (data.kind, data.task) == ("unlabelled", None) and data.splits == {"test": 1, "train": 1}


def test_masks(put, tmp_path):
    put("val/images/a.jpg"), put("val/labels/a.png", 7, "L"), put("val/images/b.png")
    put("train/images/x/c.png"), put("train/masks/x/c.png", 3, "P")
    data = read_folder(tmp_path)
    assert (data.kind, data.task, data.labels) == ("masks", "segmentation", ())
    assert [(item.id, item.mask, item.split) for item in data.items] == [
        ("train/images/x/c.png", "train/masks/x/c.png", "train"),
        ("val/images/a.jpg", "val/labels/a.png", "validation"),
        ("val/images/b.png", None, "validation"),
    ]
    assert np.unique(read_mask(data, data.items[0])).tolist() == [3]
    assert np.unique(read_mask(data, data.items[1])).tolist() == [7]
    with pytest.raises(DataSetError, match=r"b\.png has no mask"):
        read_mask(data, data.items[2])


def test_masks_under_other_names_are_said(put, tmp_path):
    put("images/a.png"), put("labels/a_mask.png", 1, "L")
    with pytest.raises(DataSetError, match=r"images/a\.png needs a PNG of the same name in labels, masks"):
        read_folder(tmp_path)


def test_a_mask_of_three_channels_is_refused(put, tmp_path):
    put("images/a.png"), put("labels/a.png", 1)
    data = read_folder(tmp_path)
    with pytest.raises(DataSetError, match="one 8-bit channel is needed; received 24 x 20 RGB"):
        read_mask(data, data.items[0])
    (tmp_path / "labels" / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(DataSetError, match="cannot be read as a PNG"):
        read_mask(data, data.items[0])


def test_cityscapes(put, tmp_path):
    for split in ("train", "val", "test"):
        put(f"leftImg8bit/{split}/ulm/ulm_0_leftImg8bit.png")
        put(f"gtFine/{split}/ulm/ulm_0_gtFine_labelIds.png", 7, "L")
        put(f"gtFine/{split}/ulm/ulm_0_gtFine_color.png")
    data = read_folder(tmp_path)
    assert (data.kind, data.task, data.content.mapping) == ("cityscapes", "segmentation", "cityscapes")
    assert [(item.split, item.mask is None) for item in data.items] == [
        ("test", True),
        ("train", False),
        ("validation", False),
    ]


def test_what_a_folder_says_of_itself(put, tmp_path):
    put("images/a.png"), put("labels/a.png", 1, "L")
    about = {"title": "Two", "licence": "CC0", "credit": "Somebody", "labels": ["road", "sky"]}
    (tmp_path / "dataset.json").write_text(json.dumps(about))
    data = read_folder(tmp_path, key="two")
    assert (data.key, data.title, data.licence, data.credit) == ("two", "Two", "CC0", "Somebody")
    assert data.labels == ("road", "sky")


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ("[]", "does not hold a JSON object"),
        ("{", "cannot be read as JSON"),
        ("[" * 100_000, "cannot be read as JSON"),
        ('{"mapping": "moon"}', "no mapping 'moon'; there are categories"),
        ('{"name": "x"}', "no entry 'name'; it may have title"),
        ('{"title": 3}', "'title' must be a text of at most"),
        ('{"labels": "road"}', "'labels' must be a list"),
        ('{"labels": ["a", "a"]}', "Two classes of this data set are called 'a'"),
        ('{"title": "' + "x" * 2**20 + '"}', "is larger than the limit"),
    ],
)
def test_what_it_may_not_say(put, tmp_path, about, said):
    put("images/a.png"), put("labels/a.png", 1, "L")
    (tmp_path / "dataset.json").write_text(about)
    with pytest.raises(DataSetError, match=said):
        read_folder(tmp_path)


def test_no_folder_and_no_images_are_said(tmp_path):
    with pytest.raises(DataSetError, match="is not a folder"):
        read_folder(tmp_path / "nothing")
    with pytest.raises(DataSetError, match="There are no images in"):
        read_folder(tmp_path)


def test_links_are_not_followed(put, tmp_path):
    put("set/a.png"), put("elsewhere/b.png")
    (tmp_path / "set" / "b.png").symlink_to(tmp_path / "elsewhere" / "b.png")
    (tmp_path / "set" / "more").symlink_to(tmp_path / "elsewhere")
    data = read_folder(tmp_path / "set")
    assert ids(data) == ["a.png"]
    (tmp_path / "set" / "a.png").unlink()
    (tmp_path / "set" / "a.png").symlink_to(tmp_path / "elsewhere" / "b.png")
    with pytest.raises(DataSetError, match=r"a\.png cannot be read"):
        read_image(data, data.items[0])


def test_a_pipe_in_the_place_of_an_image_is_not_waited_for(put, tmp_path):
    put("a.png")
    data = read_folder(tmp_path)
    (tmp_path / "a.png").unlink()
    os.mkfifo(tmp_path / "a.png")
    with pytest.raises((DataSetError, PictureError)):
        read_image(data, data.items[0])
    with pytest.raises(DataSetError, match="no images"):
        read_folder(tmp_path)


def test_bounds(put, tmp_path, monkeypatch):
    for name in ("a.png", "b.png", "1/2/3/c.png"):
        put(name)
    monkeypatch.setattr(listing, "MOST_FILES", 2)
    with pytest.raises(DataSetError, match="more than 2 files"):
        read_folder(tmp_path)
    monkeypatch.setattr(listing, "MOST_FILES", 9)
    monkeypatch.setattr(listing, "MOST_ITEMS", 2)
    with pytest.raises(DataSetError, match="at most 2 images"):
        read_folder(tmp_path)
    monkeypatch.setattr(listing, "MOST_DEPTH", 2)
    with pytest.raises(DataSetError, match="more than 2 levels"):
        read_folder(tmp_path)


def test_a_name_that_is_no_text_is_said(tmp_path):
    try:
        (tmp_path / os.fsdecode(b"\xff.png")).write_bytes(b"x")
    except OSError:
        pytest.skip("this disk has only names in UTF-8")
    with pytest.raises(DataSetError, match="not UTF-8"):
        read_folder(tmp_path)


def test_the_digest_is_that_of_the_content(put, tmp_path):
    for name in ("set/cat/a.bmp", "set/dog/b.png"):
        put(name)
    before = read_folder(tmp_path / "set").digest
    moved = tmp_path / "far" / "away"
    shutil.copytree(tmp_path / "set", moved)
    os.utime(moved / "cat" / "a.bmp", (0, 0))
    assert read_folder(moved).digest == before
    put("far/away/cat/a.bmp", 1)
    assert (moved / "cat" / "a.bmp").stat().st_size == (tmp_path / "set" / "cat" / "a.bmp").stat().st_size
    changed = read_folder(moved).digest
    (moved / "cat").rename(moved / "cow")
    assert len({before, changed, read_folder(moved).digest}) == 3


def test_what_does_not_fit_together_is_no_data_set():
    for draft, said in (
        (Draft(()), "no images"),
        (Draft((Item("a"), Item("a"))), "a is in this data set twice"),
        (Draft((Item("a", 2),), ("x", "y")), "class 2 of 2"),
        (Draft((Item("a", columns=("1",)),)), "1 further values; this data set has 0"),
    ):
        with pytest.raises(DataSetError, match=said):
            check_draft(draft)


def test_the_table_ends_with_what_fits_everything():
    assert list(READERS)[-1] == "unlabelled" and set(SPLITS.values()) == {"train", "validation", "test"}


def test_numbers_are_ordered_by_their_value():
    assert ordered_names({"10", "9", "0"}) == ("0", "9", "10")
    assert ordered_names({"b10", "b9"}) == ("b10", "b9")
