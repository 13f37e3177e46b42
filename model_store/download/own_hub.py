"""Download of models that somebody names by their repository on the Hugging Face Hub.

They go into a folder of their own, to be examined.
"""

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import requests

from engine.errors import ModelError
from engine.phrase import later
from model_store.base.entries import Entry, InputPolicy
from model_store.download.fetch import download_into
from model_store.own.kinds import CONFIG, HF_WEIGHTS, PREPROCESSOR
from model_store.own.staging import close_to_others, disk_in_words, new_stage, refuse_full

Progress = Callable[[int, int], None]

_NETWORK = (requests.RequestException, ConnectionError, TimeoutError)
_REPO_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)


_NOT_THERE = later(
    "{repo} cannot be downloaded: there is no connection to the hub, or it has nothing by that "
    "name. Please try again, or add its folder."
)


def unwatched(done_bytes: int, total_bytes: int) -> None:
    """Nobody follows the download."""


def is_repo_id(text: str) -> bool:
    """Whether a text is ``owner/name``."""
    return _REPO_ID.fullmatch(text) is not None and ".." not in text and "--" not in text


def fetch_folder(
    repo_id: str, progress: Progress = unwatched, limit_bytes: int | None = None, endpoint: str | None = None
) -> Path:
    """Fetches what a model needs of its repository into a staged folder.

    Args:
        repo_id: owner and name.
        progress: called often with the bytes that are there and all bytes; what it raises ends the download.
        limit_bytes: how much may be fetched; the page gives as much as an upload may have.
        endpoint: address of the hub, if it is not the usual one.

    Raises:
        ModelError: it is no name of a repository, there is no connection, the repository lacks a file, or
            there is no room for it now.
    """
    if not is_repo_id(repo_id):
        text = later(
            "A model of the Hugging Face Hub is named owner/name, such as "
            "google/vit-base-patch16-224; received {received!r}."
        )
        raise ModelError(text, received=repo_id[:80])
    folder = new_stage()

    def report(done: int, total: int) -> None:
        if limit_bytes is not None and not done:
            refuse_full(total)
        progress(done, total)

    try:
        download_into(
            replace(_UNKNOWN, title=repo_id, repo_id=repo_id), folder, limit_bytes, report, endpoint
        )
        close_to_others(folder)
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error.__cause__, _NETWORK):  # the sentence of a download names a folder that is gone
            raise ModelError(_NOT_THERE, repo=repo_id) from error
        if isinstance(error.__cause__, OSError):
            with disk_in_words():
                raise error.__cause__ from None
        raise
    return folder


_UNKNOWN = Entry(
    key="",
    title="",
    description="",
    task="classification",
    loader="own",
    labels=(),
    colours=(),
    policy=InputPolicy(256, 640, 32),
    licence="",
    size_mb=0,
    settings_files=(CONFIG, PREPROCESSOR),
    weight_files=HF_WEIGHTS,
)
