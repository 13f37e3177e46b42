"""Visibility of the models that somebody has brought.

What the server's owner has admitted is there for everybody. What was uploaded is known by a key that nobody
can guess: to the session that brought it, and to whoever has a link with its key.
"""

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from components.session.keys import BROUGHT, FIRST_MODEL, once, recall, remember
from engine.errors import ModelError
from model_store.catalogue import DEFAULT_MODEL, Entry, catalogue
from model_store.own.entries import own_entry
from model_store.own.store import delete_upload, is_upload_key

LINK = "own"
"""Parameter of a link that carries the key of an uploaded model."""
MOST = 20
"""Uploaded models that a session lists; the oldest go first from the list, not from the disk."""


def visible_models() -> dict[str, Entry]:
    """The models of this session by key: the catalogue, then those brought, each with a title of its own."""
    found = {**catalogue(), **{key: entry for key in _brought() if (entry := _private_entry(key))}}
    titles = [entry.title for entry in found.values()]
    return {key: entry for key, entry in found.items() if titles.count(entry.title) == 1 or not entry.own} | {
        key: _told_apart(entry) for key, entry in found.items() if titles.count(entry.title) > 1 and entry.own
    }


def _told_apart(entry: Entry) -> Entry:
    """The same entry; where a title is there twice, the end of its key is added."""
    return replace(entry, title=f"{entry.title} ({entry.key[-6:]})")


def _brought() -> tuple[str, ...]:
    """Keys of uploaded models that this session knows: brought here, or named in its link."""
    keys: tuple[str, ...] = recall(BROUGHT, ())
    linked = st.query_params.get(LINK, "")
    if is_upload_key(linked) and linked not in keys:
        keys = (*keys, linked)[-MOST:]
        remember(BROUGHT, keys)
    return keys


def _private_entry(key: str) -> Entry | None:
    """Its entry; None where it is gone, or cannot be used."""
    try:
        return own_entry(key)
    except ModelError:
        return None


def first_model(models: Mapping[str, Entry]) -> str:
    """The model that this session began with: the uploaded one that its link names, or the usual one."""
    linked = st.query_params.get(LINK, "")
    first: str = once(FIRST_MODEL, lambda: linked if is_upload_key(linked) else DEFAULT_MODEL.key)
    return first if first in models else DEFAULT_MODEL.key


def add_to_session(key: str) -> None:
    """List an uploaded model in this session."""
    if is_upload_key(key):
        remember(BROUGHT, (*(known for known in recall(BROUGHT, ()) if known != key), key)[-MOST:])


def delete_uploaded(key: str) -> None:
    """Forget an uploaded model, here and on the disk."""
    remember(BROUGHT, tuple(known for known in recall(BROUGHT, ()) if known != key))
    if st.query_params.get(LINK) == key:
        del st.query_params[LINK]
    delete_upload(key)


def link_to_model(key: str) -> None:
    """Let the address name an uploaded model, and no other."""
    if is_upload_key(key):
        if st.query_params.get(LINK) != key:
            st.query_params[LINK] = key
    elif LINK in st.query_params:
        del st.query_params[LINK]
