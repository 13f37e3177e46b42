"""Files that strangers send are refused before they are read, by what a page takes and what there is room
for.
"""

import asyncio
from types import SimpleNamespace

import pytest
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from components.frame import upload_limit
from components.frame.upload_limit import ABSENT_SECONDS, UNREAD_SECONDS, UploadLimit, Uploads
from components.session import files
from components.session.files import LINGER_SECONDS, OpenPlaces

MEGABYTE = 2**20


@pytest.fixture
def kept(monkeypatch):
    """Streamlit's own store of files, with two sessions, of which one takes pictures."""
    manager = MemoryUploadedFileManager("/_stcore/upload_file")
    made = SimpleNamespace(uploaded_file_mgr=manager, is_active_session=lambda session: session == "hers")
    monkeypatch.setattr(upload_limit.runtime, "get_instance", lambda: made)
    monkeypatch.setattr(upload_limit, "uploads", Uploads())
    monkeypatch.setattr(files, "_places", {"hers": OpenPlaces(), "his": OpenPlaces()})
    files._places["hers"].until[20] = float("inf")
    monkeypatch.setenv("VITRINE_UPLOAD_MB", "30")
    monkeypatch.setenv("VITRINE_UPLOADS_MB", "40")
    return manager


def put(session: str, chunks: list[bytes], length: int | None = None, language: str = "en") -> tuple:
    """Status and text of the answer, and how many chunks were read."""
    sent, waiting = [], list(chunks)
    length = sum(map(len, chunks)) if length is None else length
    headers = [(b"accept-language", language.encode())]
    headers += [(b"content-length", str(length).encode())] * (length >= 0)
    path = f"/below/_stcore/upload_file/{session}/file-{len(waiting)}"

    async def receive():
        if sent:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}

    async def send(message):
        sent.append(message)

    async def app(scope, receive, send):
        body = b""
        while (message := await receive())["more_body"]:
            body += message["body"]
        name = scope["path"].rpartition("/")[2]
        record = UploadedFileRec(name, "a", "b", body + message["body"])
        upload_limit._runtime().uploaded_file_mgr.add_file(session, record)
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    scope = {"type": "http", "method": "PUT", "path": path, "headers": headers}
    asyncio.run(UploadLimit(app)(scope, receive, send))
    return sent[0]["status"], sent[1]["body"].decode(), len(chunks) - len(waiting)


@pytest.mark.parametrize(
    ("session", "length", "status", "word"),
    [
        ("his", 60, 403, "accepts no files"),
        ("unknown", 60, 403, "accepts no files"),
        ("hers", 60, 413, "larger than the 20 MB"),
        ("hers", -1, 411, "the length of the file"),
    ],
)
def test_what_no_page_takes_is_refused_before_it_is_read(kept, session, length, status, word):
    said = put(session, [b"x"], length * MEGABYTE)
    assert said[0] == status and word in said[1] and said[2] == 0
    assert not kept.file_storage


def test_a_session_and_all_of_them_have_a_bound(kept):
    part = [bytes(MEGABYTE)] * 14
    assert put("hers", part)[0] == put("hers", [*part, b""])[0] == 204
    status, text, read = put("hers", part)
    assert (status, read) == (413, 0) and "exceed 30 MB in total" in text
    files._places["his"].until[20] = float("inf")
    status, text, read = put("his", part, language="fr-FR,fr;q=0.8")
    assert (status, read) == (503, 0) and "Réessayez" in text


def test_what_comes_is_counted_whatever_was_said(kept):
    with pytest.raises(upload_limit.HTTPException, match="30 MB"):
        put("hers", [bytes(MEGABYTE)] * 40, 10)
    assert not kept.file_storage and not upload_limit.uploads._arriving


def test_a_place_takes_files_a_moment_longer_than_it_is_drawn(kept, monkeypatch):
    places = files._places["hers"]
    monkeypatch.setattr(files, "_of_session", lambda: places)
    files.begin_places()
    assert put("hers", [b"x"])[0] == 204
    now = files.monotonic()
    monkeypatch.setattr(files, "monotonic", lambda: now + LINGER_SECONDS + 1)
    assert put("hers", [b"x"])[0] == 403
    files.expect_files(4)
    assert put("hers", [b"x"])[0] == 204 and places.largest() == 4 * MEGABYTE


def test_files_that_nobody_reads_are_let_go(kept):
    uploads = upload_limit.uploads
    assert put("hers", [b"x"])[0] == 204
    kept.add_file("his", UploadedFileRec("a", "a", "b", b"x"))
    now = upload_limit.monotonic()
    uploads.let_go(now)
    assert set(kept.file_storage) == {"hers", "his"}
    uploads.let_go(now + ABSENT_SECONDS + 1)
    assert set(kept.file_storage) == {"hers"} and kept.file_storage["hers"]
    uploads.let_go(now + UNREAD_SECONDS + 1)
    assert not kept.file_storage["hers"] and not uploads._came


def test_a_million_tiny_files_count_too(kept):
    for number in range(500):
        kept.add_file("hers", UploadedFileRec(str(number), "a", "b", b""))
    assert put("hers", [b"x"])[0] == 413
