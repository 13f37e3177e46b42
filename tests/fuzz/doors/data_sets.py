"""Doors for data sets: manifests, what a folder says of itself, masks, and ZIPs of all of them."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from data_store.images import read_mask
from data_store.readers.folder import read_folder
from data_store.uploads.members import UploadLimits
from data_store.uploads.reading import read_upload
from data_store.uploads.record import UploadReading
from data_store.uploads.unpack import unpack_upload

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


LIMITS = UploadLimits(2**26, 100)


def open_an_upload(data: bytes, kind: str, folder: Path) -> None:
    """A ZIP as the process that unpacks it does, and what the server makes of its answer.

    Whatever is in it, nothing may lie beside its files.
    """
    path, files = folder / "upload.zip", folder / "files"
    path.write_bytes(data)
    try:
        unpack_upload(path, files, LIMITS, _tell_nobody)
        found = read_upload(files, "own-0", "Title", "", _tell_nobody)
        UploadReading.from_json(json.loads(json.dumps(found.to_json())), "own-0", files)
    finally:
        if not {one.name for one in folder.iterdir()} <= {"upload.zip", "files"}:
            raise AssertionError("something was written elsewhere")
        if any(one.is_symlink() for one in folder.rglob("*")):
            raise AssertionError("a link was written")


def _tell_nobody(_stage: str, _done: int, _total: int) -> None:
    """How far it is does not matter here."""


def set_zip() -> bytes:
    """Images with masks, a manifest, and what a folder says of itself, below one folder."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("images/a.png", "images/b.png", "labels/a.png"):
            archive.writestr(f"set/{name}", mask_file())
        archive.writestr("set/manifest.csv", "path,mask\nimages/a.png,labels/a.png\nimages/b.png,")
        archive.writestr("set/dataset.json", json.dumps({"title": "Streets", "mapping": "camvid"}))
    return buffer.getvalue()


def coco_zip() -> bytes:
    """COCO panoptic, with a manifest of another format beside it that is left out."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(NAMES["panoptic"], data_set_seeds()["panoptic"])
        for name in PANOPTIC:
            archive.writestr(name, mask_file("RGB"))
    return buffer.getvalue()


def parquet_zip() -> bytes:
    """A manifest as Parquet."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in TABLE["path"]:
            archive.writestr(str(name), mask_file())
        archive.writestr("manifest.parquet", data_set_seeds()["rows"])
    return buffer.getvalue()


def upload_seeds() -> dict[str, bytes]:
    """A good ZIP of each of these."""
    return {"set": set_zip(), "coco": coco_zip(), "parquet set": parquet_zip()}


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
