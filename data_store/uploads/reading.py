"""Reading of an unpacked upload as a data set; masks are decoded once, and written anew as plain PNGs."""

from dataclasses import replace
from pathlib import Path

from PIL import Image

from data_store.base.digest import data_digests
from data_store.base.listing import list_folder
from data_store.base.words import DataSet, Draft, Item
from data_store.images import read_mask
from data_store.readers.folder import draft_of
from data_store.readers.panoptic import KIND as PANOPTIC
from data_store.uploads.members import LARGEST_TEXT
from data_store.uploads.record import UploadReading
from data_store.uploads.unpack import FOLDER_MODE, Tell
from engine.errors import DataSetError

MASKS = ".masks"
"""Folder of the masks that were written anew; a ZIP has no hidden files."""
MARK = "uploaded"
"""Part of the digests, so that what somebody uploads is never taken for an image of the owner's folder, of
which only the ends are read."""


def read_upload(root: Path, key: str, title: str, kind: str, tell: Tell) -> UploadReading:
    """The data set in a folder that was unpacked.

    Args:
        root: the folder.
        key: of the data set.
        title: its name for people, unless it says one itself.
        kind: how it is read, where it can be read so; "" for the first that fits.
        tell: is told the number of files.

    Raises:
        DataSetError: there is no image in it, or something in it cannot be read.
    """
    tell("read", 0, 0)
    files = list_folder(root)
    found = draft_of(files, kind)
    about = found.about
    digests = data_digests(found.draft, files, [MARK], LARGEST_TEXT)
    data = DataSet(
        key,
        about.title or title,
        found.kinds[0],
        root,
        found.draft,
        digests.whole,
        about.licence,
        about.credit,
        digests.items,
        uploaded=True,
    )
    return UploadReading(found.kinds, _with_own_masks(data, tell))


def _with_own_masks(data: DataSet, tell: Tell) -> DataSet:
    """The same with masks that nobody else has made, so that whoever reads them need not be careful."""
    masked = sum(item.mask is not None for item in data.items)
    if not masked:
        return data
    items: list[Item] = []
    for item in data.items:
        if item.mask is not None:
            tell("masks", len(items), len(data.items))
        items.append(_with_own_mask(data, item))
    draft: Draft = replace(data.content, items=tuple(items), sources=())
    kind = "masks" if data.kind == PANOPTIC else data.kind
    return replace(data, content=draft, kind=kind)


def _with_own_mask(data: DataSet, item: Item) -> Item:
    if item.mask is None or data.root is None:
        return item
    name = f"{MASKS}/{item.mask}"
    path = data.root / name
    try:
        path.parent.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
        Image.fromarray(read_mask(data, item)).save(path, "PNG", compress_level=1)
    except OSError as error:
        raise DataSetError(
            "The data set cannot be written here: {reason}.", reason=error.strerror or error
        ) from error
    return replace(item, mask=name)
