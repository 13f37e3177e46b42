"""COCO panoptic: segments of a PNG become classes, and nothing outside the folder is named."""

import json

import numpy as np
import pytest
from PIL import Image

from data_store.images import read_image, read_mask
from data_store.readers.folder import read_folder
from engine.errors import DataSetError

CATEGORIES = [{"id": 92, "name": "road"}, {"id": 7, "name": "person"}]
SEGMENTS = [{"id": 300, "category_id": 7}, {"id": 70_000, "category_id": 92}, {"id": 5, "category_id": 7}]
ONE = {"image_id": 12, "file_name": "a.png", "segments_info": SEGMENTS}


def said(**changes):
    whole = {
        "images": [{"id": 12, "file_name": "a.jpg"}],
        "annotations": [ONE],
        "categories": CATEGORIES,
    }
    return {**whole, **changes}


@pytest.fixture
def coco(put, tmp_path):
    """Two splits; the PNG has ids 0, 5, 300 and 70,000 in its quarters, and one that is not annotated."""

    def write(name="val2017", content=None):
        put(f"{name}/a.jpg")
        ids = np.zeros((20, 24), np.int64)
        ids[:10, 12:], ids[10:, :12], ids[10:, 12:], ids[0, 0] = 5, 300, 70_000, 999
        path = tmp_path / "annotations" / f"panoptic_{name}" / "a.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        channels = np.stack([ids % 256, ids // 256 % 256, ids // 65536], -1).astype(np.uint8)
        Image.fromarray(channels).save(path)
        text = json.dumps(said() if content is None else content)
        (tmp_path / "annotations" / f"panoptic_{name}.json").write_text(text)
        return tmp_path

    return write


def test_segments_become_classes(coco):
    coco("train2017")
    data = read_folder(coco())
    assert (data.kind, data.task, data.labels) == ("panoptic", "segmentation", ("road", "person"))
    assert [(item.id, item.split) for item in data.items] == [
        ("train2017/a.jpg", "train"),
        ("val2017/a.jpg", "validation"),
    ]
    mask = read_mask(data, data.items[0])
    assert mask.dtype == np.uint8 and mask.shape == (20, 24)
    assert mask[0, 0] == mask[5, 5] == 255 and mask[5, 20] == mask[15, 5] == 1 and mask[15, 20] == 0
    assert read_image(data, data.items[0]).size_hw == (20, 24)


def test_what_the_annotations_say_is_part_of_the_digest(coco):
    before = read_folder(coco()).digest
    swapped = [{**one, "category_id": 99 - one["category_id"]} for one in SEGMENTS]
    annotations = [{"image_id": 12, "file_name": "a.png", "segments_info": swapped}]
    data = read_folder(coco(content=said(annotations=annotations)))
    assert data.digest != before and read_mask(data, data.items[0])[15, 20] == 1


def test_an_image_without_segments_is_void(coco):
    data = read_folder(coco(content=said(annotations=[{**said()["annotations"][0], "segments_info": []}])))
    assert (read_mask(data, data.items[0]) == 255).all()


@pytest.mark.parametrize(
    "changes",
    [
        {"categories": []},
        {"categories": [{"id": n, "name": f"c{n}"} for n in range(256)]},
        {"categories": None},
        {"categories": [{"id": 7, "name": 3}]},
        {"images": [{"id": "12", "file_name": "a.jpg"}]},
        {"images": []},
        {"annotations": [1]},
        {
            "annotations": [
                {"image_id": 12, "file_name": "a.png", "segments_info": [{"id": 1, "category_id": 1}]}
            ]
        },
        {"annotations": [{"image_id": 12, "file_name": "a.png", "segments_info": SEGMENTS * 400}]},
    ],
)
def test_other_annotations_are_one_sentence(coco, changes):
    with pytest.raises(DataSetError, match=r"val2017\.json is not a file of COCO panoptic"):
        read_folder(coco(content=said(**changes)))


def test_nothing_outside_the_folder_is_named(coco):
    for image in ("../secret.jpg", "/etc/passwd", "b.jpg"):
        with pytest.raises(DataSetError, match="which is not a file in its folder"):
            read_folder(coco(content=said(images=[{"id": 12, "file_name": image}])))


def test_other_categories_in_another_split_are_said(coco):
    coco("train2017", said(categories=CATEGORIES[::-1]))
    with pytest.raises(DataSetError, match="has other categories than annotations/panoptic_train2017"):
        read_folder(coco())
