"""The side bar: which model looks at which picture."""

from __future__ import annotations

import streamlit as st

from components import numbers
from components.choice import Choice, remember_choice
from components.guard import attempt, say
from components.i18n import _
from components.language import choose_language
from components.links import accept_short
from components.media import photo_bytes
from components.own_models import carry, first_model, visible_models
from components.resources import sample_picture
from components.samples import offered
from components.session import CAMERA, CHOICE, CLASSES, MODEL, OWN_PICTURE, SAMPLE, SOURCE, UPLOAD, keep, recall
from engine.errors import VitrineError
from engine.picture import MAX_BYTES, Picture, read_picture
from model_store.catalogue import Entry, ModelRef, availability

FILE_TYPES = ["jpg", "jpeg", "png", "webp", "bmp", "tif", "tiff", "gif", "heic", "heif"]


def choose() -> None:
    """Draw the side bar and remember what is chosen in it."""
    with st.sidebar:
        ref = _choose_model()
        st.divider()
        remember_choice(_choose_picture(ref))
        st.divider()
        choose_language()


def _choose_model() -> ModelRef:
    models = visible_models()
    accept_short(MODEL, models, lambda entry: _(entry.title))
    key = st.selectbox(
        _("Model"),
        list(models),
        index=list(models).index(first_model(models)),
        format_func=lambda key: _(models[key].title),
        key=MODEL,
        bind="query-params",
    )
    carry(key)
    entry = models[key]
    st.caption(_(entry.description) + _to_fetch(entry))
    return ModelRef(key, entry.grouping is not None and _wants_groups(entry))


def _to_fetch(entry: Entry) -> str:
    if not entry.fetched or availability(entry).ready:
        return ""
    return " " + _("Fetched on first use, {size}.").format(size=numbers.megabytes(entry.size_mb))


def _wants_groups(entry: Entry) -> bool:
    """Whether the model's classes are summed up to categories."""

    def title(grouped: bool) -> str:
        few = len(entry.grouping.labels) if entry.grouping else 0
        return _("{count} groups").format(count=few) if grouped else _("All {count}").format(count=len(entry.colours))

    accept_short(CLASSES, {"all": False, "grouped": True}, title)
    chosen = st.segmented_control(
        _("Classes"),
        [False, True],
        default=False,
        required=True,
        format_func=title,
        key=CLASSES,
        bind="query-params",
    )
    return bool(chosen)


def _choose_picture(ref: ModelRef) -> Choice:
    titles = {"sample": _("Sample"), UPLOAD: _("Upload"), CAMERA: _("Camera")}
    source = st.segmented_control(
        _("Picture"),
        list(titles),
        default="sample",
        required=True,
        format_func=titles.__getitem__,
        key=SOURCE,
        persist_state="session",
        width="stretch",
    )
    if source == "sample":
        return _sample_choice(ref)
    _take_own(source)
    own = recall(OWN_PICTURE, {}).get("picture")
    if own is None:
        return _last_choice(ref)
    _preview(own, _("A link cannot carry your own picture: it stays in this session."))
    return Choice(ref, own, True, "")


def _sample_choice(ref: ModelRef) -> Choice:
    samples = offered()
    accept_short(SAMPLE, samples, lambda sample: _(sample.title))
    key = st.selectbox(
        _("Sample"),
        list(samples),
        format_func=lambda key: _(samples[key].title),
        key=SAMPLE,
        bind="query-params",
        label_visibility="collapsed",
    )
    picture = sample_picture(key)
    if picture is not None:
        _preview(picture, _(samples[key].credit))
    return Choice(ref, picture, False, samples[key].credit)


def _last_choice(ref: ModelRef) -> Choice:
    """The previous picture stays until another one is there."""
    last: Choice | None = recall(CHOICE, None)
    key = next(iter(offered()))
    picture = last.picture if last and last.picture else sample_picture(key)
    return Choice(ref, picture, bool(last and last.own), offered()[key].credit if last is None else last.credit)


def _take_own(source: str) -> None:
    """Read an uploaded or photographed picture once; a bad file is one sentence, and the picture before it stays."""
    if source == CAMERA:
        file = st.camera_input(_("Take a picture"), key=CAMERA, label_visibility="collapsed")
    else:
        file = st.file_uploader(_("Your picture"), FILE_TYPES, key=UPLOAD, max_upload_size=MAX_BYTES >> 20, label_visibility="collapsed")
    if file is None:
        return
    known = recall(OWN_PICTURE, {})
    if known.get("file") != file.file_id:
        outcome = attempt(read_picture, file.getvalue(), file.name)
        picture = outcome if isinstance(outcome, Picture) else known.get("picture")
        known = {"file": file.file_id, "picture": picture, "error": outcome if isinstance(outcome, VitrineError) else None}
        keep(OWN_PICTURE, known)
    if known["error"] is not None:
        say(known["error"])


def _preview(picture: Picture, caption: str) -> None:
    height, width = picture.size_hw
    size = _("{width} x {height} pixels").format(width=width, height=height)
    st.image(photo_bytes(picture.sha256, picture.pixels), alt=_(picture.name), width="stretch")
    st.caption(f"{size}. {caption}")
