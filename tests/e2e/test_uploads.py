"""Raw uploads to a real server: a page that takes no files gets none, and one that does gets so many."""

import io
import zipfile

import psutil
import pytest
from PIL import Image
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.e2e.drivers.browser import idle, picture
from tests.fuzz.bombs import saved

MEGABYTE = 2**20


class Sessions(list):
    """Ids of the sessions of a page, as the server tells them to the browser."""

    def follow(self, socket) -> None:
        socket.on("framereceived", self._hear)

    def _hear(self, frame) -> None:
        if isinstance(frame, bytes):
            found = ForwardMsg.FromString(frame)
            if found.WhichOneof("type") == "new_session":
                self.append(found.new_session.initialize.session_id)


def opened(context, path: str):
    """A page, and the id of its session."""
    page, sessions = context.new_page(), Sessions()
    page.on("websocket", sessions.follow)
    page.goto(path)
    picture(page).wait_for()
    idle(page)
    return page, sessions[0]


def put(context, server, session: str, content: bytes, number: int = 0):
    """What the server answers to a file for a session."""
    token = next(one["value"] for one in context.cookies() if one["name"] == "_streamlit_xsrf")
    name = f"0000000{number}-0000-4000-8000-000000000000"
    return context.request.put(
        f"{server.url}/_stcore/upload_file/{session}/{name}",
        headers={"X-Xsrftoken": token},
        multipart={"file": {"name": "a.bin", "mimeType": "application/octet-stream", "buffer": content}},
    )


def memory_mb(server) -> int:
    return psutil.Process(server.pid).memory_info().rss >> 20


def test_a_page_without_a_place_for_files_takes_none(server, context):
    _page, session = opened(context, "/")
    before = memory_mb(server)
    for number in range(5):
        answer = put(context, server, session, bytes(30 * MEGABYTE), number)
        assert (answer.status, answer.text()) == (403, "This page takes no files.")
    assert memory_mb(server) - before < 40


def test_a_page_with_one_takes_so_much(server, context):
    _page, session = opened(context, "/?source=upload")
    answers = [put(context, server, session, bytes(21 * MEGABYTE + 1), number) for number in range(2)]
    assert [answer.status for answer in answers] == [413, 413]
    assert put(context, server, session, bytes(MEGABYTE)).status == 204


@pytest.mark.slow
def test_a_zip_of_equal_bombs_is_read_once_elsewhere(server, context):
    page, _session = opened(context, "/?source=upload")
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        bomb = saved(Image.new("RGB", (7000, 7000), "navy"), "PNG")
        for number in range(120):
            archive.writestr(f"{number}.png", bomb)
    before = memory_mb(server)
    file = {"name": "bombs.zip", "mimeType": "application/zip", "buffer": content.getvalue()}
    page.get_by_test_id("stSidebar").locator("input[type=file]").set_input_files([file])
    picture(page).and_(page.locator('[aria-label$="0.png"]')).wait_for()
    assert memory_mb(server) - before < 150
