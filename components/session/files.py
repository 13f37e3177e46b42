"""Files that a person takes away, and files that a person gives."""

import math
from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any
from weakref import WeakValueDictionary

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.typing import UploadedFile

from components.session.keys import PLACES, TURNS, once, recall, remember

KINDS = {
    "csv": "text/csv",
    "html": "text/html",
    "json": "application/json",
    "npz": "application/octet-stream",
    "parquet": "application/vnd.apache.parquet",
    "pdf": "application/pdf",
    "png": "image/png",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "zip": "application/zip",
}
"""Media types by the ending of a file."""

Offered = tuple[str, str, str, Callable[[], bytes]]
"""Key of the button, its label, the ending of the file, and what makes its content when it is asked for."""


LINGER_SECONDS = 60.0
"""So long a place still takes files after a run of the page has begun that has not drawn it yet."""


class OpenPlaces:
    """Where the page of a session takes files now.

    Attributes:
        until: for each size in MB that one of them takes, how long.
    """

    def __init__(self) -> None:
        self.until: dict[float, float] = {}

    def largest(self) -> int:
        """Bytes of the largest file that is taken; 0 where none is."""
        now = monotonic()
        return int(max((size for size, ends in self.until.items() if ends > now), default=0.0) * 2**20)


_places: WeakValueDictionary[str, OpenPlaces] = WeakValueDictionary()


def begin_places() -> None:
    """A run of the page begins: places that it does not draw again soon take no files any more."""
    if places := _of_session():
        ends = monotonic() + LINGER_SECONDS
        places.until = {size: min(until, ends) for size, until in places.until.items()}


def expect_files(megabytes: float) -> None:
    """The page is about to draw a place that takes files of such a size."""
    if places := _of_session():
        places.until[megabytes] = math.inf


def largest_file(session: str) -> int:
    """Bytes of the largest file that the page of a session takes now; 0 where it takes none."""
    places = _places.get(session)
    return places.largest() if places else 0


def _of_session() -> OpenPlaces | None:
    """Those of this session, known to the server for as long as it lives; None outside of one."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is None:
        return None
    places: OpenPlaces = once(PLACES, OpenPlaces)
    _places[context.session_id] = places
    return places


def offer_files(stem: str, files: Iterable[Offered]) -> None:
    """A button for each file; a download is made outside of the session.

    Args:
        stem: name of the files without their ending.
        files: what is offered.
    """
    for key, label, ending, make in files:
        name, kind = f"{stem}.{ending}", KINDS[ending]
        st.download_button(label, make, name, kind, key=key, on_click="ignore", width="content")


def free_key(place: str) -> str:
    """Key of a widget that takes files: another one each time that files were taken, so that it is empty."""
    turn = _turns().get(place, 0)
    return f"{place}-{turn}" if turn else place


def put_away(place: str, *files: UploadedFile) -> None:
    """Let go of files that were read, which Streamlit would keep, and draw the page with an empty place."""
    context: Any = get_script_run_ctx()
    for file in files:
        context.uploaded_file_mgr.remove_file(session_id=context.session_id, file_id=file.file_id)
    count_taken(place)
    st.rerun()


def count_taken(place: str) -> None:
    """From now on ``free_key`` gives another key for a place."""
    remember(TURNS, {**_turns(), place: _turns().get(place, 0) + 1})


def _turns() -> dict[str, int]:
    """How often files were taken at each place."""
    found: dict[str, int] = recall(TURNS, {})
    return found
