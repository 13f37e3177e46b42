"""Uploader of a person's pictures, and the tray on which they lie."""

import streamlit as st

from components.batch.privacy import let_go
from components.session.files import expect_files, free_key, put_away
from components.session.keys import BATCH_FILES, CAMERA, LAST_PHOTO, SHOW_OWN, recall, remember
from components.session.own_pictures import MAX_MEGABYTES, MAX_PICTURES, tray
from components.session.reading import session_reader
from components.words import numbers
from components.words.i18n import _, plural, sentence
from components.words.plain import as_code, as_text
from engine.images.files import SUFFIXES, ZIP_SUFFIX, read_files
from engine.images.picture import MAX_BYTES

FILE_TYPES = [suffix.removeprefix(".") for suffix in (*SUFFIXES, ZIP_SUFFIX)]
SAID = 5
"""So many files are named that were not read; the others are counted."""


def take_files(place: str) -> None:
    """Draw where files are given. They are read once and put on the tray; then the place is empty again.

    Args:
        place: key of the widget; each time that files were taken, another one follows it.
    """
    expect_files(MAX_BYTES >> 20)
    files = st.file_uploader(
        _("Your images"),
        FILE_TYPES,
        accept_multiple_files=True,
        key=free_key(place),
        max_upload_size=MAX_BYTES >> 20,
        label_visibility="collapsed",
        help=None,
    )
    if not files:
        return
    with st.spinner(_("Reading the images ...")):
        tray().add(read_files(((file.name, file.getvalue()) for file in files), session_reader().read))
    remember(SHOW_OWN, place != BATCH_FILES and tray().current is not None)
    put_away(place, *files)


def take_photo() -> None:
    """Draw the camera; each photograph is put on the tray."""
    expect_files(MAX_BYTES >> 20)
    file = st.camera_input(_("Take a photo"), key=CAMERA, label_visibility="collapsed")
    if file is not None and file.file_id != recall(LAST_PHOTO, ""):
        remember(LAST_PHOTO, file.file_id)
        tray().add(read_files([(file.name, file.getvalue())], session_reader().read))


def limits() -> str:
    """What the tray holds, in a sentence."""
    text = _("Images or ZIP files: up to {count} images, {size} in memory. They stay in this session.")
    return text.format(count=MAX_PICTURES, size=numbers.megabytes(MAX_MEGABYTES))


def say_refused() -> None:
    """Which files were not read, and why."""
    refused = tray().refused
    lines = [
        f"- {as_code(found.name)}: {as_text(sentence(found.refused))}"
        for found in refused[:SAID]
        if found.refused is not None
    ]
    more = len(refused) - SAID
    if more > 0:
        lines.append(
            "- "
            + plural("and {count} more file", "and {count} more files", more).format(
                count=numbers.count(more)
            )
        )
    if lines:
        st.error("\n".join(lines) if len(lines) > 1 else lines[0].removeprefix("- "))


def show_tray() -> None:
    """The pictures on the tray, and how they leave it."""
    own = tray()
    current = own.current
    if current is None:
        return
    with st.container(horizontal=True):
        st.button(
            _("Remove"),
            on_click=let_go,
            args=(current.sha256,),
            key="tray-remove",
            help=_("Removes this image from the list."),
        )
        if len(own.pictures) > 1:
            st.button(_("Remove all"), on_click=let_go, key="tray-empty")
