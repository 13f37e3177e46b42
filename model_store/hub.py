"""Reading public repositories of the Hugging Face Hub: what they hold, and one file, resumed where it was cut.

The addresses, the session (proxies, offline mode) and the errors are those of huggingface_hub. The bytes are read here, since the
library gives no count of them, and loses up to 10 MB when the connection is cut. No token is ever sent.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from huggingface_hub import HfApi, constants, hf_hub_url
from huggingface_hub.utils import build_hf_headers, get_session, hf_raise_for_status

CONNECT_SECONDS = 4.0
READ_SECONDS = 20.0
RETRIES = 3
"""How often in a row a connection may be cut without a new byte."""
PAUSE_SECONDS = 1.0

_CHUNK_BYTES = 1 << 16
_HEADER_BYTES = 1 << 18
_CUT = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)


class NotAHub(requests.RequestException):
    """What answered is not a hub, such as the log-in page of a network."""


@dataclass(frozen=True)
class RemoteFile:
    """A file of a repository.

    Attributes:
        name: its path in the repository.
        size: in bytes.
        digest: hex sha256 of its content for a large file, else the hex sha1 that git knows it by.
    """

    name: str
    size: int
    digest: str

    def matches(self, path: Path) -> bool:
        """Whether the file at the path has this content."""
        if not path.is_file() or path.stat().st_size != self.size:
            return False
        with path.open("rb") as stream:
            if len(self.digest) == 64:
                return hashlib.file_digest(stream, "sha256").hexdigest() == self.digest
            git = hashlib.sha1(f"blob {self.size}\0".encode(), usedforsecurity=False)
            return hashlib.file_digest(stream, lambda: git).hexdigest() == self.digest


@dataclass(frozen=True)
class Repository:
    """A repository at one revision.

    Attributes:
        repo_id: owner and name.
        revision: hex sha1 of the commit.
        files: by name.
        endpoint: address of the hub.
    """

    repo_id: str
    revision: str
    files: dict[str, RemoteFile]
    endpoint: str

    def fetch(self, name: str, part: Path, report: Callable[[int], None]) -> None:
        """Reads a file to its end, from where ``part`` stops.

        Args:
            name: one of ``files``.
            part: what is there of it; grows, and stays when the connection is cut for good or ``report`` raises.
            report: called with the bytes that are there.

        Raises:
            requests.RequestException: the hub cannot be reached, or refuses.
        """
        left, before = RETRIES, -1
        while True:
            try:
                return self._go_on(self.files[name], part, report)
            except _CUT:
                now = _size(part)
                left = RETRIES if now > before >= 0 else left - 1
                before = now
                if left <= 0:
                    raise
                time.sleep(PAUSE_SECONDS)

    def has_tensorflow_layout(self, name: str) -> bool:
        """Whether a safetensors file holds arrays as TensorFlow names them; only its beginning is read."""
        beginning = b""
        with self._open(name, f"bytes=0-{_HEADER_BYTES - 1}") as response:
            for chunk in response.iter_content(_CHUNK_BYTES):
                beginning += chunk
                if len(beginning) >= _HEADER_BYTES:
                    break
        return b"/kernel:0" in beginning

    def _go_on(self, file: RemoteFile, part: Path, report: Callable[[int], None]) -> None:
        if _size(part) > file.size:
            part.unlink()
        have = _size(part)
        report(have)
        if have == file.size and part.exists():
            return
        with self._open(file.name, f"bytes={have}-" if have else None) as response:
            have = have if response.status_code == requests.codes.partial_content else 0
            with part.open("ab" if have else "wb") as stream:
                for chunk in response.iter_content(_CHUNK_BYTES):
                    have += stream.write(chunk)
                    report(min(have, file.size))
        if have < file.size:
            raise requests.ConnectionError(f"{file.name} ended after {have} of {file.size} bytes")

    @contextmanager
    def _open(self, name: str, byte_range: str | None) -> Iterator[requests.Response]:
        url = hf_hub_url(self.repo_id, name, revision=self.revision, endpoint=self.endpoint)
        headers = build_hf_headers(token=False) | {"Accept-Encoding": "identity"}
        if byte_range:
            headers["Range"] = byte_range
        with get_session().get(url, headers=headers, stream=True, timeout=(CONNECT_SECONDS, READ_SECONDS)) as response:
            hf_raise_for_status(response)
            yield response


def look_up(repo_id: str, endpoint: str | None = None) -> Repository:
    """What a repository holds now.

    Args:
        repo_id: owner and name.
        endpoint: address of the hub; by default that of huggingface_hub, or of ``HF_ENDPOINT``.

    Raises:
        requests.RequestException: the hub cannot be reached, or refuses, or what answers is none.
        ConnectionError: the process is offline by ``HF_HUB_OFFLINE``.
    """
    address = (endpoint or constants.ENDPOINT).rstrip("/")
    limits: Any = (CONNECT_SECONDS, READ_SECONDS)  # declared as one number, handed on to requests, which takes a pair
    try:
        info = HfApi(address, token=False).model_info(repo_id, files_metadata=True, timeout=limits)
        files = dict(_described(info))
        if not info.sha or not files:
            raise ValueError("no revision or no files")
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise NotAHub(f"{address} does not say what {repo_id} holds: {error}") from error
    return Repository(repo_id, info.sha, files, address)


def _described(info: Any) -> Iterator[tuple[str, RemoteFile]]:
    for sibling in info.siblings or ():
        digest = sibling.lfs.sha256 if sibling.lfs else sibling.blob_id
        if sibling.size is not None and digest:
            yield sibling.rfilename, RemoteFile(sibling.rfilename, sibling.size, digest)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
