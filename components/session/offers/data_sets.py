"""Data sets that pages offer, read once and kept in memory without their images; those that the session has
uploaded are kept by it alone.
"""

import time
from functools import lru_cache, partial

from caching import LRUCache
from components.session.uploads.uploaded_sets import is_uploaded_key, uploaded_sets
from data_store.base.words import DataSet, Item
from data_store.catalogue import Offer, data_set_of, data_sets
from data_store.images import read_image
from engine.errors import DataSetError
from engine.images.picture import Picture

LISTED_SECONDS, READ_SECONDS = 30, 600
"""How long a list of data sets, and what was read of one, hold."""
KEPT_SETS, KEPT_IMAGES = 8, 32
_sets: LRUCache[DataSet] = LRUCache(KEPT_SETS)


def offered_sets() -> dict[str, Offer]:
    """Data sets by key: Vitrine's own, folders that the owner offers, and what this session has uploaded."""
    own = {key: Offer(key, False, partial(data_set, key)) for key in uploaded_sets().sets}
    return {**dict(_listed(_moment(LISTED_SECONDS))), **own}


@lru_cache(maxsize=1)
def _listed(_now: int) -> tuple[tuple[str, Offer], ...]:
    try:
        return tuple(data_sets().items())
    except DataSetError:
        return ()


def data_set(key: str) -> DataSet:
    """A data set; a folder is read anew every ten minutes.

    Raises:
        DataSetError: there is none of this key, or it cannot be read.
    """
    if is_uploaded_key(key):
        return uploaded_sets().of(key).data
    return _sets.get(key, lambda: data_set_of(key), _moment(READ_SECONDS))


def item_of(data: DataSet, name: str) -> Item:
    """The item of a name, which is only looked up: it never becomes a path.

    Raises:
        DataSetError: there is none.
    """
    found = next((item for item in data.items if item.id == name), None)
    if found is None:
        raise DataSetError("{title} has no image {name}.", title=data.title, name=name[:60])
    return found


def data_image(key: str, name: str) -> Picture:
    """An image of a data set.

    Raises:
        VitrineError: it is not there, or cannot be read.
    """
    if not is_uploaded_key(key):
        return _offered_image(key, name)
    data = data_set(key)
    return uploaded_sets().image(data, item_of(data, name))


@lru_cache(maxsize=KEPT_IMAGES)
def _offered_image(key: str, name: str) -> Picture:
    data = data_set(key)
    return read_image(data, item_of(data, name))


def _moment(seconds: int) -> int:
    """Another number as soon as something is to be looked at again."""
    return int(time.monotonic() / seconds)
