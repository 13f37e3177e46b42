"""Addresses below Streamlit's own folders: a table of those that are answered; all else is the same 404.

A row says the exact form of an address, so that no other spelling reaches what is behind it, and who may ask.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

from components.frame.visitors import cookie_of, may_fetch, may_upload
from settings import settings

FOLDERS = frozenset({"_stcore", "media", "component"})
"""Folders of Streamlit's that a page is not in; what is not in them is a page or one of its scripts."""

READ, CHANGE = frozenset({"GET", "HEAD"}), frozenset({"PUT", "DELETE"})
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True)
class Address:
    """A row.

    Attributes:
        form: all of the address below the server's own path, with groups for ``allowed``.
        methods: of HTTP.
        allowed: whether the browser with a cookie may ask.
        headers: added to the answer.
    """

    form: str
    methods: frozenset[str] = READ
    allowed: Callable[..., bool] = lambda _cookie: True
    headers: Headers = ()

    def answers(self, place: str, scope: Scope) -> bool:
        """Whether a request is one of these, and allowed."""
        found = re.fullmatch(self.form, place, re.ASCII) if scope["method"] in self.methods else None
        return found is not None and self.allowed(cookie_of(scope), *found.groups())


ADDRESSES = (
    Address("_stcore/health"),
    Address("_stcore/host-config"),
    Address("_stcore/metrics", allowed=lambda _cookie: settings().metrics),
    Address(f"_stcore/upload_file/({UUID})/{UUID}", CHANGE, may_upload),
    Address(r"media/([0-9a-f]{32})(?:\.\w{1,16})?", READ, may_fetch, ((b"cache-control", b"private"),)),
)
"""All that Vitrine's pages ask for, and what an owner may open."""


class Addresses:
    """Answers the addresses of the table only; what is not there and what is not yours look the same."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        place = below_server(scope["path"]) if scope["type"] == "http" else ""
        if place.partition("/")[0] not in FOLDERS:
            await self._app(scope, receive, send)
            return
        row = next((row for row in ADDRESSES if row.answers(place, scope)), None)
        if row is None:
            await _not_found()(scope, receive, send)
        else:
            await self._app(scope, receive, _one_404(scope, receive, send, row.headers))


def below_server(path: str) -> str:
    """A path without ``server.baseUrlPath``; "" for what is not below it."""
    base = "/".join(["", *filter(None, [(config.get_option("server.baseUrlPath") or "").strip("/")]), ""])
    return path.removeprefix(base) if path.startswith(base) else ""


def _not_found() -> PlainTextResponse:
    return PlainTextResponse("Not found", 404)


def _one_404(scope: Scope, receive: Receive, send: Send, headers: Headers) -> Send:
    """Sends an answer with headers, or the one 404 in place of another."""
    missing = False

    async def sending(message: Message) -> None:
        nonlocal missing
        if message["type"] == "http.response.start":
            missing = message["status"] == 404
            if missing:
                await _not_found()(scope, receive, send)
            message = {**message, "headers": [*message["headers"], *headers]}
        if not missing:
            await send(message)

    return sending
