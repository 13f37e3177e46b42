"""Compression of scripts and styles: each file once, kept, and sent to every browser that takes gzip.

Streamlit compresses what it answers itself, but none of its own files, which are most of what a browser
loads: compressing them for each visit would cost more than it saves.
"""

import gzip
import re

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from caching import LRUCache
from components.frame.addresses import READ, below_server

FILES = "static/"
"""Folder of the scripts, styles and fonts of Streamlit's page."""

TEXT = re.compile(r"text/|application/(javascript|json|manifest\+json|wasm|xml)\b|image/svg\+xml\b")
"""Types of content that are worth compressing; pictures and fonts are compressed already."""

LEVEL = 6
"""For Streamlit's scripts a third quicker than 9, and 0.3 % larger."""

LEAST_BYTES = 1_000
KEPT_BYTES = 16 * 2**20
"""All of Streamlit's scripts take about half of that."""

_WEIGHT = re.compile(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*")

_kept: LRUCache[bytes] = LRUCache(limit=lambda: KEPT_BYTES)


class CompressedFiles:
    """Sends scripts and styles compressed; the app behind it decides on all that is not their content.

    The app is asked for the head of a file first. Its content is fetched from it, and compressed, when nobody
    has asked for it yet.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        file = scope["type"] == "http" and below_server(scope["path"]).startswith(FILES)
        if not file or scope["method"] not in READ:
            await self._app(scope, receive, send)
        elif not takes_gzip(scope) or "range" in Headers(scope=scope):
            await self._app(scope, receive, _labelled(send))
        else:
            await self._send(scope, receive, send)

    async def _send(self, scope: Scope, receive: Receive, send: Send) -> None:
        start, _nothing = await self._ask("HEAD", scope, receive)
        if not _is_worth_it(start):
            await self._app(scope, receive, _labelled(send))
            return
        content = await self._content(scope, receive, Headers(raw=start["headers"]).get("etag"))
        if content is None:
            await self._app(scope, receive, _labelled(send))
            return
        headers = MutableHeaders(raw=_with_labels(start))
        for name in ("last-modified", "accept-ranges"):
            del headers[name]  # else somebody might go on with the other form of the content
        headers["content-encoding"] = "gzip"
        headers["content-length"] = str(len(content))
        await send({**start, "headers": headers.raw})
        await send({"type": "http.response.body", "body": content if scope["method"] == "GET" else b""})

    async def _content(self, scope: Scope, receive: Receive, version: str | None) -> bytes | None:
        """The compressed content of a file; another version of it is another one. None where the app gave a
        part only, as it does for a browser that leaves meanwhile: that is not kept for others.
        """
        key = scope["path"], version
        found = _kept.find(key)
        if found is None:
            start, plain = await self._ask("GET", scope, receive)
            if len(plain) != int(Headers(raw=start["headers"]).get("content-length", -1)):
                return None
            found = await to_thread.run_sync(_kept.get, key, lambda: compressed(plain))
        return found

    async def _ask(self, method: str, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
        """What the app answers: how it begins, and its content."""
        messages: list[Message] = []

        async def hear(message: Message) -> None:
            messages.append(message)

        await self._app({**scope, "method": method}, receive, hear)
        return messages[0], b"".join(message.get("body", b"") for message in messages[1:])


def compressed(plain: bytes) -> bytes:
    """Content as gzip, the same each time."""
    return gzip.compress(plain, LEVEL, mtime=0)


def takes_gzip(scope: Scope) -> bool:
    """Whether a browser takes gzip: it says so, and does not weigh it with zero."""
    said = ",".join(Headers(scope=scope).getlist("accept-encoding")).lower()
    weights = {
        name.strip(): _weight(about) for name, _, about in (one.partition(";") for one in said.split(","))
    }
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _weight(about: str) -> float:
    found = _WEIGHT.fullmatch(about) if about else None
    return float(found[1]) if found else float(not about)


def _is_worth_it(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    return (
        start["status"] == 200
        and TEXT.match(headers.get("content-type", "")) is not None
        and "content-encoding" not in headers
        and int(headers.get("content-length", 0)) >= LEAST_BYTES
    )


def add_vary(headers: MutableHeaders) -> None:
    """Say that an answer has two forms, unless it says so."""
    if "accept-encoding" not in headers.get("vary", "").lower():
        headers.add_vary_header("Accept-Encoding")


def _labelled(send: Send) -> Send:
    """Sends an answer of which there is a compressed form, too."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": _with_labels(message)}
        await send(message)

    return sending


def _with_labels(start: Message) -> list[tuple[bytes, bytes]]:
    """The headers of an answer that has two forms: its tag is weak, since it stands for both."""
    headers = MutableHeaders(raw=list(start["headers"]))
    add_vary(headers)
    if "etag" in headers:
        headers["etag"] = f"W/{headers['etag'].removeprefix('W/')}"
    return headers.raw
