"""The names of a model's classes: from its files, from a public set, or given as text."""

from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.typing import UploadedFile

from components.own_models.candidate import Candidate
from components.own_models.report_view import label_of
from components.session.files import expect_files, free_key, put_away
from components.session.guard import attempt
from components.session.keys import OWN_NAMES, OWN_NAMES_FILE, OWN_NAMES_TEXT, recall, remember
from components.words import numbers
from components.words.i18n import _, sentence
from components.words.plain import as_text
from compute.doctor.diagnosis import Diagnosis
from engine.errors import ModelError, VitrineError
from model_store.base.entries import Colour
from model_store.own.label_sets import (
    LABEL_SETS,
    colours_for,
    fitting_sets,
    labels_for,
    labels_from_text,
    placeholder_labels,
)

Names = tuple[str, ...]
FILES, TEXT, NUMBERS = "file", "own", "numbers"
SHOWN = 12
LARGEST_MB = 4


def ask_names(found: Candidate, diagnosis: Diagnosis) -> tuple[Names | VitrineError, tuple[Colour, ...]]:
    """The names in the order of the outputs, or why they do not fit, and their colours where known."""
    known = fitting_sets(diagnosis.classes)
    sources = [*([FILES] if diagnosis.labels else []), *known, TEXT, NUMBERS]
    source = st.selectbox(
        _("Class names"),
        sources,
        format_func=_source_title,
        **found.kept(OWN_NAMES),
        help=_(
            "In the order of its outputs. A file cannot tell whether names are right: check the "
            "answers on the images below."
        ),
    )
    givers: dict[str, Callable[[], Names | VitrineError]] = {
        FILES: lambda: diagnosis.labels,
        TEXT: lambda: _ask_text(found, diagnosis.classes),
        NUMBERS: lambda: placeholder_labels(diagnosis.classes),
    }
    names = givers[source]() if source in givers else labels_for(source, diagnosis.classes)
    _say(names, diagnosis.classes)
    return names, colours_for(source, diagnosis.classes) if source in LABEL_SETS else ()


def _source_title(source: str) -> str:
    titles = {
        FILES: _("from its files"),
        TEXT: _("your own names"),
        NUMBERS: _("no names: class 0, class 1, ..."),
    }
    return titles.get(source) or _(LABEL_SETS[source].title)


def _ask_text(found: Candidate, classes: int) -> Names | VitrineError:
    """Pasted lines; a text file is put in their place, where it can be seen and changed."""
    kept = found.kept(OWN_NAMES_TEXT)
    refused = _ask_file(kept["key"])
    text = st.text_area(
        _("Paste them here: one name per line, {count} in all").format(count=numbers.count(classes)),
        height=160,
        placeholder=_("tench\ngoldfish\n..."),
        **kept,
    )
    return attempt(labels_from_text, text or "", classes) if refused is None else refused


def _ask_file(key: str) -> VitrineError | None:
    """Draw where the file is given; why the one that is there is no text."""
    place, kinds = free_key(OWN_NAMES_FILE), ["txt", "csv", "json"]
    expect_files(LARGEST_MB)
    taken: dict[str, Any] = {"on_change": _take_file, "args": (place, key)}
    file = st.file_uploader(_("Text file of names"), kinds, key=place, max_upload_size=LARGEST_MB, **taken)
    text = None if file is None else attempt(_read, file.getvalue())
    return text if isinstance(text, VitrineError) else None


def _take_file(place: str, key: str) -> None:
    file: UploadedFile | None = recall(place, None)
    text = None if file is None else attempt(_read, file.getvalue())
    if file is not None and isinstance(text, str):
        remember(key, text)
        put_away(OWN_NAMES_FILE, file)


def _read(content: bytes) -> str:
    """The text of a file.

    Raises:
        ModelError: it is no text.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ModelError(
            "This file is not UTF-8 text. Please save it as plain text, with one name per line."
        ) from error


def _say(names: Names | VitrineError, classes: int) -> None:
    """Whether there are as many as classes, and the first of them."""
    if isinstance(names, VitrineError):
        st.warning(as_text(sentence(names)))
        return
    more = ", ..." if len(names) > SHOWN else ""
    listed = as_text(", ".join(label_of(index, names) for index in range(min(SHOWN, len(names)))) + more)
    st.caption(
        _("✓ {count} names for {count} classes: {names}").format(count=numbers.count(classes), names=listed)
    )
