"""Download of files from a server, each resumed where it was cut.

The session (proxies, offline mode) is that of huggingface_hub. The bytes are read here, since the library
gives no count of them, and loses up to 10 MB when the connection is cut. No token is ever sent.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from huggingface_hub.utils import build_hf_headers, get_session, hf_raise_for_status

CONNECT_SECONDS = 4.0
READ_SECONDS = 20.0
RETRIES = 3
"""How often in a row a connection may be cut without a new byte."""
PAUSE_SECONDS = 1.0

CHUNK_BYTES = 1 << 16
_CUT = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
_KINDS = {32: "md5", 64: "sha256"}


class WrongServer(requests.RequestException):
    """What answered is not what was asked, such as the log-in page of a network."""


@dataclass(frozen=True)
class RemoteFile:
    """A file on a server.

    Attributes:
        name: its name, or path in a repository.
        size: in bytes.
        digest: hex md5 or sha256 of its content, or the hex sha1 that git knows it by; empty where none is
            published.
        url: its address.
    """

    name: str
    size: int
    digest: str
    url: str

    def matches(self, path: Path) -> bool:
        """Whether the file at the path has this content, as far as it is known."""
        if not path.is_file() or path.stat().st_size != self.size:
            return False
        if not self.digest:
            return True
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, self._hash).hexdigest() == self.digest

    def _hash(self) -> hashlib._Hash:
        kind = _KINDS.get(len(self.digest))
        if kind is not None:
            return hashlib.new(kind, usedforsecurity=False)
        return hashlib.sha1(f"blob {self.size}\0".encode(), usedforsecurity=False)


@dataclass(frozen=True)
class Origin:
    """Where the files of a model come from.

    Attributes:
        name: of the repository, or the address of the folder.
        revision: of the repository, empty where there are none.
        files: those that are needed, by name.
    """

    name: str
    revision: str
    files: dict[str, RemoteFile]


def fetch(file: RemoteFile, part: Path, report: Callable[[int], None]) -> None:
    """Reads a file to its end, from where ``part`` stops.

    Args:
        file: what is read.
        part: what is there of it; grows, and stays when the connection is cut for good or ``report`` raises.
        report: called with the bytes that are there.

    Raises:
        requests.RequestException: the server cannot be reached, or refuses.
    """
    left, before = RETRIES, -1
    while True:
        try:
            return _go_on(file, part, report)
        except _CUT:
            now = _size(part)
            left = RETRIES if now > before >= 0 else left - 1
            before = now
            if left <= 0:
                raise
            time.sleep(PAUSE_SECONDS)


def _go_on(file: RemoteFile, part: Path, report: Callable[[int], None]) -> None:
    if _size(part) > file.size:
        part.unlink()
    have = _size(part)
    report(have)
    if have == file.size and part.exists():
        return
    with opened(file.url, f"bytes={have}-" if have else None) as response:
        have = have if response.status_code == requests.codes.partial_content else 0
        with part.open("ab" if have else "wb") as stream:
            for chunk in response.iter_content(CHUNK_BYTES):
                have += stream.write(chunk)
                report(min(have, file.size))
    if have < file.size:
        raise requests.ConnectionError(f"{file.name} ended after {have} of {file.size} bytes")


@contextmanager
def opened(url: str, byte_range: str | None = None, method: str = "GET") -> Iterator[requests.Response]:
    """The answer of a server, whose content is still to be read."""
    headers = build_hf_headers(token=False) | {"Accept-Encoding": "identity"}
    if byte_range:
        headers["Range"] = byte_range
    limits = (CONNECT_SECONDS, READ_SECONDS)
    with get_session().request(
        method, url, headers=headers, stream=True, timeout=limits, allow_redirects=True
    ) as response:
        hf_raise_for_status(response)
        yield response


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
