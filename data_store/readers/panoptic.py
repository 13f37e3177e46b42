"""COCO panoptic (Kirillov et al. 2019, https://arxiv.org/abs/1801.00868): ``annotations/panoptic_NAME.json``
with its PNGs in ``annotations/panoptic_NAME/`` and the images in ``NAME/``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from data_store.base.files import read_json_object
from data_store.base.listing import FolderFiles, check_count
from data_store.base.masks import THREE_CHANNELS, read_png
from data_store.base.words import SPLITS, DataSet, Draft, Item, shown_word
from engine.arrays import Bytes
from engine.errors import DataSetError
from model_store.base.label_maps import IGNORED

KIND = "panoptic"
FOLDER, PREFIX, SUFFIX = "annotations", "panoptic_", ".json"
MOST_BYTES = 64 * 2**20
MOST_CLASSES = 255
MOST_SEGMENTS = 1000
"""Of one image."""


@dataclass(frozen=True)
class Panoptic:
    """What a file of annotations says.

    Attributes:
        labels: names of the categories.
        masks: name of an image's file to that of its PNG.
        segments: name of a PNG to the index of the category of each of its segments, by id.
    """

    labels: tuple[str, ...]
    masks: Mapping[str, str]
    segments: Mapping[str, Mapping[int, int]]


def fits_panoptic(files: FolderFiles) -> bool:
    """Whether there is a file of annotations."""
    return bool(_annotations(files))


def _annotations(files: FolderFiles) -> list[str]:
    start = f"{FOLDER}/{PREFIX}"
    return [path for path in files.sizes if path.startswith(start) and path.endswith(SUFFIX)]


def read_panoptic(files: FolderFiles) -> Draft:
    """The images of all files of annotations; each file is a split, called as its NAME without digits.

    Raises:
        DataSetError: a file cannot be read, names what is not there, or has other categories than the first.
    """
    items: list[Item] = []
    labels: tuple[str, ...] = ()
    sources = _annotations(files)
    for path in sources:
        found = _annotated(files.root / path)
        if labels and found.labels != labels:
            raise DataSetError("{name} has other categories than {first}.", name=path, first=sources[0])
        labels = found.labels
        items += _items(path, found, files)
        check_count(len(items))
    return Draft(tuple(items), labels, "segmentation", sources=tuple(sources))


def _items(path: str, found: Panoptic, files: FolderFiles) -> list[Item]:
    name = path.removeprefix(f"{FOLDER}/{PREFIX}").removesuffix(SUFFIX)
    word = name.rstrip("0123456789").lower()
    items = []
    for image, png in found.masks.items():
        mask = _pngs_of(path) + png
        item = Item(f"{name}/{image}", mask=mask, split=SPLITS.get(word, name))
        missing = next((one for one in (item.id, mask) if one not in files), None)
        if missing is not None:
            raise DataSetError(
                "{name} names {path!r}, which is not a file in its folder.",
                name=path,
                path=shown_word(missing),
            )
        items.append(item)
    return sorted(items, key=lambda item: item.id)


def _pngs_of(source: str) -> str:
    """The folder of the PNGs of a file of annotations, with ``/`` at its end."""
    return source.removesuffix(SUFFIX) + "/"


def read_panoptic_mask(data_set: DataSet, item: Item) -> Bytes:
    """uint8 (H, W): index of the category of each pixel; 255 where a pixel has none.

    Raises:
        DataSetError: the PNG or its annotations cannot be read.
    """
    assert data_set.root is not None
    mask = str(item.mask)
    source = next(one for one in data_set.content.sources if mask.startswith(_pngs_of(one)))
    segments = _annotated(data_set.root / source).segments.get(mask.removeprefix(_pngs_of(source)), {})
    channels = read_png(data_set.root, mask, THREE_CHANNELS).astype(np.int64)
    ids = channels @ np.array([1, 256, 65536])
    known = np.array(sorted(segments), np.int64)
    if not known.size:
        return np.full(ids.shape, IGNORED, np.uint8)
    classes = np.array([segments[number] for number in known.tolist()], np.uint8)
    places = np.searchsorted(known, ids).clip(max=known.size - 1)
    return np.where(known[places] == ids, classes[places], np.uint8(IGNORED))


def _annotated(path: Path) -> Panoptic:
    try:
        state = path.stat()
    except OSError as error:
        raise DataSetError(
            "{name} cannot be read: {reason}.", name=path.name, reason=error.strerror
        ) from error
    return _read(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=2)
def _read(path: Path, _mtime_ns: int, _size: int) -> Panoptic:
    """Remembered while the file stays the same."""
    content = read_json_object(path, MOST_BYTES)
    try:
        return _parsed(content)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataSetError("{name} is not a file of COCO panoptic annotations.", name=path.name) from error


def _parsed(content: Mapping[str, Any]) -> Panoptic:
    """Raises KeyError, TypeError or ValueError where something is missing or of another kind."""
    categories = [(_number(one["id"]), _text(one["name"])) for one in content["categories"]]
    if not 0 < len(categories) <= MOST_CLASSES:
        raise ValueError("too many categories, or none")
    place = {number: index for index, (number, _) in enumerate(categories)}
    names = {_number(one["id"]): _text(one["file_name"]) for one in content["images"]}
    masks, segments = {}, {}
    for one in content["annotations"]:
        png, parts = _text(one["file_name"]), one["segments_info"]
        if len(parts) > MOST_SEGMENTS:
            raise ValueError("too many segments")
        masks[names[_number(one["image_id"])]] = png
        segments[png] = {_number(part["id"]): place[_number(part["category_id"])] for part in parts}
    return Panoptic(tuple(name for _, name in categories), masks, segments)


def _number(value: object) -> int:
    if not isinstance(value, int) or not 0 <= value < 2**53:
        raise TypeError("no id")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 1000:
        raise TypeError("no name")
    return value
