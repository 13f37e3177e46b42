"""Every data set that can be chosen: those of Vitrine's own, and the folders that the owner offers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from data_store.base.words import DataSet
from data_store.readers.folder import read_folder
from data_store.shipped import digits, streets, textures
from engine.errors import DataSetError
from settings import settings

SHIPPED: Mapping[str, Callable[[], DataSet]] = {
    digits.KEY: digits.digits,
    streets.KEY: streets.rendered_streets,
    textures.KEY: textures.rendered_textures,
}
"""Those that come with Vitrine."""
MOST_FOLDERS = 200
"""Of ``VITRINE_DATA``, in the order of the alphabet."""


@dataclass(frozen=True)
class Offer:
    """A data set that can be chosen, which nobody has read yet.

    Attributes:
        key: its name in commands and links.
        shipped: whether it comes with Vitrine.
        read: reads it; raises ``DataSetError`` where that cannot be done.
    """

    key: str
    shipped: bool
    read: Callable[[], DataSet]


def data_sets() -> dict[str, Offer]:
    """All of them by key: Vitrine's own first; a folder with the key of one of those stays behind it."""
    own = {key: Offer(key, True, read) for key, read in SHIPPED.items()}
    offered = {path.name: Offer(path.name, False, partial(read_folder, path)) for path in _folders()}
    return {**own, **offered, **own}


def _folders() -> list[Path]:
    """Folders directly below ``VITRINE_DATA``; links and hidden ones are none.

    Raises:
        DataSetError: it cannot be read.
    """
    root = settings().data
    if root is None:
        return []
    try:
        found = sorted(path for path in root.iterdir() if path.is_dir() and not path.is_symlink())
    except OSError as error:
        raise DataSetError(
            "{folder} cannot be read: {reason}.", folder=root, reason=error.strerror or error
        ) from error
    return [path for path in found if not path.name.startswith(".")][:MOST_FOLDERS]


def data_set_of(key: str) -> DataSet:
    """The data set of a key. A key is only looked up: it never becomes a path.

    Raises:
        DataSetError: there is none of this key, or it cannot be read.
    """
    offers = data_sets()
    if key not in offers:
        raise DataSetError(
            "There is no data set called {key}; there are {known}.", key=key[:60], known=", ".join(offers)
        )
    return offers[key].read()


def data_set_at(place: str) -> DataSet:
    """The data set of a key or, for whoever may read any folder, in a folder.

    Raises:
        DataSetError: there is neither, or it cannot be read.
    """
    known = data_sets()
    if place in known or not Path(place).is_dir():
        return data_set_of(place)
    return read_folder(Path(place))
