"""Access to pictures and maps: each address answers only the browser in whose session it is shown."""

import secrets
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

from caching import LRUCache
from components.session.keys import VISITOR, once

COOKIE = "vitrine_visitor"
MEDIA = "/media/"
REMEMBERED = 10_000
"""The last files fetched are remembered: for a moment of each run of a page no session holds them."""


@dataclass(frozen=True, eq=False)
class Visitor:
    """A session's browser; where it takes no cookie, whoever knows an address may fetch."""

    cookie: str


_visitors: WeakValueDictionary[str, Visitor] = WeakValueDictionary()
_fetched: LRUCache[frozenset[str]] = LRUCache(REMEMBERED)


def note_visitor() -> None:
    """Remember which browser this session is shown in, for as long as it lives."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is not None:
        _visitors[context.session_id] = once(VISITOR, lambda: Visitor(st.context.cookies.get(COOKIE, "")))


def may_fetch(file: str, cookie: str) -> bool:
    """Whether a browser is one of those that a file is shown in."""
    owners = _owners(file)
    if owners:
        _fetched.keep(file, owners)
    owners = owners or _fetched.find(file) or frozenset()
    return not owners or "" in owners or cookie in owners


def _owners(file: str) -> frozenset[str]:
    """Cookies of the browsers whose sessions hold a file now."""
    held = (
        runtime.get_instance().media_file_mgr._files_by_session_and_coord
    )  # Streamlit has no public way to ask
    return frozenset(
        _cookie_of(session) for session, files in list(held.items()) if file in list(files.values())
    )


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
        media = MEDIA in scope["path"]
        if (
            media
            and runtime.exists()
            and not may_fetch(scope["path"].rpartition("/")[2].partition(".")[0], cookie)
        ):
            await PlainTextResponse("Not found", 404)(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = (
                    [(b"cache-control", b"private")]
                    if media
                    else []
                    if cookie
                    else _new_cookie(scope, Headers(raw=message["headers"]))
                )
                message = {**message, "headers": [*message["headers"], *own]}
            await send(message)

        await self._app(scope, receive, with_headers)


def _new_cookie(scope: Scope, answer: Headers) -> list[tuple[bytes, bytes]]:
    """A cookie for a page; scripts and styles give none."""
    if not answer.get("content-type", "").startswith("text/html"):
        return []
    secure = "; Secure" if scope.get("scheme") == "https" else ""
    return [
        (
            b"set-cookie",
            f"{COOKIE}={secrets.token_urlsafe(24)}; Path=/; HttpOnly; SameSite=Lax{secure}".encode(),
        )
    ]


def _cookie(given: Collection[str]) -> str:
    try:
        found = SimpleCookie("; ".join(given)).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""
