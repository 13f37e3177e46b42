"""Reading of a person's files: decoded elsewhere, each once, within a budget, while the browser is there."""

import hashlib
from collections.abc import Callable
from time import monotonic

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from caching import LRUCache
from components.session.keys import READER, once
from components.session.own_pictures import tray
from compute.decoding.decoder import Guest, decoder
from compute.decoding.turns import Gone
from engine.errors import PictureError
from engine.images.decoding import Charge
from engine.images.picture import MAX_PIXELS, Picture

MOST_PIXELS, PIXELS_PER_SECOND = 800_000_000, 8_000_000
"""What a session may have decoded at once, and what it gets back of that with time."""

KNOWN = 1000
"""So many of the last files are known by their digests."""


class PixelBudget:
    """What somebody has had decoded lately, and may have.

    Args:
        most: pixels at once.
        per_second: so many are forgotten each second.
    """

    def __init__(self, most: int = MOST_PIXELS, per_second: int = PIXELS_PER_SECOND) -> None:
        self._most, self._per_second = most, per_second
        self._had, self._when = 0.0, monotonic()

    @property
    def had(self) -> float:
        """Pixels that are not forgotten."""
        now = monotonic()
        self._had, self._when = max(self._had - (now - self._when) * self._per_second, 0.0), now
        return self._had

    def add(self, pixels: int) -> None:
        """Count what has been had, also where it is too much."""
        self._had = self.had + pixels

    def charge(self, pixels: int) -> None:
        """Count what is going to be had.

        Raises:
            PictureError: it is too much; the sentence says when it would not be.
        """
        excess = self.had + pixels - self._most
        if excess > 0:
            raise PictureError(
                "This session has just read {count} million pixels: the image is skipped. Please "
                "upload it again in {seconds} s, or a smaller copy.",
                count=self._most // 10**6,
                seconds=int(excess / self._per_second) + 1,
            )
        self.add(pixels)


class SessionReader:
    """Reads files of one session; a file that it knows is not decoded again."""

    def __init__(self) -> None:
        self._budget = PixelBudget()
        self._known: LRUCache[str | PictureError] = LRUCache(KNOWN)

    def read(self, data: bytes, name: str, charge: Charge) -> Picture:
        """A picture; that of the tray where it is on it under any name. It ends the run of the page where
        nobody looks at it any more.

        Raises:
            PictureError: it cannot be read, or has more pixels than the session may have now.
        """
        digest = hashlib.sha256(data).hexdigest()
        known = self._known.find(digest)
        if isinstance(known, PictureError):
            raise PictureError(known.text, **known.values)
        found = tray().pictures.get(known or "")
        if found is None:
            found = self._decode(data, name, charge, digest)
            self._known.keep(digest, found.sha256)
        return found

    def look(self, data: bytes, name: str) -> Picture:
        """A picture of an uploaded data set: it is counted, and never too much. It ends the run of the page
        where nobody looks at it any more.

        Raises:
            PictureError: it cannot be read.
        """

        def count_failure() -> None:
            self._budget.add(MAX_PIXELS)

        try:
            return decoder().read(
                data, name, Guest(self._budget.had, self._budget.add, _looked_at(), count_failure)
            )
        except Gone:
            st.stop()

    def _decode(self, data: bytes, name: str, charge: Charge, digest: str) -> Picture:
        over_budget = False

        def ask(pixels: int) -> None:
            nonlocal over_budget
            over_budget = True
            charge(pixels)
            self._budget.charge(pixels)
            over_budget = False

        def count_failure() -> None:
            self._budget.add(MAX_PIXELS)

        try:
            ask(0)
            return decoder().read(data, name, Guest(self._budget.had, ask, _looked_at(), count_failure))
        except Gone:
            st.stop()
        except PictureError as error:
            if not over_budget:
                self._known.keep(digest, error)
            raise


def session_reader() -> SessionReader:
    """The one of this session."""
    found: SessionReader = once(READER, SessionReader)
    return found


def _looked_at() -> Callable[[], bool]:
    """What tells whether a browser shows this session."""
    context = get_script_run_ctx(suppress_warning=True)
    session = context.session_id if context else ""
    return lambda: not runtime.exists() or runtime.get_instance().is_active_session(session)
