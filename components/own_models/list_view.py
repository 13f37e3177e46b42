"""The models that this session has brought: used, linked to, removed."""

from collections.abc import Iterable
from urllib.parse import urlsplit, urlunsplit

import streamlit as st

from components.session.keys import EMPTY, MODEL, OWN_ADMITTED, forget, recall, remember
from components.session.own_models import LINK, delete_uploaded, visible_models
from components.start.overview import COMPARE_PAGE, FEATURES_PAGE, GALLERY_PAGE, ZONES_PAGE
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from engine.model import Task
from model_store.catalogue import DEFAULT_MODEL, Entry
from model_store.own.store import is_upload_key

START_PAGE = "pages/start/home.py"


def _next(task: Task) -> Iterable[tuple[str, str]]:
    """Where to go on with a model."""
    first = (
        (ZONES_PAGE, _("Explain a zone")) if task == "segmentation" else (COMPARE_PAGE, _("Compare methods"))
    )
    others = (GALLERY_PAGE, _("Try every method")), (FEATURES_PAGE, _("Explore its feature maps"))
    return (START_PAGE, _("Its answer on your image")), first, *others


def show_admitted() -> None:
    """Says that the last model is there, and where to go on."""
    entry = visible_models().get(recall(OWN_ADMITTED, ""))
    if entry is None:
        return
    st.success(
        _("**{title}** is in the list of models, and selected in the bar on top.").format(
            title=as_text(entry.title)
        )
    )
    with st.container(horizontal=True):
        for page, title in _next(entry.task):
            st.page_link(page, label=f"{title} →", width="content")


def show_brought() -> None:
    """All of them, or that there are none."""
    st.subheader(_("Models of this session"), anchor=False)
    brought = {key: entry for key, entry in visible_models().items() if is_upload_key(key)}
    if not brought:
        text = _("None yet. A model that you add appears here and in the model list at the top.")
        st.container(key=EMPTY).caption(text)
    for key, entry in brought.items():
        _show(key, entry)


def _show(key: str, entry: Entry) -> None:
    with st.container(border=True):
        st.markdown(f"**{as_text(entry.title)}**")
        st.caption(_(entry.description) + " " + numbers.megabytes(entry.size_mb) + ".")
        with st.container(horizontal=True):
            chosen = recall(MODEL, None) == key
            st.button(
                _("Selected") if chosen else _("Select"),
                key=f"own-choose-{key}",
                on_click=remember,
                args=(MODEL, key),
                disabled=chosen,
            )
            with st.popover(_("Link")):
                st.markdown(
                    _(
                        "Anyone with this link sees the model while it is kept. Nobody can guess "
                        "it: share it only with people you trust."
                    )
                )
                st.code(model_link(key), language=None, wrap_lines=True)
            with st.popover(_("Remove")):
                st.markdown(_("Its files are removed from this server, and its link stops working."))
                st.button(_("Remove now"), key=f"own-remove-{key}", on_click=_remove, args=(key,))


def _remove(key: str) -> None:
    if recall(MODEL, None) == key:
        remember(MODEL, DEFAULT_MODEL.key)
    if recall(OWN_ADMITTED, None) == key:
        forget(OWN_ADMITTED)
    delete_uploaded(key)


def model_link(key: str) -> str:
    """The address of the first page with a model."""
    seen = urlsplit(st.context.url or "")
    base = seen.path.rstrip("/").removesuffix("own-model").rstrip("/") + "/"
    return urlunsplit((seen.scheme, seen.netloc, base, f"{LINK}={key}", ""))
