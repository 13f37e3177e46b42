"""What files a folder has: within bounds, without following links."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from engine.errors import DataSetError
from engine.images.files import SUFFIXES

MOST_FILES = 500_000
"""In one folder, with all folders in it."""
MOST_ITEMS = 200_000
"""Images of one data set."""
MOST_DEPTH = 12
"""Folders in each other."""
_LEFT_OUT = "__MACOSX"


@dataclass(frozen=True)
class FolderFiles:
    """The files of a folder.

    Attributes:
        root: the folder.
        sizes: bytes of each file by its path below the folder, with ``/``, in the order of the alphabet.
    """

    root: Path
    sizes: Mapping[str, int]

    def __contains__(self, path: str) -> bool:
        """Whether there is a file at a path below the folder; a path that leads out has none."""
        return path in self.sizes

    @cached_property
    def images(self) -> tuple[str, ...]:
        """Paths of the files that are called as images."""
        return tuple(path for path in self.sizes if path.lower().endswith(SUFFIXES))


def list_folder(root: Path) -> FolderFiles:
    """The regular files of a folder and of those in it; hidden ones and links are left out.

    Raises:
        DataSetError: there is no such folder, it cannot be read, or it has more than a data set may have.
    """
    if not root.is_dir():
        raise DataSetError("{folder} is not a folder. Please name one that contains images.", folder=root)
    sizes: dict[str, int] = {}
    try:
        for path, size in _files(root, "", 0):
            sizes[path] = size
            if len(sizes) > MOST_FILES:
                raise DataSetError(
                    "{folder} has more than {most:,} files, the limit of a data set.",
                    folder=root,
                    most=MOST_FILES,
                )
    except OSError as error:
        raise DataSetError(
            "{folder} cannot be read: {reason}.", folder=root, reason=error.strerror or error
        ) from error
    return FolderFiles(root, dict(sorted(sizes.items())))


def _files(folder: Path, inside: str, depth: int) -> Iterator[tuple[str, int]]:
    if depth > MOST_DEPTH:
        raise DataSetError("{folder} has more than {most} levels of folders.", folder=folder, most=MOST_DEPTH)
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.name == _LEFT_OUT:
                continue
            path = inside + _legible(entry.name)
            if entry.is_dir(follow_symlinks=False):
                yield from _files(folder / entry.name, path + "/", depth + 1)
            elif entry.is_file(follow_symlinks=False):
                yield path, entry.stat(follow_symlinks=False).st_size


def _legible(name: str) -> str:
    """A name that is UTF-8.

    Raises:
        DataSetError: it is not, so no manifest and no table could have it.
    """
    try:
        name.encode("utf-8")
    except UnicodeEncodeError as error:
        raise DataSetError(
            "The name of the file {name} is not UTF-8. Please rename it.",
            name=os.fsencode(name).decode("utf-8", "replace"),
        ) from error
    return name


def check_count(count: int) -> None:
    """Lets only so many images be a data set.

    Raises:
        DataSetError: there are more.
    """
    if count > MOST_ITEMS:
        raise DataSetError("A data set has at most {most:,} images.", most=MOST_ITEMS)
