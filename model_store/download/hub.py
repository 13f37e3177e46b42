"""Public repositories of the Hugging Face Hub: what they hold, and which of it a model needs."""

from collections.abc import Iterator
from typing import Any

from huggingface_hub import HfApi, constants, hf_hub_url

from engine.errors import ModelError
from engine.phrase import later
from model_store.base.entries import Entry
from model_store.base.folders import PICKLE
from model_store.base.transfer import (
    CHUNK_BYTES,
    CONNECT_SECONDS,
    READ_SECONDS,
    Origin,
    RemoteFile,
    WrongServer,
    opened,
)

_HEADER_BYTES = 1 << 18


def page_of(repo_id: str, endpoint: str | None = None) -> str:
    """Where a person finds the files of a repository."""
    return f"{(endpoint or constants.ENDPOINT).rstrip('/')}/{repo_id}/tree/main"


def hub_origin(entry: Entry, repo_id: str, endpoint: str | None = None) -> Origin:
    """What a model needs of its repository as it is now.

    Args:
        entry: the model.
        repo_id: owner and name.
        endpoint: address of the hub; by default that of huggingface_hub, or of ``HF_ENDPOINT``.

    Raises:
        ModelError: the repository lacks a file.
        requests.RequestException: the hub cannot be reached, or refuses, or what answers is none.
        ConnectionError: the process is offline by ``HF_HUB_OFFLINE``.
    """
    address = (endpoint or constants.ENDPOINT).rstrip("/")
    limits: Any = (
        CONNECT_SECONDS,
        READ_SECONDS,
    )  # declared as one number, handed on to requests, which takes a pair
    try:
        info = HfApi(address, token=False).model_info(repo_id, files_metadata=True, timeout=limits)
        files = dict(_described(info, repo_id, address))
        if not info.sha or not files:
            raise ValueError("no revision or no files")
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise WrongServer(f"{address} does not say what {repo_id} holds: {error}") from error
    return Origin(repo_id, info.sha, {name: files[name] for name in _choose(entry, files)})


def _described(info: Any, repo_id: str, address: str) -> Iterator[tuple[str, RemoteFile]]:
    for sibling in info.siblings or ():
        digest, name = sibling.lfs.sha256 if sibling.lfs else sibling.blob_id, sibling.rfilename
        if sibling.size is not None and digest:
            yield (
                name,
                RemoteFile(
                    name, sibling.size, digest, hf_hub_url(repo_id, name, revision=info.sha, endpoint=address)
                ),
            )


def _choose(entry: Entry, files: dict[str, RemoteFile]) -> tuple[str, ...]:
    """Names of the settings and of one file of weights: TensorFlow's layout if there is one, since it is read
    as it is.

    Raises:
        ModelError: the repository lacks one.
    """
    weights = [name for name in entry.weight_files if name in files]
    lacking = [name for name in entry.settings_files if name not in files]
    if lacking or not weights:
        raise _useless(entry, files, lacking or list(entry.weight_files))
    best = weights[0]
    if len(weights) > 1 and best.endswith(".safetensors") and not _has_tensorflow_layout(files[best]):
        best = weights[1]
    return (*entry.settings_files, best)


def _useless(entry: Entry, files: dict[str, RemoteFile], lacking: list[str]) -> ModelError:
    text = (
        later(
            "The repository {repo} holds {title} only as {pickle}, which can run code when it is "
            "read. Please select another model."
        )
        if PICKLE in files and lacking == list(entry.weight_files)
        else later(
            "The repository {repo} lacks {lacking}, so {title} cannot be downloaded. Please select "
            "another model."
        )
    )
    return ModelError(text, repo=entry.repo_id, pickle=PICKLE, lacking=", ".join(lacking), title=entry.title)


def _has_tensorflow_layout(file: RemoteFile) -> bool:
    """Whether a safetensors file holds arrays as TensorFlow names them; only its beginning is read."""
    beginning = b""
    with opened(file.url, f"bytes=0-{_HEADER_BYTES - 1}") as response:
        for chunk in response.iter_content(CHUNK_BYTES):
            beginning += chunk
            if len(beginning) >= _HEADER_BYTES:
                break
    return b"/kernel:0" in beginning
