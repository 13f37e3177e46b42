"""Images and masks of data sets, one at a time."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from data_store.base.files import read_bytes
from data_store.base.words import DataSet, Item
from data_store.shipped import digits, streets
from engine.arrays import Bytes
from engine.errors import DataSetError
from engine.images.picture import MAX_BYTES, MAX_PIXELS, Picture, read_picture

MASK_MODES = ("L", "P")
"""One channel of 8 bits: greys, or places in a palette, which are the ids themselves."""


def read_image(data_set: DataSet, item: Item) -> Picture:
    """The image of an item.

    Raises:
        PictureError: it is none that can be read.
        DataSetError: its file cannot be read.
    """
    return _source(data_set).image(data_set, item)


def read_mask(data_set: DataSet, item: Item) -> Bytes:
    """uint8 (H, W): the ids in the mask of an item, as in its file; what they mean says the set's mapping.

    Raises:
        DataSetError: it has none, or it cannot be read.
    """
    if item.mask is None:
        raise DataSetError("{item} has no mask.", item=item.id)
    return _source(data_set).mask(data_set, item)


def _read_file(data_set: DataSet, item: Item) -> Picture:
    return read_picture(read_bytes(_root(data_set) / item.id, MAX_BYTES), item.id)


def _read_mask_file(data_set: DataSet, item: Item) -> Bytes:
    name = str(item.mask)
    data = read_bytes(_root(data_set) / name, MAX_BYTES)
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
            if image.mode in MASK_MODES and image.width * image.height <= MAX_PIXELS:
                return np.asarray(image)
            found = f"{image.width} x {image.height} {image.mode}"
    except Exception as error:  # decoders raise whatever they like
        raise DataSetError("{name} cannot be read as a PNG. It may be damaged.", name=name) from error
    raise DataSetError(
        "{name} is not a mask: a PNG with one 8-bit channel is needed; received {found}.",
        name=name,
        found=found,
    )


def _root(data_set: DataSet) -> Path:
    if data_set.root is None:
        raise DataSetError("{title} has no folder.", title=data_set.title)
    return data_set.root


@dataclass(frozen=True)
class ImageSource:
    """Where the images of a kind of data set come from.

    Attributes:
        image: reads an image.
        mask: reads a mask.
    """

    image: Callable[[DataSet, Item], Picture] = _read_file
    mask: Callable[[DataSet, Item], Bytes] = _read_mask_file


SOURCES = {
    digits.KEY: ImageSource(digits.read_digit),
    streets.KEY: ImageSource(streets.read_street, streets.read_street_mask),
}
"""By the kind of data set; all others are files in a folder."""


def _source(data_set: DataSet) -> ImageSource:
    return SOURCES.get(data_set.kind, ImageSource())
