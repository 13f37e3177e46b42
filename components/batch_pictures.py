"""The pictures of a batch: those that come with Vitrine, or as many of one's own as a session may hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from components import numbers
from components.choice import Choice
from components.i18n import _, plural
from components.links import accept_short
from components.samples import load_sample, offered
from components.session import BATCH_FILES, BATCH_OWN, BATCH_SOURCE, forget, keep, recall
from components.sidebar import FILE_TYPES
from engine.picture import MAX_BYTES

if TYPE_CHECKING:
    from streamlit.typing import UploadedFile

MAX_PICTURES = 50
MAX_MEGABYTES = 100
"""Of all files together: they stay in the server's memory as long as the session."""

KINDS = {"segmentation": "street", "classification": "object"}


@dataclass(frozen=True)
class Chosen:
    """A picture that was chosen.

    Attributes:
        name: no two have the same.
        mark: another content has another one.
        read: gives the bytes of its file.
    """

    name: str
    mark: str
    read: Callable[[], bytes] = field(compare=False)


def choose_pictures(choice: Choice) -> list[Chosen]:
    """The pictures; none where there are too many, which the page then says."""
    sources = ("samples", "own")
    accept_short(BATCH_SOURCE, sources, _source_title)
    source = st.segmented_control(
        _("Pictures"),
        sources,
        default="samples",
        required=True,
        format_func=_source_title,
        key=BATCH_SOURCE,
        bind="query-params",
        persist_state="session",
    )
    return _own() if source == "own" else _samples(choice)


def _source_title(source: str) -> str:
    return _("Your pictures") if source == "own" else _("Samples")


def _samples(choice: Choice) -> list[Chosen]:
    fitting = [sample for sample in offered().values() if sample.kind == KINDS[choice.entry.task]]
    st.caption(", ".join(_(sample.title) for sample in fitting) + ".")
    return [Chosen(_(sample.title), sample.key, partial(_png_of, sample.key)) for sample in fitting]


def _png_of(key: str) -> bytes:
    from engine.visualise.render import png_bytes

    return png_bytes(load_sample(key).pixels)


def _own() -> list[Chosen]:
    """Uploaded pictures; they are remembered, because the widget forgets them when the person looks at another page."""
    files = st.file_uploader(
        _("Your pictures"),
        FILE_TYPES,
        accept_multiple_files=True,
        key=BATCH_FILES,
        max_upload_size=MAX_BYTES >> 20,
        label_visibility="collapsed",
    )
    limits = _("Up to {count} pictures and {size} together; they stay in this session. More go by the command below.")
    st.caption(limits.format(count=MAX_PICTURES, size=numbers.megabytes(MAX_MEGABYTES)))
    size = sum(file.size for file in files) / 2**20
    if len(files) > MAX_PICTURES or size > MAX_MEGABYTES:
        text = _("{count} pictures with {size} are more than a session may hold. Please remove some.")
        st.error(text.format(count=numbers.count(len(files)), size=numbers.megabytes(size)))
        return []
    if files:
        keep(BATCH_OWN, [Chosen(name, file.file_id, file.getvalue) for name, file in zip(_told_apart(files), files, strict=True)])
    else:
        _show_remembered()
    return recall(BATCH_OWN, [])


def _show_remembered() -> None:
    remembered: list[Chosen] = recall(BATCH_OWN, [])
    if remembered:
        with st.container(horizontal=True, vertical_alignment="center"):
            text = plural("{count} picture is still here.", "{count} pictures are still here.", len(remembered))
            st.markdown(text.format(count=len(remembered)))
            st.button(_("Forget them"), on_click=forget, args=(BATCH_OWN,), key="batch-forget")


def _told_apart(files: Sequence[UploadedFile]) -> list[str]:
    """The files' names; the second of a name gets a number."""
    names: list[str] = []
    for file in files:
        stem, dot, ending = file.name.rpartition(".")
        name, number = file.name, 2
        while name in names:
            name, number = f"{stem} ({number}){dot}{ending}", number + 1
        names.append(name)
    return names
