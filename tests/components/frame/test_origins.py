"""Origins: scheme, host and port of a page that connects, or changes something, are this server's own."""

import asyncio

import pytest
from starlette.responses import PlainTextResponse

from components.frame import origins
from components.frame.origins import ExactOrigins, is_own_page

OURS = [
    ("ws", "127.0.0.1:8501", "http://127.0.0.1:8501"),
    ("ws", "localhost:8501", "http://localhost:8501"),
    ("ws", "Vitrine.Example.org", "http://vitrine.example.org"),
    ("ws", "vitrine.example.org:80", "http://vitrine.example.org"),
    (
        "ws",
        "vitrine.example.org",
        "https://vitrine.example.org",
    ),  # a proxy takes off TLS, and does not say so
    ("wss", "vitrine.example.org", "https://vitrine.example.org"),
    ("wss", "vitrine.example.org:443", "https://vitrine.example.org"),
    ("http", "[::1]:8501", "http://[::1]:8501"),
]
OTHERS = [
    ("ws", "127.0.0.1:8501", "http://localhost:3000"),
    ("ws", "127.0.0.1:8501", "http://127.0.0.1:3000"),
    ("ws", "127.0.0.1:8501", "http://127.0.0.1"),
    ("ws", "127.0.0.1:8501", "http://localhost:8501"),
    ("ws", "127.0.0.1:8501", "http://127.0.0.1:8501.evil.com"),
    ("ws", "127.0.0.1:8501", "http://evil.com@127.0.0.1:8501"),
    ("ws", "127.0.0.1:8501", "http://127.0.0.1:8501/"),
    ("ws", "127.0.0.1:8501", "null"),
    ("ws", "127.0.0.1:8501", ""),
    ("wss", "vitrine.example.org", "http://vitrine.example.org"),  # a network may write into that page
    ("wss", "vitrine.example.org", "https://vitrine.example.org:8443"),
    ("ws", "vitrine.example.org", "http://vitrine.example.org:443"),
    ("ws", "vitrine.example.org", "ftp://vitrine.example.org"),
]


def request(scheme: str, host: str, *given: str, method: str | None = None) -> dict[str, object]:
    headers = [(b"host", host.encode()), *((b"origin", origin.encode()) for origin in given)]
    kind = "websocket" if method is None else "http"
    return {"type": kind, "method": method, "scheme": scheme, "headers": headers, "path": "/"}


@pytest.mark.parametrize(("scheme", "host", "origin"), OURS)
def test_pages_of_this_server_are_its_own(scheme, host, origin):
    assert is_own_page(request(scheme, host, origin))


@pytest.mark.parametrize(("scheme", "host", "origin"), OTHERS)
def test_other_pages_are_not(scheme, host, origin):
    assert not is_own_page(request(scheme, host, origin))


def test_one_origin_or_none():
    assert is_own_page(request("ws", "localhost:8501"))
    assert not is_own_page(request("ws", "localhost:8501", "http://localhost:8501", "http://evil.com"))


def test_an_owner_lists_others_exactly(monkeypatch):
    monkeypatch.setattr(origins, "allowlisted_origins", lambda: {"https://portal.example.org"})
    assert is_own_page(request("ws", "localhost:8501", "https://portal.example.org"))
    assert not is_own_page(request("ws", "localhost:8501", "https://portal.example.org:444"))


@pytest.mark.parametrize(("method", "status"), [("GET", 200), ("PUT", 403), ("DELETE", 403), ("POST", 403)])
def test_what_changes_something_is_looked_at_and_what_reads_is_not(method, status):
    sent = []

    async def send(message):
        sent.append(message)

    asked = request("http", "localhost:8501", "http://evil.com", method=method)
    asyncio.run(ExactOrigins(PlainTextResponse("x"))(asked, None, send))
    assert sent[0]["status"] == status


def test_a_refusal_is_in_the_log_and_writes_nothing_else_there(caplog):
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(
        ExactOrigins(PlainTextResponse("x"))(request("ws", "h", "\x1b[2J\r\n" + "e" * 999), None, send)
    )
    assert sent[0]["type"] == "websocket.close"
    assert caplog.messages[0].isprintable() and len(caplog.messages[0]) < 250
