"""Data sets that this session has uploaded; no other session finds them under any key."""

import re
import weakref
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from caching import LRUCache
from components.session.keys import UPLOADED_SETS, once
from components.session.reading import session_reader
from data_store.base.words import DataSet, Item
from data_store.images import image_bytes
from data_store.uploads.folders import bytes_in, remove_folder, touch_folder
from data_store.uploads.record import UploadReading
from engine.errors import DataSetError, PictureError
from engine.images.picture import Picture

MARK = "own-"
MOST = 5
"""Of one session; their bytes are bounded, too."""
KEPT_IMAGES = 32
_KEY = re.compile(MARK + r"[0-9a-f]{32}")


def is_uploaded_key(key: str) -> bool:
    """Whether a key is one of an uploaded data set, which only its session knows."""
    return _KEY.fullmatch(key) is not None


class UploadedSet:
    """A data set that a person has uploaded; its folder goes when nobody holds this any more.

    Args:
        folder: of the upload.
        reading: what was found in it.

    Attributes:
        reading: what it is read as now.
    """

    def __init__(self, folder: Path, reading: UploadReading) -> None:
        self.folder, self.reading = folder, reading
        self._finalizer = weakref.finalize(self, remove_folder, folder)

    @property
    def data(self) -> DataSet:
        """The data set."""
        return self.reading.data

    @property
    def tables(self) -> Path:
        """Folder of what is measured on it in private mode."""
        return self.folder / "tables"

    def read_as(self, reading: UploadReading) -> None:
        """What it is read as from now on."""
        self.reading = replace(reading, left_out=self.reading.left_out)

    def remove(self) -> None:
        """Remove its files now."""
        self._finalizer()


class UploadedSets:
    """Those of one session.

    Attributes:
        sets: by key, in the order in which they came.
    """

    def __init__(self) -> None:
        self.sets: dict[str, UploadedSet] = {}
        self._images: LRUCache[Picture | PictureError] = LRUCache(KEPT_IMAGES)

    def add(self, found: UploadedSet) -> None:
        """One more; of its title, no two have the same."""
        titles = {one.data.title for one in self.sets.values()}
        title, number = found.data.title, 2
        while title in titles:
            title, number = f"{found.data.title} ({number})", number + 1
        found.reading = replace(found.reading, data=replace(found.data, title=title))
        self.sets[found.data.key] = found

    def remove(self, keys: Iterable[str]) -> None:
        """Take some off, with their files and all that was decoded of them."""
        for key in list(keys):
            found = self.sets.pop(key, None)
            if found is not None:
                found.remove()
        self._images.clear()

    def of(self, key: str) -> UploadedSet:
        """The one of a key.

        Raises:
            DataSetError: this session has none of this key.
        """
        found = self.sets.get(key)
        if found is None:
            raise DataSetError(
                "This data set is not in your session. Only the session that uploaded it can see it."
            )
        touch_folder(found.folder)
        return found

    def image(self, data: DataSet, item: Item) -> Picture:
        """An image, decoded in a process with limits; the last ones are remembered.

        Raises:
            VitrineError: it cannot be read.
        """
        place = data.digest, item.id
        found = self._images.find(place)
        if found is None:
            try:
                found = session_reader().look(image_bytes(data, item), item.id)
            except PictureError as error:
                found = error
            self._images.keep(place, found)
        if isinstance(found, PictureError):
            raise PictureError(found.text, **found.values)
        return found

    @property
    def nbytes(self) -> int:
        """Bytes of all their files."""
        return sum(bytes_in(one.folder) for one in self.sets.values())


def uploaded_sets() -> UploadedSets:
    """Those of this session."""
    found: UploadedSets = once(UPLOADED_SETS, UploadedSets)
    return found
