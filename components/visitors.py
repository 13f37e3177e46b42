"""Pictures and maps have addresses; each address answers only the browser in whose session it is shown."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from weakref import WeakValueDictionary

import streamlit as st
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from components.session import VISITOR, once

COOKIE = "vitrine_visitor"
MEDIA = "/media/"
REMEMBERED = 10_000
"""Files that were fetched are remembered, the last ones: for a moment of each run of a page no session holds them."""


@dataclass(frozen=True, eq=False)
class Visitor:
    """A session's browser.

    Attributes:
        cookie: what it was given; empty where it takes none, and then whoever knows an address may fetch.
    """

    cookie: str


_visitors: WeakValueDictionary[str, Visitor] = WeakValueDictionary()
_fetched: OrderedDict[str, frozenset[str]] = OrderedDict()


def note_visitor() -> None:
    """Remember which browser this session is shown in, for as long as it lives."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is not None:
        _visitors[context.session_id] = once(VISITOR, lambda: Visitor(st.context.cookies.get(COOKIE, "")))


def may_fetch(file: str, cookie: str) -> bool:
    """Whether a browser is one of those that a file is shown in."""
    owners = _owners(file)
    if owners:
        _fetched[file] = owners
        while len(_fetched) > REMEMBERED:
            _fetched.popitem(last=False)
    owners = owners or _fetched.get(file, frozenset())
    return not owners or "" in owners or cookie in owners


def _owners(file: str) -> frozenset[str]:
    """Cookies of the browsers whose sessions hold a file now."""
    held = runtime.get_instance().media_file_mgr._files_by_session_and_coord  # Streamlit has no public way to ask
    return frozenset(_cookie_of(session) for session, files in list(held.items()) if file in list(files.values()))


def _cookie_of(session: str) -> str:
    visitor = _visitors.get(session)
    return visitor.cookie if visitor else ""


class OwnMedia:
    """Gives each browser a cookie, and answers addresses of pictures and maps only where they are shown."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        cookie = _cookie(Headers(scope=scope).getlist("cookie"))
        if MEDIA in scope["path"] and runtime.exists():
            file = scope["path"].rpartition("/")[2].partition(".")[0]
            if not may_fetch(file, cookie):
                await PlainTextResponse("Not found", 404)(scope, receive, send)
                return
        await self._app(scope, receive, send if cookie else _giving(scope, send))


def _giving(scope: Scope, send: Send) -> Send:
    """Adds a cookie to pages; scripts and styles need none."""

    async def give(message: Message) -> None:
        if message["type"] == "http.response.start" and Headers(raw=message["headers"]).get("content-type", "").startswith("text/html"):
            message = {**message, "headers": [*message["headers"], (b"set-cookie", _header(scope).encode())]}
        await send(message)

    return give


def _header(scope: Scope) -> str:
    secure = "; Secure" if scope.get("scheme") == "https" else ""
    return f"{COOKIE}={secrets.token_urlsafe(24)}; Path=/; HttpOnly; SameSite=Lax{secure}"


def _cookie(given: Collection[str]) -> str:
    try:
        found = SimpleCookie("; ".join(given)).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""
