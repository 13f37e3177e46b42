"""Compression: who takes it, and that a file is compressed once, also when many ask for it at once."""

import asyncio
import gzip

import pytest
from starlette.responses import Response

from components.frame import compression
from components.frame.compression import CompressedFiles, takes_gzip

TAKE = ["gzip", "deflate, gzip", "br, gzip;q=0.1", "GZIP", "*", "identity;q=0, *;q=0.5", "gzip ; q=1.000"]
DO_NOT = [
    "",
    "identity",
    "br",
    "gzip;q=0",
    "gzip; q=0.0",
    "*;q=0",
    "gzip;q=0, *",
    "gzip;q=2",
    "gzip;x=1",
    "xgzip",
]


def scope(method: str = "GET", accepted: str = "gzip", path: str = "/static/js/a.js") -> dict[str, object]:
    headers = [(b"accept-encoding", accepted.encode())]
    return {"type": "http", "method": method, "path": path, "headers": headers}


@pytest.mark.parametrize("accepted", TAKE + DO_NOT)
def test_who_takes_gzip(accepted):
    assert takes_gzip(scope(accepted=accepted)) == (accepted in TAKE)


def answers(app, *requests) -> list[tuple[int, dict[str, str], bytes]]:
    """What is answered to requests that come at once."""

    async def one(request):
        sent = []

        async def send(message):
            sent.append(message)

        await CompressedFiles(app)(request, None, send)
        told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], told, b"".join(message.get("body", b"") for message in sent[1:])

    async def all_of_them():
        return await asyncio.gather(*map(one, requests))

    return asyncio.run(all_of_them())


@pytest.fixture
def made(monkeypatch):
    """Sizes of what was compressed."""
    sizes = []
    compress = compression.compressed
    monkeypatch.setattr(compression, "compressed", lambda plain: sizes.append(len(plain)) or compress(plain))
    monkeypatch.setattr(compression, "_kept", type(compression._kept)())
    return sizes


def test_a_file_is_compressed_once_for_all_who_ask_at_once(made):
    text = b"let a = 1;\n" * 200_000
    found = answers(Response(text, 200, {"etag": '"1"'}, "text/javascript"), *[scope()] * 8, scope("HEAD"))
    assert made == [len(text)] and {gzip.decompress(body) for _, _, body in found[:-1]} == {text}
    assert found[-1] == (200, found[0][1], b"")
    answers(Response(text, 200, {"etag": '"2"'}, "text/javascript"), scope())
    assert made == [len(text)] * 2, "another version of it is another file"


LEFT_ALONE = [
    Response(b"x" * 5000, 200, media_type="font/woff2"),
    Response(b"x" * 5000, 200, media_type="image/png"),
    Response(b"x" * 500, 200, media_type="text/css"),
    Response(b"x" * 5000, 404, media_type="text/css"),
    Response(b"x" * 5000, 200, {"content-encoding": "br"}, "text/css"),
]


@pytest.mark.parametrize("response", LEFT_ALONE, ids=lambda response: response.media_type)
def test_what_is_not_worth_it_is_left_alone(made, response):
    status, told, body = answers(response, scope())[0]
    assert (status, body) == (response.status_code, response.body) and not made
    assert told.get("content-encoding") == response.headers.get("content-encoding")


def test_only_files_of_the_page_are_compressed_here(made):
    text = Response(b"x" * 5000, 200, media_type="text/plain")
    _, told, body = answers(text, scope(path="/media/abc.txt"))[0]
    assert body == text.body and not made and "vary" not in told


def test_what_a_browser_that_leaves_was_sent_is_not_kept_for_others(made):
    """The app sends a part of a file, or none of it, to a browser that has gone."""
    text = b"let a = 1;\n" * 500
    whole = Response(text, 200, {"etag": '"1"'}, "text/javascript")
    gone = iter([True])

    async def app(asked, receive, send):
        async def cut(message):
            left = asked["method"] == "GET" and message["type"] == "http.response.body" and next(gone, False)
            await send({**message, "body": b""} if left else message)

        await whole(asked, receive, cut)

    answers(app, scope())
    assert made == []
    ((status, told, body),) = answers(app, scope())
    assert status == 200 and told["content-encoding"] == "gzip" and gzip.decompress(body) == text
