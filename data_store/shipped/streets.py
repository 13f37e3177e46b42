"""Rendered street scenes with the exact category of each pixel; made on first use and kept as files."""

import os
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from data_store.base.digest import data_digests
from data_store.base.words import DataSet, Draft, Item
from engine.arrays import Bytes
from engine.images.picture import Picture
from engine.phrase import later
from samples.scenes import CATEGORIES, render_scene
from settings import settings

KEY = "streets-rendered"
SEEDS = range(2000, 2048)
"""Nothing was trained on them: training has seeds from 10000 on, documents 0 to 49."""
SIZE_HW = (256, 512)
RENDERER = "renderer 1"
"""Changed when the same seeds give other scenes: kept files are then made anew."""
_SUFFIX, _MASK_SUFFIX = ".png", "_labels.png"


def rendered_streets() -> DataSet:
    """48 scenes of 256 x 512 pixels in 8 categories, all of them for testing."""
    names = [f"street-{seed}" for seed in SEEDS]
    items = tuple(Item(name + _SUFFIX, mask=name + _MASK_SUFFIX, split="test") for name in names)
    draft = Draft(items, CATEGORIES, "segmentation", "categories")
    digests = data_digests(draft, more=[RENDERER, str(SIZE_HW)])
    credit = later("Rendered by Vitrine")
    title, licence = later("Rendered streets"), "Apache-2.0"
    return DataSet(KEY, title, KEY, kept_in(), draft, digests.whole, licence, credit, digests.items)


def kept_in() -> Path:
    """The folder of the scenes that were rendered, whether it exists or not."""
    return settings().cache / f"{KEY}-{RENDERER.replace(' ', '-')}"


def read_street(data_set: DataSet, item: Item) -> Picture:
    """The image of a scene."""
    return Picture(_read(item.id, item, "RGB"), item.id)


def read_street_mask(data_set: DataSet, item: Item) -> Bytes:
    """uint8 (256, 512): the category of each pixel."""
    return _read(str(item.mask), item, "L")


def _read(name: str, item: Item, mode: str) -> Bytes:
    """A kept file; the scene is rendered where it is not there or damaged."""
    try:
        return _opened(kept_in() / name, mode)
    except (OSError, SyntaxError, ValueError):
        made = _render(item)
        return made[name]


def _opened(path: Path, mode: str) -> Bytes:
    with Image.open(path, formats=["PNG"]) as image:
        if image.size != SIZE_HW[::-1] or image.mode != mode:
            raise ValueError("another file lies in its place")
        return np.asarray(image)


def _render(item: Item) -> dict[str, Bytes]:
    """Image and mask by the names of their files, which are kept where that can be done."""
    scene = render_scene(int(item.id.removeprefix("street-").removesuffix(_SUFFIX)), SIZE_HW)
    made = {item.id: scene.pixels, str(item.mask): scene.labels}
    for name, pixels in made.items():
        _keep(kept_in() / name, pixels)
    return made


def _keep(path: Path, pixels: Bytes) -> None:
    """Writes a file at once or not at all; a full or read-only disk only means that it is made again."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, ignore_cleanup_errors=True) as work:
            made = Path(work) / path.name
            Image.fromarray(pixels).save(made)
            os.replace(made, path)
    except OSError:
        return
