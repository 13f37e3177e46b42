"""The pictures of a batch: those of a folder, or any others that can be read."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from engine.errors import PictureError
from engine.images.files import SUFFIXES
from engine.images.picture import MAX_BYTES


@dataclass(frozen=True)
class BatchItem:
    """A picture that is read when its turn comes.

    Attributes:
        name: what it is called in the table; no two of a batch have the same.
        read: gives the bytes of its file, or raises ``PictureError``.
    """

    name: str
    read: Callable[[], bytes]


@dataclass(frozen=True)
class Listing:
    """What is in a folder.

    Attributes:
        items: its pictures and those of the folders in it, by name.
        skipped: a sentence for everything else.
    """

    items: tuple[BatchItem, ...]
    skipped: tuple[str, ...]


def list_pictures(folder: Path, spare: Sequence[Path] = ()) -> Listing:
    """What files a folder has. Links are not followed: they can lead anywhere, also in a circle.

    Args:
        folder: where pictures are looked for, also in folders below.
        spare: folders that are left out, such as those that results are written to.

    Raises:
        PictureError: there is no such folder, or there is no picture in it.
    """
    if not folder.is_dir():
        raise PictureError("{folder} is not a folder. Please name one that contains images.", folder=folder)
    items, skipped = [], []
    for path in _walk(folder, spare):
        name = os.fsencode(path.relative_to(folder).as_posix()).decode("utf-8", "replace")
        if path.is_symlink():
            skipped.append(f"{name} is a link and is skipped. Please copy what it leads to.")
        elif path.suffix.lower() not in SUFFIXES or not path.is_file():
            skipped.append(
                f"{name} is skipped: its name does not end as that of a picture does ({' '.join(SUFFIXES)})."
            )
        else:
            items.append(BatchItem(name, partial(_read_file, path)))
    if not items:
        raise PictureError("There are no images in {folder}.", folder=folder)
    return Listing(tuple(items), tuple(skipped))


def _walk(folder: Path, spare: Sequence[Path]) -> Iterator[Path]:
    """Files and links below a folder, in a fixed order."""
    left_out = {path.resolve() for path in spare}
    for place, folders, files in os.walk(folder):
        here = Path(place)
        folders[:] = sorted(name for name in folders if (here / name).resolve() not in left_out)
        yield from (here / name for name in folders if (here / name).is_symlink())
        yield from (here / name for name in sorted(files))


def _read_file(path: Path) -> bytes:
    """The bytes of a file that is not too large to be a picture."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            text = "The file has {size} MB; at most {limit} MB are read. Please save a smaller copy."
            raise PictureError(text, size=size >> 20, limit=MAX_BYTES >> 20)
        return path.read_bytes()
    except OSError as error:
        raise PictureError("The file cannot be read: {reason}.", reason=error.strerror) from error
