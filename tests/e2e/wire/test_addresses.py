"""Addresses and origins at a real server: what is not there and what is not yours look the same."""

import http.client
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import InvalidStatus

from tests.e2e.drivers.server import ROOT, running
from tests.e2e.drivers.visitor import Visitor

APP = Path(__file__).with_name("small_app.py")
HERS, HIS = "vitrine_visitor=hers", "vitrine_visitor=his"
MISSING, NOBODY = "0" * 32, "00000000-0000-0000-0000-000000000000"
BASES = {"root": "", "below a path": "/demo/vitrine"}


@dataclass(frozen=True)
class Answered:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def ask(url: str, path: str, cookie: str = "", method: str = "GET", **headers: str) -> Answered:
    """What the server answers to exactly this path."""
    place = urlsplit(url)
    asking = http.client.HTTPConnection(place.hostname, place.port, timeout=30)
    asking.request(method, path, headers={**({"Cookie": cookie} if cookie else {}), **headers})
    answer = asking.getresponse()
    told = tuple(sorted((name, value) for name, value in answer.getheaders() if name.lower() != "date"))
    found = Answered(answer.status, told, answer.read())
    asking.close()
    return found


@pytest.fixture(scope="module", params=BASES.values(), ids=BASES.keys())
def server(request, tmp_path_factory):
    base = {"STREAMLIT_SERVER_BASE_URL_PATH": request.param.strip("/")} if request.param else {}
    folder = tmp_path_factory.mktemp("server")
    with running(folder, base=request.param, script=APP, PYTHONPATH=str(ROOT), **base) as started:
        yield started


@pytest.fixture
def hers(server):
    with Visitor(server.url, cookie=HERS) as visitor:
        visitor.visit("", "width=16")
        yield visitor


@pytest.fixture
def picture(server, hers):
    """The path at which her browser fetches her picture."""
    return urlsplit(server.url).path + hers.pictures[0]


SPELT = [
    "{picture}",
    "{name}",
    "{name}%0A",
    "{picture}%0A",
    "{picture}%0D%0A",
    "{picture}%00",
    "{picture}%20",
    "{picture}/",
    "{picture}.png",
    "{picture}%2F",
    "{picture}?x=%0A",
    "{folder}/{file}.",
    "{folder}//{file}",
    "{folder}/./{file}",
    "{folder}/%2e/{file}",
    "{folder}/x/../{file}",
    "{folder}/%2F{file}",
    "{folder}/%5C{file}",
    "{folder}/{FILE}",
    "{folder}%2F{file}%0A",
    "{folder}/%E2%80%8B{file}",
]


@pytest.mark.parametrize("spelt", SPELT)
def test_a_picture_that_is_not_yours_is_not_there_however_it_is_spelt(server, picture, spelt):
    folder, _, file = picture.rpartition("/")
    name = file.partition(".")[0]
    there = {
        "folder": folder,
        "picture": picture,
        "name": f"{folder}/{name}",
        "file": name,
        "FILE": name.upper(),
    }
    missing = {
        key: value.replace(name, MISSING).replace(name.upper(), MISSING.upper())
        for key, value in there.items()
    }
    found = ask(server.url, spelt.format(**there), HIS)
    assert found == ask(server.url, spelt.format(**missing), HIS)
    assert found == ask(server.url, f"{folder}/{MISSING}.png", HERS), "and the same as for anything else"
    assert found.status == 404 and found.body == b"Not found"


def test_the_browser_that_shows_it_has_it(server, picture):
    found, head = (ask(server.url, picture, HERS, method) for method in ("GET", "HEAD"))
    assert found.status == head.status == 200 and found.headers == head.headers and not head.body
    assert ("cache-control", "private") in found.headers
    assert ask(server.url, picture, HERS, Range="bytes=0-3").body == found.body[:4]


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST", "PUT", "DELETE", "TRACE"])
def test_no_method_tells_whether_it_is_there(server, picture, method):
    folder = picture.rpartition("/")[0]
    found, missing = (ask(server.url, path, HIS, method) for path in (picture, f"{folder}/{MISSING}.png"))
    assert found == missing and found.status == 404


CLOSED = [
    "_stcore/metrics",
    "_stcore/metrics%0A",
    "_stcore/metrics?families=cache_memory_bytes",
    "_stcore/%6Detrics",
    "_stcore/metrics/",
    "_stcore/script-health-check",
    "_stcore/agent/openapi.json",
    "_stcore/agent/interact",
    "_stcore/agent/mcp",
    "_stcore/bidi-components/x/y.js",
    "_stcore/health%0A",
    "_stcore/host-config%0A",
    "_stcore/",
    "component/x/index.html",
    "media/",
]


@pytest.mark.parametrize("path", CLOSED)
def test_what_no_page_asks_for_is_not_there(server, path):
    found = ask(server.url, f"{urlsplit(server.url).path}/{path}")
    assert found == ask(server.url, f"{urlsplit(server.url).path}/media/{MISSING}") and found.status == 404


def test_metrics_are_there_for_who_opens_them(tmp_path):
    with running(tmp_path, script=APP, PYTHONPATH=str(ROOT), VITRINE_METRICS="on") as started:
        found = ask(started.url, "/_stcore/metrics")
        assert found.status == 200 and b"# EOF" in found.body
        assert ask(started.url, "/_stcore/metrics%0A").status == 404


def put(server, visitor: Visitor, cookie: str, session: str = "", **headers: str) -> int:
    """Status of an upload to the session of a visitor."""
    token = dict(ask(server.url, f"{urlsplit(server.url).path}/_stcore/health").headers)["set-cookie"]
    xsrf = token.partition(";")[0]
    place = urlsplit(server.url)
    path = f"{place.path}/_stcore/upload_file/{session or visitor.session}/{NOBODY}"
    sending = http.client.HTTPConnection(place.hostname, place.port, timeout=30)
    body = b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nx\r\n--b--\r\n'
    given = {"Cookie": f"{cookie}; {xsrf}", "X-Xsrftoken": xsrf.partition("=")[2], **headers}
    sending.request("PUT", path, body, {"Content-Type": "multipart/form-data; boundary=b", **given})
    status = sending.getresponse().status
    sending.close()
    return status


def test_files_are_given_to_ones_own_session_only(server, hers):
    assert put(server, hers, HERS) == 204
    assert put(server, hers, HIS) == put(server, hers, HIS, session=MISSING) == 404
    assert put(server, hers, HIS, session=NOBODY) == 404
    assert put(server, hers, HERS, Origin="http://localhost:3000") == 403
    assert put(server, hers, HERS, Origin=f"http://{urlsplit(server.url).netloc}") == 204


OTHERS = [
    "http://localhost:3000",
    "http://127.0.0.1:1",
    "http://0.0.0.0",
    "https://evil.com",
    "null",
    "http://[::1]",
]


@pytest.mark.parametrize("origin", OTHERS)
def test_a_web_socket_of_another_origin_is_refused(server, origin):
    with pytest.raises(InvalidStatus) as refused, Visitor(server.url, origin=origin):
        pass
    assert refused.value.response.status_code == 403
    assert "refused: a request of" in server.log.read_text()


def test_a_web_socket_of_the_own_page_is_served(server):
    with Visitor(server.url, origin=f"http://{urlsplit(server.url).netloc}") as visitor:
        visitor.visit("", "")
        assert visitor.session and not visitor.errors
