"""Images and masks of data sets, one at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from data_store.base.files import read_bytes
from data_store.base.masks import read_png
from data_store.base.words import DataSet, Item
from data_store.readers.panoptic import KIND, read_panoptic_mask
from data_store.shipped import digits, streets, textures
from engine.arrays import Bytes
from engine.errors import DataSetError, GoneDataSetError
from engine.images.picture import MAX_BYTES, Picture, read_picture


def read_image(data_set: DataSet, item: Item) -> Picture:
    """The image of an item; those of uploaded sets are read elsewhere, by ``image_bytes``.

    Raises:
        PictureError: it is none that can be read.
        DataSetError: its file cannot be read.
    """
    return _source(data_set).image(data_set, item)


def image_bytes(data_set: DataSet, item: Item) -> bytes:
    """The file of an item's image, which nobody has looked at.

    Raises:
        DataSetError: it cannot be read, or the data set is gone.
    """
    root = _root(data_set)
    if not root.is_dir():
        raise GoneDataSetError("The data set {title} has been removed.", title=data_set.title)
    return read_bytes(root / item.id, MAX_BYTES)


def read_mask(data_set: DataSet, item: Item) -> Bytes:
    """uint8 (H, W): the ids in the mask of an item, as in its file; what they mean says the set's mapping.

    Raises:
        DataSetError: it has none, or it cannot be read.
    """
    if item.mask is None:
        raise DataSetError("{item} has no mask.", item=item.id)
    return _source(data_set).mask(data_set, item)


def _read_file(data_set: DataSet, item: Item) -> Picture:
    return read_picture(image_bytes(data_set, item), item.id)


def _read_mask_file(data_set: DataSet, item: Item) -> Bytes:
    return read_png(_root(data_set), str(item.mask))


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
    KIND: ImageSource(mask=read_panoptic_mask),
    streets.KEY: ImageSource(streets.read_street, streets.read_street_mask),
    textures.KEY: ImageSource(textures.read_texture),
}
"""By the kind of data set; all others have a file for each image and mask."""


def _source(data_set: DataSet) -> ImageSource:
    return SOURCES.get(data_set.kind, ImageSource())
