"""Access to files and uploads: each browser has its own and no other's, whatever the moment."""

import asyncio
from types import SimpleNamespace
from weakref import WeakValueDictionary

import pytest
from starlette.responses import HTMLResponse, PlainTextResponse
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from components.frame import visitors
from components.frame.visitors import COOKIE, Visitor, VisitorCookie, may_fetch, may_upload, watch_files

HERS, HIS, ANY = "her-cookie", "his-cookie", ""


def file_of(address: str) -> str:
    return address.rpartition("/")[2].partition(".")[0]


@pytest.fixture
def run_of(monkeypatch):
    """Lets the page of a session run: hers, his, and that of a browser which takes no cookies."""
    known = {"hers": Visitor(HERS), "his": Visitor(HIS), "any": Visitor(ANY)}
    monkeypatch.setattr(visitors, "_visitors", WeakValueDictionary(known))
    running = []
    monkeypatch.setattr(
        visitors,
        "get_script_run_ctx",
        lambda suppress_warning: SimpleNamespace(session_id=running[-1]) if running else None,
    )
    yield running.append
    assert len(known) == 3, "they live as long as the test"


@pytest.fixture
def manager(run_of):
    made = MediaFileManager(MemoryMediaFileStorage("/media"))
    watch_files(made)
    return made


def test_only_the_browser_that_is_shown_a_file_may_fetch_it(manager, run_of):
    run_of("hers")
    file = file_of(manager.add(b"hers", "image/png", "1"))
    assert may_fetch(HERS, file) and not may_fetch(HIS, file) and not may_fetch("", file)
    manager.clear_session_refs("dontcare")  # as at the beginning of each run of a page
    assert may_fetch(HERS, file) and not may_fetch(HIS, file)
    run_of("his")
    manager.add(b"hers", "image/png", "1")
    assert may_fetch(HIS, file), "he is shown the same picture"
    run_of("any")
    assert may_fetch(HIS, file_of(manager.add(b"any", "image/png", "2"))), "that browser takes no cookies"


def test_nobody_may_fetch_what_nobody_is_shown(manager):
    file = file_of(manager.add(b"of no page", "image/png", "1"))
    assert not may_fetch(HERS, file) and not may_fetch("", file) and not may_fetch(HERS, "0" * 32)


def test_what_a_button_makes_is_for_whoever_has_the_button(manager, run_of):
    run_of("hers")
    placeholder = manager.add_deferred(lambda: b"1,2", "text/csv", "3", "table.csv")
    run_of("his")
    file = file_of(manager.execute_deferred(placeholder))
    assert may_fetch(HERS, file) and not may_fetch(HIS, file)


def test_the_last_files_are_remembered_and_no_more(manager, run_of, monkeypatch):
    run_of("hers")
    files = [
        file_of(manager.add(str(number).encode(), "image/png", "1")) for number in range(visitors.SHOWN + 1)
    ]
    assert not may_fetch(HERS, files[0]) and may_fetch(HERS, files[1]) and may_fetch(HERS, files[-1])


def test_only_the_browser_of_a_session_gives_it_files(run_of):
    assert may_upload(HERS, "hers") and not may_upload(HIS, "hers") and not may_upload("", "hers")
    assert may_upload(HIS, "any") and not may_upload(HERS, "nobody")


def headers_of(given: list[tuple[bytes, bytes]], response, scheme: str = "https") -> dict[bytes, bytes]:
    """Headers of what the server answers."""
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "headers": given, "scheme": scheme}
    asyncio.run(VisitorCookie(response)(scope, None, send))
    return dict(sent[0]["headers"])


def test_a_page_gives_a_cookie_once_and_nothing_else_does():
    given = headers_of([], HTMLResponse("<p>"))[b"set-cookie"].decode()
    assert given.startswith(f"{COOKIE}=") and {"HttpOnly", "SameSite=Lax", "Secure"} <= set(given.split("; "))
    assert b"Secure" not in headers_of([], HTMLResponse("<p>"), "http")[b"set-cookie"]
    known = [(b"cookie", f"a=b; {COOKIE}=x".encode())]
    assert b"set-cookie" not in headers_of(known, HTMLResponse("<p>"))
    assert b"set-cookie" not in headers_of([], PlainTextResponse("x"))
    assert b"set-cookie" in headers_of([(b"cookie", b"\xff=;;")], HTMLResponse("<p>"))
