"""Pictures that the owner of the server offers to everybody: those of one folder, which is only read."""

import time
from functools import lru_cache
from pathlib import Path

from compute.batch.pictures import BatchItem, list_pictures
from engine.errors import PictureError
from engine.images.picture import Picture, read_picture
from settings import settings

MOST = 500
LISTED_SECONDS = 30
KEPT = 16


def server_pictures() -> dict[str, BatchItem]:
    """The pictures by their names below the folder, 500 at most; none where no folder is offered.

    Links are not followed. A name is only looked up here: it never becomes a path.
    """
    folder = settings().pictures
    return dict(_listed(folder, _moment())) if folder else {}


@lru_cache(maxsize=2)
def _listed(folder: Path, _now: int) -> tuple[tuple[str, BatchItem], ...]:
    try:
        found = list_pictures(folder).items
    except PictureError:
        return ()
    return tuple((item.name, item) for item in found[:MOST])


def server_picture(name: str) -> Picture:
    """A picture of the folder.

    Raises:
        PictureError: it is not offered any more, or cannot be read.
    """
    if name not in server_pictures():
        raise PictureError(
            "{name} is no longer among the images of this server. Please select another one.", name=name
        )
    return _read(name, _moment())


@lru_cache(maxsize=KEPT)
def _read(name: str, _now: int) -> Picture:
    return read_picture(server_pictures()[name].read(), name)


def _moment() -> int:
    """Another number as soon as the folder is to be looked at again."""
    return int(time.monotonic() / LISTED_SECONDS)
