"""Files that a person takes away, and files that a person gives."""

from collections.abc import Callable, Iterable
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.typing import UploadedFile

from components.session.keys import TURNS, recall, remember

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
    remember(TURNS, {**_turns(), place: _turns().get(place, 0) + 1})
    st.rerun()


def _turns() -> dict[str, int]:
    """How often files were taken at each place."""
    found: dict[str, int] = recall(TURNS, {})
    return found
