"""Place where a data set is uploaded as a ZIP, how far that is, why it failed, and what the session has."""

import time
from functools import partial
from typing import Any

import streamlit as st
from streamlit import config
from streamlit.typing import UploadedFile

from components.batch.privacy import remove_data_set
from components.jobs.queues import is_private
from components.session.files import count_taken, expect_files, free_key, put_away
from components.session.guard import attempt
from components.session.keys import DATA, SET_FILE, SET_REFUSED, SET_UPLOAD, forget, recall, remember
from components.session.uploads.incoming import (
    IncomingSet,
    adopted_key,
    incoming_set,
    leave_incoming,
    read_again,
    take_zip,
)
from components.session.uploads.uploaded_sets import UploadedSet, is_uploaded_key, uploaded_sets
from components.session.waiting import wait_for
from components.words import numbers
from components.words.i18n import _, plural, sentence
from components.words.plain import as_text
from engine.errors import VitrineError
from engine.phrase import later
from settings import settings

_DOING = {
    "wait": later("Waiting for its turn ..."),
    "unpack": later("Unpacking the files"),
    "read": later("Reading the classes ..."),
    "masks": later("Checking the masks"),
}
KINDS = {
    "manifest": later("Manifest"),
    "panoptic": later("COCO panoptic"),
    "cityscapes": later("Cityscapes"),
    "masks": later("Images and masks"),
    "class folders": later("A folder for each class"),
    "unlabelled": later("Images without labels"),
}
"""Kinds of ``READERS`` in words."""


def adopt_upload() -> None:
    """Select an upload that has just become a data set; call it before the choice is drawn."""
    key = adopted_key()
    if key is not None:
        remember(DATA, key)


def offer_upload() -> None:
    """Draw the button behind which a ZIP is given; once one was taken, it is closed again."""
    place, about = free_key(SET_UPLOAD), _("Measure a model on images of your own.")
    with st.popover(_("Upload (ZIP)"), key=place, help=about):
        st.markdown(
            _(
                "**One ZIP** with a folder for each class, or images with masks, or a manifest. "
                "COCO panoptic and Cityscapes are read, too."
            )
        )
        _ask_file()
        st.caption(_limits())
        st.caption(_kept())
        for key, found in uploaded_sets().sets.items():
            _show_set(key, found)


def largest_zip_mb() -> int:
    """How large a ZIP may be, by what data sets may have and by what the server takes at all."""
    said = settings()
    taken = said.upload_mb, said.uploads_mb, config.get_option("server.maxUploadSize")
    return int(max(min(said.data_zip_mb, *taken), 1))


def _limits() -> str:
    said = settings()
    text = _("At most {size}, {count} images and {unpacked} unpacked.")
    return text.format(
        size=numbers.megabytes(largest_zip_mb()),
        count=numbers.count(said.data_images),
        unpacked=numbers.megabytes(said.data_session_mb),
    )


def _kept() -> str:
    """Where it goes, and who sees it."""
    if is_private():
        return _("It stays in the memory of this server. Only this session sees it, and it goes with it.")
    return _("Only this session sees it. Its images are removed from this server when the session ends.")


def _ask_file() -> None:
    """A file is taken once; then the place is empty again."""
    expect_files(largest_zip_mb())
    place = free_key(SET_FILE)
    taken: dict[str, Any] = {"on_change": _take_file, "args": (place,)}
    look: dict[str, Any] = {"label_visibility": "collapsed", "max_upload_size": largest_zip_mb()}
    st.file_uploader(_("ZIP of a data set"), ["zip"], key=place, **look, **taken)


def _take_file(place: str) -> None:
    file: UploadedFile | None = recall(place, None)
    if file is None:
        return
    outcome = attempt(take_zip, file.getvalue(), file.name, is_private())
    if isinstance(outcome, VitrineError):
        remember(SET_REFUSED, (file.name, outcome))
    count_taken(SET_UPLOAD)
    put_away(SET_FILE, file)


def _show_set(key: str, found: UploadedSet) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        count = plural("{count} image", "{count} images", len(found.data.items))
        shown = count.format(count=numbers.count(len(found.data.items)))
        st.markdown(f"**{as_text(found.data.title)}** · {shown}", width="stretch")
        st.button(_("Remove"), key=f"set-remove-{key}", on_click=_remove, args=(key,))


def _remove(key: str) -> None:
    if recall(DATA, None) == key:
        forget(DATA)
    remove_data_set(key)


def show_incoming() -> None:
    """How far an upload is, or why the last one was refused."""
    incoming = incoming_set()
    if incoming is not None:
        over = partial(_is_over, incoming)
        wait_for(over, partial(_show_progress, incoming))
    refused: tuple[str, VitrineError] | None = recall(SET_REFUSED, None)
    if refused is not None:
        name, error = refused
        said = _("**{name}** cannot be used.").format(name=as_text(name)) + " " + as_text(sentence(error))
        with st.container(key="set-refused"):
            st.error(said)
            st.button(_("Dismiss"), key="set-dismiss", on_click=forget, args=(SET_REFUSED,))


def _is_over(incoming: IncomingSet) -> bool:
    return incoming.done or incoming_set() is not incoming


def _show_progress(incoming: IncomingSet) -> None:
    progress = incoming.progress
    doing = _(_DOING.get(progress.stage, ""))
    if progress.total:
        doing = _("{doing}: {done} of {total}").format(
            doing=doing, done=numbers.count(progress.done), total=numbers.count(progress.total)
        )
    seconds = numbers.duration(time.monotonic() - incoming.began)
    text = _("{name}: {doing} ({seconds})").format(name=as_text(incoming.name), doing=doing, seconds=seconds)
    with st.container(horizontal=True, vertical_alignment="center", key="set-progress"):
        st.progress(progress.done / max(progress.total, 1), text=text)
        st.button(_("Cancel"), key="set-cancel", on_click=leave_incoming)


def describe_upload(key: str) -> None:
    """How an uploaded data set is read; another way can be chosen where several fit."""
    if not is_uploaded_key(key):
        return
    found = uploaded_sets().of(key)
    kinds = found.reading.kinds
    with st.container(horizontal=True, vertical_alignment="center", key="set-kind"):
        st.markdown(_("Read as:"), width="content")
        if len(kinds) == 1:
            st.markdown(f"**{_(KINDS[kinds[0]])}**", width="content")
        else:
            _choose_kind(key, found)
        if found.reading.left_out:
            text = plural(
                "{count} other file was left out.",
                "{count} other files were left out.",
                found.reading.left_out,
            )
            st.caption(text.format(count=numbers.count(found.reading.left_out)), width="content")


def _choose_kind(key: str, found: UploadedSet) -> None:
    kinds = found.reading.kinds
    place = f"set-kind-{key}-{found.data.digest[:8]}"
    look: dict[str, Any] = {"label_visibility": "collapsed", "width": 260}
    order = [kind for kind in KINDS if kind in kinds]
    chosen: dict[str, Any] = {"on_change": _read_as, "args": (key, place), "index": order.index(kinds[0])}
    st.selectbox(_("Read as"), order, format_func=lambda kind: _(KINDS[kind]), key=place, **look, **chosen)


def _read_as(key: str, place: str) -> None:
    kind = recall(place, None)
    found = uploaded_sets().sets.get(key)
    if kind is not None and found is not None and kind != found.reading.kinds[0]:
        read_again(found, kind)
