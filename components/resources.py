"""What all sessions share: the desk for long work, and what is made in the background before the first page."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import streamlit as st

from components.samples import load_sample
from engine.picture import Picture

if TYPE_CHECKING:
    from compute.jobs import Desk

Value = TypeVar("Value")
THREADS = 3


@st.cache_resource(show_spinner=False)
def background() -> ThreadPoolExecutor:
    """Threads for what a page must not wait for and no worker can do: starting the cluster, reading samples, downloads."""
    return ThreadPoolExecutor(THREADS, thread_name_prefix="vitrine")


@st.cache_resource(show_spinner=False)
def _opening() -> Future[Desk]:
    return background().submit(_open_desk)


def _open_desk() -> Desk:
    from compute.cluster import start_cluster
    from compute.jobs import Desk
    from compute.store import ResultStore

    return Desk(start_cluster(), ResultStore())


def desk() -> Desk | None:
    """The desk where long work is ordered, or None while it opens.

    Raises:
        ClusterError: the cluster cannot be started or reached; the next call tries again.
    """
    return _finished(_opening(), _opening.clear)


@st.cache_resource(max_entries=16, show_spinner=False)
def _loading(key: str) -> Future[Picture]:
    return background().submit(load_sample, key)


def sample_picture(key: str) -> Picture | None:
    """A shipped picture, or None while it is read or rendered."""
    return _finished(_loading(key), partial(_loading.clear, key))


def _finished(future: Future[Value], give_up: Callable[[], object]) -> Value | None:
    """The result of something in the background, or None; what failed is tried again next time."""
    if not future.done():
        return None
    if future.exception():
        give_up()
    return future.result()
