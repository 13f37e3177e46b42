"""Limit on the bytes that strangers send: refused before they are read, and let go where no page reads them.

Streamlit takes any file for any session that is connected, whatever its page shows, and keeps it until the
session is forgotten.
"""

import asyncio
import logging
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import runtime

from components.session.files import largest_file
from components.words.i18n import language_of, sentence, speaking
from engine.errors import SettingError, VitrineError
from engine.phrase import later
from settings import settings

logger = logging.getLogger("vitrine")
ADDRESS = re.compile(r"(?s:.*)/_stcore/upload_file/([^/]+)/([^/]+)")
SPARE_BYTES = 2**20
"""An upload is a little longer than its file."""

LEAST_BYTES = 2**16
"""A file counts as at least so many: what is kept of it beside its bytes takes memory, too."""

UNREAD_SECONDS = 120.0
"""A file that no page has taken by then is let go, unless its session is still sending others."""

ABSENT_SECONDS = 10.0
"""So long after its tab has closed a session's files are let go."""

THROWN_AWAY_SECONDS = 5.0
LOOK_SECONDS = 2.0


@dataclass(eq=False)
class Arrival:
    """A file on its way.

    Attributes:
        session, file: as in its address.
        nbytes: so much of it has come.
    """

    session: str
    file: str
    nbytes: int = 0


@dataclass(frozen=True)
class Refusal:
    """An answer in place of taking a file.

    Attributes:
        status: of HTTP.
        said: the sentence.
    """

    status: int
    said: VitrineError


class Uploads:
    """What all sessions have sent that no page has read yet, and what is on its way."""

    def __init__(self) -> None:
        self._arriving: set[Arrival] = set()
        self._came: dict[tuple[str, str], float] = {}
        self._seen: dict[str, float] = {}

    def refusal(self, session: str, length: int) -> Refusal | None:
        """Why a session may not send so many bytes now, or more of them; None if it may."""
        largest = largest_file(session)
        if not largest:
            return Refusal(403, VitrineError(later("This page accepts no files.")))
        if length > largest + SPARE_BYTES:
            text = later("The file is larger than the {limit} MB that this page accepts.")
            return Refusal(413, VitrineError(text, limit=largest >> 20))
        return self._without_room(session, length)

    def _without_room(self, session: str, length: int) -> Refusal | None:
        held = Counter({one: sum(files) for one, files in _kept().items()})
        for arrival in self._arriving:
            held[arrival.session] += arrival.nbytes
        most, most_of_all = settings().upload_mb, settings().uploads_mb
        if held[session] + length > (most << 20) + SPARE_BYTES:
            text = later("Your files exceed {limit} MB in total. Please upload fewer at a time.")
            return Refusal(413, VitrineError(text, limit=most))
        if held.total() + length > (most_of_all << 20) + SPARE_BYTES:
            text = later("Many files are being uploaded to this server. Please try again in a minute.")
            return Refusal(503, VitrineError(text))
        return None

    @contextmanager
    def arriving(self, session: str, file: str) -> Iterator[Arrival]:
        """While a file is on its way."""
        arrival = Arrival(session, file)
        self._arriving.add(arrival)
        try:
            yield arrival
        finally:
            self._arriving.remove(arrival)
            if file in _runtime().uploaded_file_mgr.file_storage.get(session, ()):
                self._came[session, file] = monotonic()

    def let_go(self, now: float) -> None:
        """Let go of files that nobody is going to read.

        Args:
            now: seconds of ``monotonic``.
        """
        kept = _kept()
        for session in kept:
            if _runtime().is_active_session(session) or session not in self._seen:
                self._seen[session] = now
            if now - self._seen[session] > ABSENT_SECONDS:
                _runtime().uploaded_file_mgr.remove_session_files(session)
        sending = {arrival.session for arrival in self._arriving}
        for session, file in [place for place, came in self._came.items() if now - came > UNREAD_SECONDS]:
            if session not in sending:
                _runtime().uploaded_file_mgr.remove_file(session, file)
                del self._came[session, file]
        self._seen = {session: seen for session, seen in self._seen.items() if session in kept}


def _runtime() -> Any:
    return runtime.get_instance()


def _kept() -> dict[str, list[int]]:
    """Bytes of the files that Streamlit has of each session, for which it has no public way to ask."""
    kept = _runtime().uploaded_file_mgr.file_storage
    return {
        session: [max(len(file.data), LEAST_BYTES) for file in list(files.values())]
        for session, files in list(kept.items())
    }


uploads = Uploads()


class UploadLimit:
    """Lets a file through that the page of its session takes, while there is room for it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        place = ADDRESS.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if place is None or scope["method"] != "PUT":
            await self._app(scope, receive, send)
            return
        session, file = place.groups()
        headers = Headers(scope=scope)
        refusal = _refusal(session, _length(headers))
        if refusal is not None:
            await _tell(_sentence(refusal, headers), refusal.status, receive, send)
            return

        with uploads.arriving(session, file) as arrival:
            await self._app(scope, _counting(arrival, receive, headers), send)


def _counting(arrival: Arrival, receive: Receive, headers: Headers) -> Receive:
    """Receives a file, as long as there is room for what has come of it and of others."""

    async def counting() -> Message:
        message = await receive()
        arrival.nbytes += len(message.get("body", b""))
        excess = _refusal(arrival.session, 0)
        if excess is not None:
            raise HTTPException(excess.status, _sentence(excess, headers))
        return message

    return counting


def _length(headers: Headers) -> int | None:
    """Bytes of the body as its header says; None where it does not, as no browser does."""
    said = headers.get("content-length", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 16 else None


def _refusal(session: str, length: int | None) -> Refusal | None:
    if length is None:
        return Refusal(411, VitrineError(later("The request does not state the length of the file.")))
    try:
        return uploads.refusal(session, length)
    except SettingError as error:
        return Refusal(503, error)


async def _tell(text: str, status: int, receive: Receive, send: Send) -> None:
    """Answer with a sentence; what comes meanwhile is thrown away for a moment, since many read an answer
    only after they have sent everything.
    """
    head = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
    with suppress(TimeoutError):
        async with asyncio.timeout(THROWN_AWAY_SECONDS):
            while (await receive()).get("more_body"):
                pass
    await send({"type": "http.response.body", "body": b""})


def _sentence(refusal: Refusal, headers: Headers) -> str:
    with speaking(language_of(headers.get("accept-language", "").partition(",")[0].partition(";")[0])):
        return sentence(refusal.said)


async def watch_uploads() -> None:
    """Let go of files that nobody reads, again and again."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            uploads.let_go(monotonic())
        except Exception:
            logger.exception("uploaded files could not be let go")
