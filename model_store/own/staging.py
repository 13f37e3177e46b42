"""Staging of models that are not admitted yet: folders that no other account of the machine can look into.

They are removed after hours, and count among what uploaded models may take together.
"""

import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.errors import ModelError
from model_store.own.kinds import kind_of
from settings import MEGABYTE, settings

STAGING = ".staging"
STAGED_SECONDS = 6 * 3600.0
FOLDER_MODE, FILE_MODE = 0o700, 0o600


@contextmanager
def disk_in_words() -> Iterator[None]:
    """Turn what a disk raises that takes nothing more into a sentence.

    Raises:
        ModelError: it is full, or cannot be written to.
    """
    try:
        yield
    except OSError as error:
        raise ModelError(
            "The model cannot be written to {folder}: {reason}. Please try again later, or ask the "
            "administrator of this server to free space.",
            folder=settings().own,
            reason=error.strerror or error,
        ) from error


def stage_file(data: bytes, name: str) -> Path:
    """Puts the bytes of a file where they can be examined: in a folder with a name that nobody can guess.

    Args:
        data: the file.
        name: what it is called; only its ending is looked at.

    Raises:
        ModelError: it is a pickle, or no file that can be uploaded, or there is no room for it now.
    """
    refuse_full(len(data))
    folder = new_stage()
    path = folder / f"model{Path(name).suffix.lower()[:8]}"
    try:
        with disk_in_words(), open(path, "xb", opener=_open_for_us) as file:
            file.write(data)
        kind_of(path)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return path


def _open_for_us(path: str, flags: int) -> int:
    return os.open(path, flags, FILE_MODE)


def new_stage() -> Path:
    """A new folder for files that are not admitted yet.

    Raises:
        ModelError: it cannot be made.
    """
    base = settings().own / STAGING
    folder = base / secrets.token_hex(16)
    try:
        base.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
        folder.mkdir(FOLDER_MODE)
    except OSError as error:
        raise ModelError(
            "Nothing can be written to {folder}: {reason}. Please ask the administrator of this server.",
            folder=settings().own,
            reason=error.strerror,
        ) from error
    return folder


def close_to_others(folder: Path) -> None:
    """Let no other account of the machine read a folder and what is in it."""
    folder.chmod(FOLDER_MODE)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(FOLDER_MODE if path.is_dir() else FILE_MODE)


def discard_staged(path: Path) -> None:
    """Removes what was staged; a path elsewhere is left alone."""
    stage = stage_of(path)
    if stage is not None:
        shutil.rmtree(stage, ignore_errors=True)


def stage_of(path: Path) -> Path | None:
    """The staging folder that a path is in, or None."""
    base = settings().own / STAGING
    inside = path.relative_to(base).parts if path.is_relative_to(base) else ()
    return base / inside[0] if inside and inside[0] != ".." else None


def trim_stages() -> None:
    """Removes what was staged and left."""
    for folder in _stages():
        if time.time() - born(folder) > STAGED_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def staged_bytes() -> int:
    """Bytes of all that is staged."""
    return sum(map(folder_bytes, _stages()))


def refuse_full(nbytes: int = 0) -> None:
    """Lets only so many bytes be staged as uploaded models may take together; of one model any number.

    Raises:
        ModelError: others take the room now.
    """
    trim_stages()
    taken, room = staged_bytes(), settings().own_private_mb * MEGABYTE
    if taken and taken + nbytes > room:
        raise ModelError(
            "Other models are being examined, and models may use {limit} MB here in all. Please "
            "try again in a few minutes.",
            limit=settings().own_private_mb,
        )


def _stages() -> list[Path]:
    with suppress(OSError):
        return list((settings().own / STAGING).iterdir())
    return []


def born(folder: Path) -> float:
    """When a folder was last changed, in seconds; 0 where it is gone."""
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0.0


def folder_bytes(folder: Path) -> int:
    """Bytes of all files in a folder."""
    with suppress(OSError):
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return 0
