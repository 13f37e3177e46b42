"""Models that are fetched on first use: asked for before, with progress, off the script's thread."""

from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from components.session.guard import say
from components.session.resources import background
from components.session.waiting import wait_for
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from engine.errors import VitrineError
from model_store.catalogue import Entry, availability


@dataclass(eq=False)
class Fetch:
    """A download under way.

    Attributes:
        done, total: bytes; total is 0 while it is unknown.
        future: finished when the files are there.
    """

    done: int = 0
    total: int = 0
    future: Future[Any] = field(default_factory=Future)

    def report(self, done: int, total: int) -> None:
        """Called by the download from its own thread."""
        self.done, self.total = done, total


_fetches: dict[str, Fetch] = {}
"""One download per model, whoever asked for it."""


def offer_download(entry: Entry) -> bool:
    """True if the model's files are there; else the page offers to fetch them, or shows how far that is."""
    if not entry.fetched or availability(entry).ready:
        return True
    fetch = _fetches.get(entry.key)
    if fetch is None:
        _ask(entry)
    elif not fetch.future.done():
        wait_for(fetch.future.done, lambda: _show(fetch, entry))
    else:
        _report_end(fetch, entry)
    return False


def _ask(entry: Entry) -> None:
    st.info(
        _(
            "{title} is not on this machine yet. It is downloaded once from {place} ({size}); "
            "licence: {licence}."
        ).format(
            title=as_text(_(entry.title)),
            place=_place(entry),
            size=numbers.megabytes(entry.size_mb),
            licence=as_text(_(entry.licence)),
        )
    )
    st.button(
        _("Download the model"), type="primary", on_click=_start, args=(entry,), key=f"fetch-{entry.key}"
    )


def _place(entry: Entry) -> str:
    return _("the Hugging Face Hub") if entry.repo_id else _("the Keras weights server")


def _start(entry: Entry) -> None:
    fetch = Fetch()
    fetch.future = background().submit(_download, entry, fetch)
    _fetches[entry.key] = fetch


def _download(entry: Entry, fetch: Fetch) -> None:
    from model_store.download.fetch import download

    download(entry, fetch.report)


def _show(fetch: Fetch, entry: Entry) -> None:
    share = min(1.0, fetch.done / fetch.total) if fetch.total else 0.0
    st.progress(
        share,
        text=_("Downloading {title}: {share}").format(
            title=as_text(_(entry.title)), share=numbers.share(share)
        ),
    )


def _report_end(fetch: Fetch, entry: Entry) -> None:
    """Nothing to say if it went well: the files are there."""
    error = fetch.future.exception()
    _fetches.pop(entry.key, None)
    if isinstance(error, VitrineError):
        say(error)
    elif error is not None:
        raise error
    _ask(entry)
