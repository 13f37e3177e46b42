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
from functools import lru_cache
from pathlib import Path

from engine.errors import ModelError
from model_store.backends.converted import converted_base
from model_store.base.folders import sha256_of
from model_store.own.model import OwnModel
from model_store.own.staging import (
    born,
    close_to_others,
    disk_in_words,
    folder_bytes,
    new_stage,
    stage_file,
    stage_of,
    staged_bytes,
    trim_stages,
)
from model_store.own.toml import WORDS, read_own, write_words
from settings import MEGABYTE, settings

PRIVATE = "private-"
State = tuple[tuple[str, int, int], ...]
"""Name, time of change and bytes of each file of a folder."""

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
            "A key is made of a-z, 0-9 and hyphens, at most 60. It does not begin with "
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

    Read again when a file of its folder changes, also where it could not be read before.

    Raises:
        ModelError: its ``model.toml`` cannot be used; the sentence says why.
    """
    if not (is_upload_key(key) or (_KEY.fullmatch(key) and not key.startswith(PRIVATE))):
        return None
    folder = settings().own / key
    try:
        state = _state(folder)
    except OSError:
        return None
    found = _read(folder, state)
    if isinstance(found, ModelError):
        raise ModelError(found.text, **found.values)
    return found


def _state(folder: Path) -> State:
    """What changes when ``model.toml`` or a file beside it does.

    Raises:
        OSError: there is no ``model.toml``.
    """
    words = (folder / WORDS).stat()
    with os.scandir(folder) as entries:
        states = [(entry.name, entry.stat(follow_symlinks=False)) for entry in entries]
    beside = sorted((name, found.st_mtime_ns, found.st_size) for name, found in states)
    return (WORDS, words.st_mtime_ns, words.st_size), *beside


def _words(key: str) -> Path:
    return settings().own / key / WORDS


@lru_cache(maxsize=128)
def _read(folder: Path, state: State) -> OwnModel | ModelError:
    """What is said of a model, or why that cannot be used: both are found out once."""
    try:
        return read_own(folder)
    except ModelError as error:
        if isinstance(error.__cause__, OSError):  # may be over the next time
            raise
        return ModelError(error.text, **error.values)


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
            "{name} has {size} MB, and at most {limit} MB can be uploaded; please ask the "
            "administrator of this server to admit it.",
            name=name[:80],
            size=-(-len(data) // MEGABYTE),
            limit=limit,
        )
    staged = stage_file(data, name)
    trim_uploads()
    return staged


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
            "There is already a model called {key}; please select another key, or remove {place}.",
            key=key,
            place=place,
        )
    stage = new_stage()
    try:
        with disk_in_words():
            made = stage / "model"
            _fill(made, model, files, link)
            if is_upload_key(key):
                close_to_others(made)
            made.rename(place)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    if is_upload_key(key):
        trim_uploads()
    return key


def _fill(folder: Path, model: OwnModel, files: Mapping[str, Path], link: bool) -> None:
    """Put the files of a model into a new folder, with what is said of it."""
    for name, path in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        _put(path, folder / name, link)
    said = OwnModel(**{**vars(model), "files": {name: sha256_of(folder / name) for name in files}})
    write_words(folder, said)
    for name in files if not link else ():
        shutil.copymode(folder / WORDS, folder / name)  # staged files are for this account alone
    read_own(folder)


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
    """Removes uploaded models that are too old, the oldest of those that take too much together with what is
    staged, and what was staged, or converted, and left.
    """
    trim_stages()
    kept = sorted(
        (folder for folder in settings().own.glob(f"{PRIVATE}*") if is_upload_key(folder.name)),
        key=born,
        reverse=True,
    )
    total, room = staged_bytes(), settings().own_private_mb * MEGABYTE
    oldest = time.time() - settings().own_days * 86400
    for index, folder in enumerate(kept):
        total += sum(map(folder_bytes, (folder, *converted_base().glob(f"{folder.name}*"))))
        if born(folder) < oldest or (total > room and index):
            _remove(folder.name)
    for folder in converted_base().glob(
        f"{PRIVATE}*"
    ):  # a server with another folder of models may use a younger one
        if born(folder) < oldest and not any(folder.name.startswith(known.name) for known in kept):
            shutil.rmtree(folder, ignore_errors=True)
