"""THE table of kinds of data sets that are folders: a new kind is one row."""

from collections.abc import Callable
from dataclasses import dataclass

from data_store.base.listing import FolderFiles
from data_store.base.words import Draft
from data_store.readers.class_folders import fits_class_folders, read_class_folders
from data_store.readers.manifest import fits_manifest, read_manifest
from data_store.readers.masks import fits_cityscapes, fits_masks, read_cityscapes, read_masks
from data_store.readers.panoptic import KIND, fits_panoptic, read_panoptic
from data_store.readers.unlabelled import fits_all, read_unlabelled


@dataclass(frozen=True)
class Reader:
    """A kind of data set.

    Attributes:
        fits: whether a folder is of this kind.
        read: its content.
    """

    fits: Callable[[FolderFiles], bool]
    read: Callable[[FolderFiles], Draft]


READERS: dict[str, Reader] = {
    "manifest": Reader(fits_manifest, read_manifest),
    KIND: Reader(fits_panoptic, read_panoptic),
    "cityscapes": Reader(fits_cityscapes, read_cityscapes),
    "masks": Reader(fits_masks, read_masks),
    "class folders": Reader(fits_class_folders, read_class_folders),
    "unlabelled": Reader(fits_all, read_unlabelled),
}
"""Kinds by name; a folder is of the first that fits."""
