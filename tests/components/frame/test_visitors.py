"""Access to files: each browser fetches its own and no other's, whatever the moment."""

import asyncio

import pytest
from starlette.responses import HTMLResponse, PlainTextResponse

from components.frame import visitors
from components.frame.visitors import COOKIE, OwnMedia, Visitor, may_fetch


@pytest.fixture
def sessions(monkeypatch):
    """Files that two sessions hold, and one of which no browser is known."""
    found = {"hers": {"a": "file-1"}, "his": {"a": "file-2", "b": "file-3"}, "unknown": {"a": "file-3"}}
    manager = type("Manager", (), {"_files_by_session_and_coord": found})()
    monkeypatch.setattr(
        visitors.runtime, "get_instance", lambda: type("Runtime", (), {"media_file_mgr": manager})()
    )
    known = [Visitor("her-cookie"), Visitor("his-cookie")]
    monkeypatch.setattr(visitors, "_visitors", dict(zip(("hers", "his"), known, strict=True)))
    monkeypatch.setattr(visitors, "_fetched", type(visitors._fetched)())
    return found


def test_only_the_browser_that_shows_a_file_may_fetch_it(sessions):
    assert (
        may_fetch("file-1", "her-cookie")
        and not may_fetch("file-1", "his-cookie")
        and not may_fetch("file-1", "")
    )
    assert may_fetch("file-3", "her-cookie")  # a session shows it whose browser takes no cookies
    sessions["hers"].clear()  # as at the beginning of each run of its page
    assert may_fetch("file-1", "her-cookie") and not may_fetch("file-1", "his-cookie")


def answer(path: str, headers: list[tuple[bytes, bytes]], response) -> tuple[int, dict[bytes, bytes]]:
    """Status and headers of what the server answers."""
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(
        OwnMedia(response)(
            {"type": "http", "method": "GET", "path": path, "headers": headers, "scheme": "https"}, None, send
        )
    )
    return sent[0]["status"], dict(sent[0]["headers"])


def test_a_page_gives_a_cookie_once_and_nothing_else_does(monkeypatch):
    status, headers = answer("/", [], HTMLResponse("<p>"))
    given = headers[b"set-cookie"].decode()
    assert (
        status == 200
        and given.startswith(f"{COOKIE}=")
        and {"HttpOnly", "SameSite=Lax", "Secure"} <= set(given.split("; "))
    )
    assert b"set-cookie" not in answer("/", [(b"cookie", f"{COOKIE}=x".encode())], HTMLResponse("<p>"))[1]
    assert b"set-cookie" not in answer("/static/a.js", [], PlainTextResponse("x"))[1]
    monkeypatch.setattr(visitors.runtime, "exists", lambda: True)
    monkeypatch.setattr(visitors, "may_fetch", lambda file, cookie: (file, cookie) == ("abc", "x"))
    status, headers = answer(
        "/base/media/abc.jpg", [(b"cookie", f"a=b; {COOKIE}=x".encode())], PlainTextResponse("x")
    )
    assert status == 200 and headers[b"cache-control"] == b"private"
    assert answer("/media/abc.jpg", [(b"cookie", b"\xff=;;")], PlainTextResponse("x"))[0] == 404
