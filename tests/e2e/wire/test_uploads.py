"""A real server and people without a browser: files that no page takes, and pictures that cost much."""

import psutil
import pytest
from PIL import Image

from tests.e2e.drivers.server import running
from tests.e2e.drivers.stranger import stranger
from tests.fuzz.bombs import saved, zipped
from tests.harness.waits import wait_for

MEGABYTE = 2**20
SLACK_MB = 60


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A server of toys."""
    folder = tmp_path_factory.mktemp("uploads")
    source = "tests.pages.toy_source:PagesSource"
    with running(
        folder, VITRINE_CACHE=str(folder / "results"), VITRINE_BACKGROUND="off", VITRINE_MODEL_SOURCE=source
    ) as server:
        with stranger(server.url) as first:  # who pays for what is imported
            first.look("source=upload")
            first.give("a.png", saved(Image.new("RGB", (64, 64), "teal"), "PNG"))
        yield server


def memory_mb(server) -> int:
    return psutil.Process(server.pid).memory_info().rss >> 20


def decoding(server) -> list[psutil.Process]:
    """Processes of the server that decode pictures."""
    children = psutil.Process(server.pid).children()
    return [child for child in children if "compute.decoding.child" in " ".join(child.cmdline())]


def test_a_page_without_a_place_for_files_takes_none(served):
    with stranger(served.url) as anybody:
        anybody.look()
        before = memory_mb(served)
        for _time in range(10):
            answer = anybody.put(bytes(60 * MEGABYTE))
            assert (answer.status_code, answer.text) == (403, "This page takes no files.")
        assert memory_mb(served) - before < SLACK_MB


def test_a_page_with_a_place_takes_files_of_its_size_for_a_while(served):
    with stranger(served.url) as anybody:
        anybody.look("source=upload")
        before = memory_mb(served)
        assert anybody.put(bytes(21 * MEGABYTE + 1)).status_code == 413
        answers = [anybody.put(bytes(19 * MEGABYTE)).status_code for _time in range(20)]
        assert set(answers) == {204, 413} and answers.count(204) == 15
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
        wait_for(lambda: not process.is_running() or process.cpu_times().user > before)
    wait_for(lambda: not decoding(served), 20)
