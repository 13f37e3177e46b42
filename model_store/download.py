"""Fetching a model from the Hugging Face Hub when it is first used.

Only the files that are needed are read, each into ``NAME.DIGEST.part``, which is resumed next time and never looks like a model. A file
gets its name when its content is what the hub says; ``download.json`` then says where it came from.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import requests
from huggingface_hub import constants
from huggingface_hub.utils import WeakFileLock

from engine.errors import ModelError
from model_store.entries import Entry
from model_store.folders import PICKLE, availability, model_folder, reason_of, wanted_names
from model_store.hub import Repository, look_up
from model_store.record import RECORD, changed_files, recorded_files, write_record

Progress = Callable[[int, int], None]
_SPARE_BYTES = 50 * 2**20


def _silent(done_bytes: int, total_bytes: int) -> None:
    """Tells nobody."""


def download(entry: Entry, progress: Progress = _silent, endpoint: str | None = None) -> Path:
    """Fetches the files of a model that are not there yet, or are damaged.

    Args:
        entry: one of the catalogue that has a repository.
        progress: called often with the bytes that are there and all bytes; what it raises ends the download, to be resumed later.
        endpoint: address of the hub, if it is not the usual one.

    Returns:
        The folder with all files.

    Raises:
        ModelError: no connection, no space, or a file that is not what it should be; the sentence says what to do.
    """
    if entry.repo_id is None:
        raise ModelError("{title} comes with Vitrine: there is nothing to download.", title=entry.title)
    folder = model_folder(entry)
    with _in_words(entry, endpoint or constants.ENDPOINT):
        folder.mkdir(parents=True, exist_ok=True)
        with WeakFileLock(folder / ".lock"):
            if not _ready(entry, folder):
                _fetch(entry, look_up(entry.repo_id, endpoint), folder, progress)
    return folder


def _fetch(entry: Entry, repository: Repository, folder: Path, progress: Progress) -> None:
    """Fetches all files, then gives them their names."""
    names = _choose(entry, repository)
    wanted = [name for name in names if not repository.files[name].matches(folder / name)]
    total = sum(repository.files[name].size for name in wanted)
    _check_space(entry, folder, total)
    done = 0
    for name in wanted:
        _fetch_one(entry, repository, folder, name, lambda have, before=done: progress(before + have, total))  # type: ignore[misc]
        done += repository.files[name].size
    _clear(folder, names)
    for name in wanted:
        os.replace(_part(repository, folder, name), folder / name)
    write_record(folder, repository.repo_id, repository.revision, names)
    for part in folder.glob("*.part"):
        part.unlink()


def _ready(entry: Entry, folder: Path) -> bool:
    try:
        return availability(entry).ready and not changed_files(folder)
    except ModelError:  # a damaged record: everything is looked at anew
        return False


def _clear(folder: Path, names: tuple[str, ...]) -> None:
    """Removes what an earlier download left and this one does not bring, and its record, which is wrong from now on."""
    with suppress(ModelError):
        for name in recorded_files(folder).keys() - set(names):
            (folder / Path(name).name).unlink(missing_ok=True)
    (folder / RECORD).unlink(missing_ok=True)


def _fetch_one(entry: Entry, repository: Repository, folder: Path, name: str, report: Callable[[int], None]) -> None:
    part = _part(repository, folder, name)
    repository.fetch(name, part, report)
    if not repository.files[name].matches(part):
        part.unlink()
        raise ModelError(
            "The file {name} of {title} arrived damaged and was removed. Please download it again.", name=name, title=entry.title
        )


def _part(repository: Repository, folder: Path, name: str) -> Path:
    return folder / f"{name}.{repository.files[name].digest[:16]}.part"


def _choose(entry: Entry, repository: Repository) -> tuple[str, ...]:
    """Names of the settings and of one file of weights: TensorFlow's layout if there is one, since it is read as it is.

    Raises:
        ModelError: the repository lacks one.
    """
    weights = [name for name in entry.weight_files if name in repository.files]
    lacking = [name for name in entry.settings_files if name not in repository.files]
    if lacking or not weights:
        raise _useless(entry, repository, lacking or list(entry.weight_files))
    best = weights[0]
    if len(weights) > 1 and best.endswith(".safetensors") and not repository.has_tensorflow_layout(best):
        best = weights[1]
    return (*entry.settings_files, best)


def _useless(entry: Entry, repository: Repository, lacking: list[str]) -> ModelError:
    text = (
        "The repository {repo} holds {title} only as {pickle}, which can run code when it is read. Please choose another model."
        if PICKLE in repository.files and lacking == list(entry.weight_files)
        else "The repository {repo} lacks {lacking}, so {title} cannot be downloaded. Please choose another model."
    )
    return ModelError(text, repo=repository.repo_id, pickle=PICKLE, lacking=", ".join(lacking), title=entry.title)


def _check_space(entry: Entry, folder: Path, total_bytes: int) -> None:
    free = shutil.disk_usage(folder).free + sum(part.stat().st_size for part in folder.glob("*.part"))
    if free < total_bytes + _SPARE_BYTES:
        raise ModelError(
            "{title} needs {need} MB, and only {free} MB are free in {folder}. Please make space, or set VITRINE_MODELS to another folder.",
            title=entry.title,
            need=(total_bytes + _SPARE_BYTES) >> 20,
            free=free >> 20,
            folder=folder,
        )


@contextmanager
def _in_words(entry: Entry, address: str) -> Iterator[None]:
    """Turns what networks and disks raise into a sentence that names the files and their folder."""
    by_hand = f"{address.rstrip('/')}/{entry.repo_id}/tree/main"
    names = wanted_names(entry)
    folder = model_folder(entry)
    try:
        yield
    except requests.HTTPError as error:
        status = error.response.status_code if error.response is not None else "an error"
        raise ModelError(
            "{title} cannot be downloaded now: {address} answered {status}. Please try again later, or put {files} into {folder}.",
            **{"title": entry.title, "address": by_hand, "status": status, "files": names, "folder": folder},
        ) from error
    except (requests.RequestException, ConnectionError, TimeoutError) as error:
        raise ModelError(
            "{title} cannot be downloaded without a connection to {address}. Please try again, or put {files} from there into {folder}.",
            **{"title": entry.title, "address": by_hand, "files": names, "folder": folder},
        ) from error
    except OSError as error:
        raise ModelError(
            "{title} cannot be saved in {folder}: {reason}. Please make it writable, or set VITRINE_MODELS to another folder.",
            title=entry.title,
            folder=folder,
            reason=reason_of(error),
        ) from error
