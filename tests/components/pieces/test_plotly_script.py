"""The script that draws points is sent once compressed, to be kept for good, and nothing else is there."""

import asyncio
import gzip
import hashlib

import pytest
from starlette.responses import PlainTextResponse

from components.frame.compression import CompressedFiles
from components.pieces.scatter.plotly_file import plotly_path, plotly_place
from components.pieces.scatter.serving import PlotlyScript


def digest(content):
    return hashlib.sha256(content).hexdigest()


def answer(path, method="GET", accepted="gzip"):
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        await asyncio.Event().wait()  # nobody hangs up

    app = CompressedFiles(PlotlyScript(PlainTextResponse("other")))
    headers = [(b"accept-encoding", accepted.encode())]
    asyncio.run(app({"type": "http", "method": method, "path": path, "headers": headers}, receive, send))
    told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return told, b"".join(message.get("body", b"") for message in sent[1:])


def test_the_script_is_compressed_and_kept():
    told, body = answer(f"/{plotly_place()}")
    assert told["content-encoding"] == "gzip" and len(body) < 1_700_000
    assert digest(gzip.decompress(body)) == digest(plotly_path().read_bytes())
    assert told["cache-control"] == "public, max-age=31536000, immutable"
    assert told["content-type"].startswith("text/javascript")


def test_who_takes_no_gzip_gets_it_as_it_is():
    told, body = answer(f"/{plotly_place()}", accepted="identity")
    assert "content-encoding" not in told and digest(body) == digest(plotly_path().read_bytes())


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/static/vitrine/plotly-0.0.0.min.js", "GET"),
        ("/static/vitrine/../vitrine/plotly.min.js", "GET"),
        (f"/{plotly_place()}", "POST"),
        (f"/{plotly_place()}%00", "GET"),
    ],
)
def test_all_else_goes_on(path, method):
    assert answer(path, method)[1] == b"other"
