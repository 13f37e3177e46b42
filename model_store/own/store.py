"""Store of own models: a folder each, with ``model.toml`` beside the files.

Those that the server's owner admits are there for everybody. Those that somebody uploads have a key that
nobody can guess, are never listed, and are kept for some days, and so many bytes.
"""

import os
import re
import secrets
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from engine.errors import ModelError
from model_store.backends.converted import converted_base
from model_store.base.folders import sha256_of
from model_store.own.kinds import kind_of
from model_store.own.model import OwnModel
from model_store.own.toml import WORDS, read_own, words_of
from settings import MEGABYTE, settings

PRIVATE = "private-"
STAGING = ".staging"
STAGED_SECONDS = 6 * 3600.0

_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_PRIVATE_KEY = re.compile(PRIVATE + r"[0-9a-f]{32}")


def is_upload_key(key: str) -> bool:
    """Whether a key is one of an uploaded model, which is never listed."""
    return _PRIVATE_KEY.fullmatch(key) is not None


def check_key(key: str) -> str:
    """The key, if a shared model may be called so.

    Raises:
        ModelError: it may not.
    """
    if not _KEY.fullmatch(key) or key.startswith(PRIVATE):
        raise ModelError(
            "A key is made of a-z, 0-9 and hyphens, at most 60 of them, and does not begin with "
            "{private!r}; received {key!r}.",
            private=PRIVATE,
            key=key[:80],
        )
    return key


def shared_keys() -> tuple[str, ...]:
    """Keys of the models that are there for everybody, in the order of the alphabet; looked up anew each
    time.
    """
    try:
        names = sorted(os.listdir(settings().own))
    except OSError:
        return ()
    return tuple(
        name
        for name in names
        if _KEY.fullmatch(name) and not name.startswith(PRIVATE) and _words(name).is_file()
    )


def find_own(key: str) -> OwnModel | None:
    """What is said of an own model, shared or not; None where there is none.

    Read again when its ``model.toml`` changes.

    Raises:
        ModelError: its ``model.toml`` cannot be used; the sentence says why.
    """
    if not (is_upload_key(key) or (_KEY.fullmatch(key) and not key.startswith(PRIVATE))):
        return None
    try:
        state = _words(key).stat()
    except OSError:
        return None
    return _read(settings().own / key, state.st_mtime_ns, state.st_size)


def _words(key: str) -> Path:
    return settings().own / key / WORDS


@lru_cache(maxsize=128)
def _read(folder: Path, mtime_ns: int, size: int) -> OwnModel:
    return read_own(folder)


def stage_upload(data: bytes, name: str) -> Path:
    """Puts uploaded bytes where they can be examined: in a folder with a name that nobody can guess.

    Args:
        data: the file.
        name: what it is called; only its ending is looked at.

    Raises:
        ModelError: it is too large, a pickle, or no file that can be uploaded.
    """
    limit = settings().own_mb
    if len(data) > limit * MEGABYTE:
        raise ModelError(
            "{name} has {size} MB, and at most {limit} MB can be uploaded; please ask whoever "
            "runs this server to admit it.",
            name=name[:80],
            size=-(-len(data) // MEGABYTE),
            limit=limit,
        )
    trim_uploads()
    folder = new_stage()
    path = folder / f"model{Path(name).suffix.lower()[:8]}"
    try:
        path.write_bytes(data)
        kind_of(path)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return path


def new_stage() -> Path:
    """A new folder for files that are not admitted yet.

    Raises:
        ModelError: it cannot be made.
    """
    folder = settings().own / STAGING / secrets.token_hex(16)
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise ModelError(
            "Nothing can be written to {folder}: {reason}. Please ask whoever runs this server.",
            folder=settings().own,
            reason=error.strerror,
        ) from error
    return folder


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


def store_model(key: str | None, model: OwnModel, files: Mapping[str, Path], link: bool = False) -> str:
    """Puts a model among the own ones, at once or not at all.

    Args:
        key: its key for everybody; None for one that nobody can guess.
        model: what is said of it; the digests of its files are added.
        files: where its files are now, by path in its folder; staged ones are moved.
        link: symbolic links to the files in place of copies.

    Returns:
        Its key.

    Raises:
        ModelError: the key is taken, or the disk does not take it.
    """
    key = check_key(key) if key is not None else PRIVATE + secrets.token_hex(16)
    place = settings().own / key
    if place.exists():
        raise ModelError(
            "There is a model called {key} already; please choose another key, or remove {place}.",
            key=key,
            place=place,
        )
    stage = new_stage()
    try:
        for name, path in files.items():
            (stage / name).parent.mkdir(parents=True, exist_ok=True)
            _put(path, stage / name, link)
        said = OwnModel(**{**vars(model), "files": {name: sha256_of(stage / name) for name in files}})
        (stage / WORDS).write_text(words_of(said), "utf-8")
        read_own(stage)
        stage.rename(place)
    except OSError as error:
        reason = error.strerror or error
        raise ModelError(
            "The model cannot be written to {folder}: {reason}. Please make space.",
            folder=settings().own,
            reason=reason,
        ) from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    if is_upload_key(key):
        trim_uploads()
    return key


def _put(path: Path, target: Path, link: bool) -> None:
    if link:
        target.symlink_to(path.resolve())
    elif stage_of(path) is not None:
        os.replace(path, target)
    else:
        shutil.copyfile(path, target)


def delete_upload(key: str) -> None:
    """Removes an uploaded model; shared ones are the owner's, and stay."""
    if is_upload_key(key):
        _remove(key)


def _remove(key: str) -> None:
    """Removes an uploaded model, and what was converted of it."""
    for folder in (settings().own / key, *converted_base().glob(f"{key}*")):
        shutil.rmtree(folder, ignore_errors=True)


def trim_uploads() -> None:
    """Removes uploaded models that are too old, the oldest of those that take too much, and what was staged,
    or converted, and left.
    """
    now = time.time()
    with suppress(OSError):
        for folder in list((settings().own / STAGING).iterdir()):
            if now - _born(folder) > STAGED_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)
    kept = sorted(
        (folder for folder in settings().own.glob(f"{PRIVATE}*") if is_upload_key(folder.name)),
        key=_born,
        reverse=True,
    )
    total, room, oldest = 0, settings().own_private_mb * MEGABYTE, now - settings().own_days * 86400
    for index, folder in enumerate(kept):
        total += sum(map(folder_bytes, (folder, *converted_base().glob(f"{folder.name}*"))))
        if _born(folder) < oldest or (total > room and index):
            _remove(folder.name)
    for folder in converted_base().glob(
        f"{PRIVATE}*"
    ):  # a server with another folder of models may use a younger one
        if _born(folder) < oldest and not any(folder.name.startswith(known.name) for known in kept):
            shutil.rmtree(folder, ignore_errors=True)


def _born(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0.0


def folder_bytes(folder: Path) -> int:
    """Bytes of all files in a folder."""
    with suppress(OSError):
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return 0
