"""Download of a model, from the Hugging Face Hub or from where Keras keeps its weights, on first use.

Only the files that are needed are read, each into ``NAME.DIGEST.part``, which is resumed next time and never
looks like a model. A file gets its name when its content is what the hub, or Keras, says; ``download.json``
then says where it came from.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import requests
from huggingface_hub.utils import WeakFileLock

from engine.errors import ModelError
from model_store.base.entries import Entry
from model_store.base.folders import availability, model_folder, reason_of, wanted_names
from model_store.base.record import RECORD, changed_files, recorded_files, write_record
from model_store.base.transfer import Origin, RemoteFile, fetch
from model_store.download import hub, web

Progress = Callable[[int, int], None]
_SPARE_BYTES = 50 * 2**20


def _silent(done_bytes: int, total_bytes: int) -> None:
    """Tells nobody."""


def download(entry: Entry, progress: Progress = _silent, endpoint: str | None = None) -> Path:
    """Fetches the files of a model that are not there yet, or are damaged.

    Args:
        entry: one of the catalogue that does not come with the project.
        progress: called often with the bytes that are there and all bytes; what it raises ends the download,
            to be resumed later.
        endpoint: address of the server, if it is not the usual one.

    Returns:
        The folder with all files.

    Raises:
        ModelError: no connection, no space, or a file that is not what it should be; the sentence says what
            to do.
    """
    if entry.shipped:
        raise ModelError("{title} is shipped with Vitrine: there is nothing to download.", title=entry.title)
    folder = model_folder(entry)
    with _in_words(entry, _address(entry, endpoint), folder):
        folder.mkdir(parents=True, exist_ok=True)
        with WeakFileLock(folder / ".lock"):
            if not _ready(entry, folder):
                _fetch(entry, _look_up(entry, endpoint), folder, progress)
    return folder


def download_into(
    entry: Entry,
    folder: Path,
    limit_bytes: int | None,
    progress: Progress = _silent,
    endpoint: str | None = None,
) -> None:
    """Fetches the files of a model that is not in the catalogue into an empty folder.

    Args:
        entry: what is to be fetched.
        folder: for its files alone.
        limit_bytes: of all files; None where any size goes.
        progress: as for ``download``.
        endpoint: as for ``download``.

    Raises:
        ModelError: as for ``download``, or it is too large.
    """
    with _in_words(entry, _address(entry, endpoint), folder):
        origin = _look_up(entry, endpoint)
        total = sum(file.size for file in origin.files.values())
        if limit_bytes is not None and total > limit_bytes:
            raise ModelError(
                "{title} has {size} MB, and at most {limit} MB can be added; please ask the "
                "administrator of this server to admit it.",
                title=entry.title,
                size=-(-total >> 20),
                limit=limit_bytes >> 20,
            )
        _fetch(entry, origin, folder, progress)


def _look_up(entry: Entry, endpoint: str | None) -> Origin:
    return (
        hub.hub_origin(entry, entry.repo_id, endpoint)
        if entry.repo_id
        else web.web_origin(entry.web_files, endpoint)
    )


def _address(entry: Entry, endpoint: str | None) -> str:
    """Where a person finds the files."""
    return (
        hub.page_of(entry.repo_id, endpoint)
        if entry.repo_id
        else " and ".join(web.file_url(file, endpoint) for file in entry.web_files)
    )


def _fetch(entry: Entry, origin: Origin, folder: Path, progress: Progress) -> None:
    """Fetches all files, then gives them their names."""
    wanted = [file for file in origin.files.values() if not file.matches(folder / file.name)]
    total = sum(file.size for file in wanted)
    _check_space(entry, folder, total)
    done = 0
    for file in wanted:
        _fetch_one(entry, file, folder, lambda have, before=done: progress(before + have, total))  # type: ignore[misc]
        done += file.size
    _clear(folder, tuple(origin.files))
    for file in wanted:
        os.replace(_part(file, folder), folder / file.name)
    write_record(folder, origin.name, origin.revision, tuple(origin.files))
    for part in folder.glob("*.part"):
        part.unlink()


def _ready(entry: Entry, folder: Path) -> bool:
    try:
        return availability(entry).ready and not changed_files(folder)
    except ModelError:  # a damaged record: everything is looked at anew
        return False


def _clear(folder: Path, names: tuple[str, ...]) -> None:
    """Removes what an earlier download left and this one does not bring, and its record, which is wrong from
    now on.
    """
    with suppress(ModelError):
        for name in recorded_files(folder).keys() - set(names):
            (folder / Path(name).name).unlink(missing_ok=True)
    (folder / RECORD).unlink(missing_ok=True)


def _fetch_one(entry: Entry, file: RemoteFile, folder: Path, report: Callable[[int], None]) -> None:
    part = _part(file, folder)
    fetch(file, part, report)
    if not file.matches(part):
        part.unlink()
        raise ModelError(
            "The file {name} of {title} arrived damaged and was removed. Please download it again.",
            name=file.name,
            title=entry.title,
        )


def _part(file: RemoteFile, folder: Path) -> Path:
    return folder / f"{file.name}.{file.digest[:16] or file.size}.part"


def _check_space(entry: Entry, folder: Path, total_bytes: int) -> None:
    free = shutil.disk_usage(folder).free + sum(part.stat().st_size for part in folder.glob("*.part"))
    if free < total_bytes + _SPARE_BYTES:
        raise ModelError(
            "{title} needs {need} MB, and only {free} MB are free in {folder}. Please free space, "
            "or set VITRINE_MODELS to another folder.",
            title=entry.title,
            need=(total_bytes + _SPARE_BYTES) >> 20,
            free=free >> 20,
            folder=folder,
        )


@contextmanager
def _in_words(entry: Entry, address: str, folder: Path) -> Iterator[None]:
    """Turns what networks and disks raise into a sentence that names the files and their folder."""
    names = wanted_names(entry)
    try:
        yield
    except requests.HTTPError as error:
        status = error.response.status_code if error.response is not None else "an error"
        raise ModelError(
            "{title} cannot be downloaded now: {address} answered {status}. Please try again "
            "later, or put {files} into {folder}.",
            **{"title": entry.title, "address": address, "status": status, "files": names, "folder": folder},
        ) from error
    except (requests.RequestException, ConnectionError, TimeoutError) as error:
        raise ModelError(
            "{title} cannot be downloaded without a connection to {address}. Please try again, "
            "or put {files} from there into {folder}.",
            **{"title": entry.title, "address": address, "files": names, "folder": folder},
        ) from error
    except OSError as error:
        raise ModelError(
            "{title} cannot be saved in {folder}: {reason}. Please make it writable, or set "
            "VITRINE_MODELS to another folder.",
            title=entry.title,
            folder=folder,
            reason=reason_of(error),
        ) from error
