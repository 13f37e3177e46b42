"""A real server and people without a browser: files that no page takes, and pictures that cost much."""

from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from PIL import Image

from tests.e2e.drivers.server import running
from tests.e2e.drivers.stranger import stranger
from tests.fuzz.bombs import saved, zipped
from tests.harness.waits import wait_for

MEGABYTE = 2**20
SLACK_MB = 60


SECRETS = """
[auth]
redirect_uri = "http://localhost/oauth2callback"
cookie_secret = "a secret"
client_id = "nobody"
client_secret = "a secret"
server_metadata_url = "http://localhost/none"
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A server of toys that has imported what it needs."""
    folder = tmp_path_factory.mktemp("uploads")
    source = "tests.pages.toy_source:PagesSource"
    with running(
        folder, VITRINE_CACHE=str(folder / "results"), VITRINE_BACKGROUND="off", VITRINE_MODEL_SOURCE=source
    ) as server:
        with stranger(server.url) as first:
            first.look("source=upload")
            first.give("a.png", saved(Image.new("RGB", (64, 64), "teal"), "PNG"))
        maps = Path(f"/proc/{server.pid}/maps")
        wait_for(lambda: "matplotlib" in maps.read_text(), 120)
        yield server


def memory_mb(server) -> int:
    return psutil.Process(server.pid).memory_info().rss >> 20


def decoding(server) -> list[psutil.Process]:
    """Processes of the server that decode pictures."""
    return [child for child in psutil.Process(server.pid).children() if _decodes(child)]


def _decodes(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return "compute.decoding.child" in process.cmdline()
    return False


def test_nobody_sends_files_before_signing_in(tmp_path):
    secrets = tmp_path / "secrets.toml"
    secrets.write_text(SECRETS)
    with (
        running(tmp_path, VITRINE_BACKGROUND="off", STREAMLIT_SECRETS_FILES=str(secrets)) as server,
        stranger(server.url) as anybody,
    ):
        anybody.look()
        answer = anybody.put(b"x")
        assert (answer.status_code, answer.text) == (403, "This page accepts no files.")


def test_what_is_larger_than_a_page_takes_is_refused_unread(served):
    with stranger(served.url) as anybody:
        anybody.look()
        before = memory_mb(served)
        for _time in range(10):
            answer = anybody.put(bytes(60 * MEGABYTE))
            assert (answer.status_code, answer.text) == (
                413,
                "The file is larger than the 20 MB that this page accepts.",
            )
        assert memory_mb(served) - before < SLACK_MB


def test_a_session_sends_so_much_and_it_goes_with_its_tab(served):
    before = memory_mb(served)
    for _turn in range(2):
        with stranger(served.url) as anybody:
            anybody.look("source=upload")
            answers = [anybody.put(bytes(19 * MEGABYTE)).status_code for _time in range(18)]
            assert answers == [204] * 15 + [413] * 3
        wait_for(lambda: memory_mb(served) - before < SLACK_MB, 60)


def test_a_zip_of_equal_bombs_is_decoded_once_and_not_here(served):
    bomb = saved(Image.new("RGB", (7000, 7000), "navy"), "PNG")
    with stranger(served.url) as anybody:
        anybody.look("source=upload")
        before = memory_mb(served)
        anybody.give("bombs.zip", zipped([bomb] * 120))
        assert not anybody.said
        assert memory_mb(served) - before < SLACK_MB
        (process,) = decoding(served)
        assert process.cpu_times().user < 10


def test_decoding_ends_when_the_tab_is_closed(served):
    bombs = [saved(Image.new("RGB", (7000, 7000), (shade, 0, 0)), "PNG") for shade in range(6)]
    with stranger(served.url) as anybody:
        anybody.look("source=upload")
        (process,) = decoding(served)
        before = process.cpu_times().user
        anybody.give("bombs.zip", zipped(bombs), wait=False)
        wait_for(lambda: process.cpu_times().user > before)
    wait_for(lambda: not decoding(served), 20)
