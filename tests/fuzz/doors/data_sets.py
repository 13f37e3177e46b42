"""Doors for data sets: manifests, what a folder says of itself, and masks."""

import io
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from data_store.images import read_mask
from data_store.readers.folder import read_folder

NAMES = {"csv": "manifest.csv", "rows": "manifest.parquet", "about": "dataset.json", "mask": "labels/a.png"}
NAMES["panoptic"] = "annotations/panoptic_val2017.json"
PANOPTIC = ("val2017/a.png", "annotations/panoptic_val2017/a.png")
TABLE = {
    "path": ["images/a.png", "images/b.png"],
    "label": ["cat", "dog"],
    "split": ["train", "test"],
    "year": [2019, 2020],
}


def open_a_data_set(data: bytes, kind: str, folder: Path) -> None:
    """A folder of images and masks, one of whose files is another one."""
    for name in ("images/a.png", "images/b.png", "labels/a.png", *PANOPTIC):
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_bytes(mask_file("RGB" if name == PANOPTIC[-1] else "L"))
    (folder / NAMES[kind]).write_bytes(data)
    found = read_folder(folder)
    if kind in ("mask", "panoptic"):
        read_mask(found, found.items[0])


def mask_file(mode: str = "L") -> bytes:
    """Ids of some classes, 48 x 64 pixels."""
    buffer = io.BytesIO()
    ids = np.random.default_rng(5).integers(0, 8, (48, 64), dtype=np.uint8)
    Image.fromarray(ids).convert(mode).save(buffer, "PNG")
    return buffer.getvalue()


def data_set_seeds() -> dict[str, bytes]:
    """A good file for each of these doors."""
    rows = zip(*TABLE.values(), strict=True)
    lines = [",".join(TABLE), *(",".join(map(str, row)) for row in rows)]
    buffer = io.BytesIO()
    pq.write_table(pa.table(TABLE), buffer)
    about = {"title": "Streets", "licence": "CC0", "mapping": "camvid", "labels": ["road", "sky"]}
    segments = [{"id": number * 0x010101, "category_id": 17 + number % 2} for number in range(8)]
    annotations = {
        "images": [{"id": 1, "file_name": "a.png"}],
        "annotations": [{"image_id": 1, "file_name": "a.png", "segments_info": segments}],
        "categories": [{"id": 17, "name": "cat"}, {"id": 18, "name": "dog"}],
    }
    return {
        "panoptic": json.dumps(annotations).encode(),
        "csv": "\n".join(lines).encode(),
        "rows": buffer.getvalue(),
        "about": json.dumps(about).encode(),
        "mask": mask_file(),
    }
