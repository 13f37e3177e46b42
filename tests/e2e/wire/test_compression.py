"""Scripts, styles and the page itself, as a real server sends them: compressed once, right in each form."""

import gzip
import re
from pathlib import Path

import pytest
from streamlit import file_util

from components.frame.headers import POLICY
from components.frame.page_html import DIGEST, SCRIPT, STYLE, with_ours
from tests.e2e.drivers.server import ROOT, running
from tests.e2e.wire.test_addresses import APP, ask

STATIC = Path(file_util.get_static_dir())
PAGE = (STATIC / "index.html").read_text()
SCRIPTS = re.findall(r"\./(static/js/protobuf[\w.-]+|static/css/[\w.-]+)", PAGE)
FONT = re.search(r"\./(static/media/[\w.-]+woff2)", PAGE)[1]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    with running(folder, script=APP, PYTHONPATH=str(ROOT)) as started:
        yield started


def headers(answered) -> dict[str, str]:
    return dict(answered.headers)


@pytest.mark.parametrize("path", SCRIPTS)
def test_scripts_and_styles_are_compressed_for_who_takes_it(server, path):
    plain, accepted = (STATIC / path).read_bytes(), "gzip, deflate, br"
    twice = [ask(server.url, f"/{path}", **{"Accept-Encoding": accepted}) for _ in range(2)]
    assert twice[0] == twice[1], "made once, and kept"
    told = headers(twice[0])
    assert gzip.decompress(twice[0].body) == plain and len(twice[0].body) < 0.4 * len(plain)
    assert told["content-encoding"] == "gzip" and told["vary"] == "Accept-Encoding"
    assert told["content-length"] == str(len(twice[0].body)) and told["etag"].startswith('W/"')
    assert "immutable" in told["cache-control"] and "last-modified" not in told
    head = ask(server.url, f"/{path}", method="HEAD", **{"Accept-Encoding": accepted})
    assert head.headers == twice[0].headers and head.status == 200 and not head.body


def test_who_takes_no_gzip_gets_the_file_as_it_is(server):
    found = ask(server.url, f"/{SCRIPTS[0]}", **{"Accept-Encoding": "br, gzip;q=0"})
    assert found.body == (STATIC / SCRIPTS[0]).read_bytes() and "content-encoding" not in headers(found)
    assert headers(found)["vary"] == "Accept-Encoding"


def test_a_browser_that_has_a_file_is_told_so(server):
    tag = headers(ask(server.url, f"/{SCRIPTS[0]}", **{"Accept-Encoding": "gzip"}))["etag"]
    again = ask(server.url, f"/{SCRIPTS[0]}", **{"Accept-Encoding": "gzip", "If-None-Match": tag})
    assert again.status == 304 and not again.body and headers(again)["etag"] == tag
    assert headers(again)["vary"] == "Accept-Encoding"


def test_a_part_of_a_file_is_a_part_of_the_file_itself(server):
    plain = (STATIC / SCRIPTS[0]).read_bytes()
    asked = {"Accept-Encoding": "gzip", "Range": "bytes=10-19"}
    found = ask(server.url, f"/{SCRIPTS[0]}", **asked)
    assert found.status == 206 and found.body == plain[10:20] and "content-encoding" not in headers(found)
    whole = headers(ask(server.url, f"/{SCRIPTS[0]}", **{"Accept-Encoding": "gzip"}))
    assert "accept-ranges" not in whole, "nobody goes on with the other form"
    assert ask(server.url, f"/{SCRIPTS[0]}", **asked, **{"If-Range": whole["etag"]}).status == 200


def test_what_is_compressed_already_or_not_there_is_left_alone(server):
    font = ask(server.url, f"/{FONT}", **{"Accept-Encoding": "gzip"})
    assert font.body == (STATIC / FONT).read_bytes() and "content-encoding" not in headers(font)
    assert ask(server.url, "/static/js/nothing.js", method="POST").status == 405


@pytest.mark.parametrize("path", ["/", "/zones", "/zones?zone=1"])
def test_the_page_says_where_its_server_is(server, path):
    plain, packed = (ask(server.url, path, **{"Accept-Encoding": how}) for how in ("identity", "gzip"))
    assert gzip.decompress(packed.body) == plain.body and len(packed.body) < 0.5 * len(plain.body)
    assert plain.body.decode() == with_ours(PAGE)
    whole = plain.body.decode()
    assert f"<script>{SCRIPT}</script><script" in whole and f"{STYLE}</style></body>" in whole
    assert headers(plain)["vary"] == headers(packed)["vary"] == "Accept-Encoding"
    for answered in (plain, packed):
        assert headers(answered)["content-length"] == str(len(answered.body))
        assert headers(answered)["cache-control"] == "no-cache" and "etag" not in headers(answered)
        assert headers(answered)["content-security-policy"] == POLICY and DIGEST in POLICY
    stale = {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT", "Range": "bytes=0-3"}
    assert ask(server.url, path, **stale).body == plain.body, "a page of before is not taken for this one"
