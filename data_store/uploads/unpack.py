"""Unpacking of a stranger's ZIP into a folder of its own, a file at a time, within limits."""

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

from data_store.base.words import shown_word
from data_store.uploads.members import UploadLimits, check_entries, wanted_members
from engine.errors import DataSetError
from engine.images.untrusted_zip import DAMAGE

AT_ONCE = 2**20
FOLDER_MODE, FILE_MODE = 0o700, 0o600
Tell = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and how much there is."""


def unpack_upload(path: Path, folder: Path, limits: UploadLimits, tell: Tell) -> int:
    """Unpacks what a data set is made of; nothing outside of the folder, and no more than members say.

    Args:
        path: the ZIP.
        folder: where its files go; it is made.
        limits: of the upload.
        tell: is told the number of files.

    Returns:
        Number of files that were left out.

    Raises:
        DataSetError: it is damaged, or has what a data set may not have; the sentence says what.
    """
    check_entries(path, limits)
    try:
        with zipfile.ZipFile(path) as archive:
            wanted = wanted_members(archive, path.stat().st_size, limits)
            folder.mkdir(FOLDER_MODE)
            for done, (name, member) in enumerate(wanted.files.items()):
                tell("unpack", done, len(wanted.files))
                _write(archive, member, folder / name)
    except DAMAGE as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise DataSetError(
                "The data set cannot be written here: {reason}.", reason=error.strerror or error
            ) from error
        raise DataSetError("This ZIP cannot be read. It may be damaged.") from error
    return wanted.left_out


def _write(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> None:
    """Write a member as a new file.

    Raises:
        DataSetError: it has more bytes than it says, or fewer.
    """
    path.parent.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
    left = member.file_size
    with archive.open(member) as source, open(path, "xb", opener=_open_for_us) as target:
        while part := source.read(AT_ONCE):
            left -= len(part)
            if left < 0:
                break
            target.write(part)
    if left:
        raise DataSetError("{name!r} in this ZIP has another size than it says.", name=shown_word(path.name))


def _open_for_us(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), FILE_MODE)
