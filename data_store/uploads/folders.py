"""Folders of uploads, each for one session: nobody can guess their names, and no other account reads them."""

import os
import secrets
import shutil
import time
from contextlib import suppress
from pathlib import Path

from data_store.uploads.unpack import FOLDER_MODE
from engine.errors import DataSetError
from settings import MEGABYTE, settings

ABANDONED_SECONDS = 24 * 3600.0
"""A folder that no page has looked at for so long was left by a server that was killed."""
MEMORY = Path("/dev/shm")
"""A folder that is in memory, where there is one."""
_MARK = "vitrine-set-"


def upload_folder(private: bool) -> Path:
    """A new folder for an upload; those that were left are removed first.

    Args:
        private: in memory, and on no disk.

    Raises:
        DataSetError: it cannot be made, or the machine has no folder in its memory.
    """
    if private and not MEMORY.is_dir():
        raise DataSetError(
            "In private mode, a data set is kept in memory, and this server has no {folder}.", folder=MEMORY
        )
    base = MEMORY if private else _base()
    remove_abandoned()
    folder = base / f"{_MARK}{secrets.token_hex(16)}"
    try:
        base.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
        folder.mkdir(FOLDER_MODE)
    except OSError as error:
        raise DataSetError(
            "The data set cannot be written here: {reason}.", reason=error.strerror or error
        ) from error
    return folder


def room_left(taken: int) -> int:
    """Bytes that an upload may still have, by what all sessions may have and what its own has.

    Args:
        taken: bytes of the other uploads of its session.
    """
    limits = settings()
    here = limits.data_session_mb * MEGABYTE - taken
    return max(min(here, limits.data_all_mb * MEGABYTE - sum(map(bytes_in, _folders()))), 0)


def bytes_in(folder: Path) -> int:
    """Bytes of all files in a folder."""
    total = 0
    for place, _, names in os.walk(folder):
        with suppress(OSError):
            total += sum(os.lstat(os.path.join(place, name)).st_size for name in names)
    return total


def remove_folder(folder: Path) -> None:
    """Remove an upload, and all that was written beside it."""
    shutil.rmtree(folder, ignore_errors=True)


def touch_folder(folder: Path) -> None:
    """Note that a page looks at an upload."""
    with suppress(OSError):
        os.utime(folder)


def remove_abandoned() -> None:
    """Remove what killed servers have left."""
    for folder in _folders():
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > ABANDONED_SECONDS:
                remove_folder(folder)


def _base() -> Path:
    return settings().cache / "uploads"


def _folders() -> list[Path]:
    """Folders of uploads of all sessions, on disk and in memory."""
    found: list[Path] = []
    for base in (_base(), MEMORY):
        with suppress(OSError):
            found += base.glob(f"{_MARK}*")
    return found
