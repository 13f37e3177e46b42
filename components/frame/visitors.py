"""Browsers: the cookie that each is known by, and what it is shown, which is what it may fetch."""

import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import wraps
from http.cookies import CookieError, SimpleCookie
from typing import Any
from weakref import WeakValueDictionary

import streamlit as st
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from caching import LRUCache
from components.session.keys import VISITOR, once

COOKIE = "vitrine_visitor"
SHOWN = 2_000
"""So many of the last files of a session may be fetched; a page shows at most some hundreds."""


@dataclass(frozen=True, eq=False)
class Visitor:
    """A session's browser; where it takes no cookie, whoever knows an address may fetch.

    Attributes:
        cookie: what it is known by; "" where it takes none.
        shown: names of the files that its pages have shown.
    """

    cookie: str
    shown: LRUCache[bool] = field(default_factory=lambda: LRUCache(SHOWN))

    def is_of(self, cookie: str) -> bool:
        """Whether this session may be that of a browser."""
        return self.cookie in ("", cookie)


_visitors: WeakValueDictionary[str, Visitor] = WeakValueDictionary()


def note_visitor() -> None:
    """Remember which browser this session is shown in, for as long as it lives."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is not None:
        _visitors[context.session_id] = once(VISITOR, lambda: Visitor(st.context.cookies.get(COOKIE, "")))


def may_fetch(cookie: str, file: str) -> bool:
    """Whether a browser is one of those that a file is shown in; nobody may fetch what nobody is shown."""
    return any(visitor.is_of(cookie) and visitor.shown.find(file) is not None for visitor in _present())


def may_upload(cookie: str, session: str) -> bool:
    """Whether a session is one of this browser's, whose page has begun."""
    visitor = _visitors.get(session)
    return visitor is not None and visitor.is_of(cookie)


def watch_files(manager: MediaFileManager) -> None:
    """Note from now on whom a manager keeps files for.

    What it knows itself is not enough: during each run of a page it knows nothing of that page's files, and
    never of a file that is made when somebody presses its button.
    """
    make = manager.execute_deferred

    def made(file_id: str) -> str:
        address = make(file_id)
        for visitor in _present():
            if visitor.shown.find(file_id) is not None:
                visitor.shown.keep(_file(address), True)
        return address

    manager.add = _noting(manager.add)  # type: ignore[method-assign]
    manager.add_deferred = _noting(manager.add_deferred)  # type: ignore[method-assign]
    manager.execute_deferred = made  # type: ignore[method-assign]


def _noting(keep: Callable[..., str]) -> Callable[..., str]:
    """A way to keep a file that also notes the session whose page is running."""

    @wraps(keep)
    def noting(*content: Any, **about: Any) -> str:
        address = keep(*content, **about)
        context = get_script_run_ctx(suppress_warning=True)
        visitor = _visitors.get(context.session_id) if context is not None else None
        if visitor is not None:
            visitor.shown.keep(_file(address), True)
        return address

    return noting


def _present() -> list[Visitor]:
    """All visitors; others may come and go meanwhile, so they are listed in one step."""
    return [visitor for reference in _visitors.valuerefs() if (visitor := reference()) is not None]


def _file(address: str) -> str:
    """The name of a file, without folder and ending."""
    return address.rpartition("/")[2].partition(".")[0]


class VisitorCookie:
    """Gives each browser a cookie with the first page that it asks for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or cookie_of(scope):
            await self._app(scope, receive, send)
            return

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(message):
                message = {**message, "headers": [*message["headers"], _new_cookie(scope)]}
            await send(message)

        await self._app(scope, receive, with_cookie)


def cookie_of(scope: Scope) -> str:
    """The cookie that a browser is known by; "" where it sends none."""
    return _cookie(Headers(scope=scope).getlist("cookie"))


def _is_page(answer: Message) -> bool:
    """Whether an answer is a page; scripts and styles give no cookie."""
    return Headers(raw=answer["headers"]).get("content-type", "").startswith("text/html")


def _new_cookie(scope: Scope) -> tuple[bytes, bytes]:
    secure = "; Secure" if scope.get("scheme") == "https" else ""
    cookie = f"{COOKIE}={secrets.token_urlsafe(24)}; Path=/; HttpOnly; SameSite=Lax{secure}"
    return b"set-cookie", cookie.encode()


def _cookie(given: Collection[str]) -> str:
    try:
        found = SimpleCookie("; ".join(given)).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""
