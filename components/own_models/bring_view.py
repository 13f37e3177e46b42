"""Uploader of a model, and the progress of its examination."""

import time
from functools import partial
from typing import Any

import streamlit as st
from streamlit import config
from streamlit.typing import UploadedFile

from components.own_models.candidate import (
    FETCHING,
    WAITING,
    Candidate,
    candidate,
    discard_candidate,
    take_file,
    take_repository,
)
from components.session.files import expect_files, free_key, put_away
from components.session.guard import attempt
from components.session.keys import OWN_FILE, OWN_HUB, OWN_REFUSED, forget, recall, remember
from components.session.waiting import wait_for
from components.words import numbers
from components.words.i18n import _, plural, sentence
from components.words.plain import as_text
from compute.doctor.diagnosis import STAGES, Outline
from engine.errors import VitrineError
from engine.phrase import later
from model_store.own.label_sets import LABEL_SETS, fitting_sets
from settings import settings

FILE_TYPES = ["keras", "h5", "hdf5", "onnx", "tflite", "zip"]
_DOING = {
    FETCHING: later("Downloading"),
    WAITING: later("Starting; models are examined one at a time"),
    "scan": later("Scanning its files"),
    "load": later("Loading it in a separate process"),
    "structure": later("Inspecting its layers"),
    "gradients": later("Checking its gradients"),
    "preprocessing": later("Trying it on the sample images"),
    "speed": later("Measuring its speed"),
}


def explain_upload() -> None:
    """What can be brought, what is refused and why, where it goes and who sees it."""
    st.markdown(
        _(
            "**Accepted:** one file of at most {size}. It holds a Keras model (`.keras`, `.h5`), "
            "ONNX or TFLite. An OpenVINO model comes as a `.zip` of its two files. Or a "
            "SegFormer or image classifier from the Hugging Face Hub. **Refused:** models with "
            "custom code, such as Lambda layers, and pickles such as `.pt` or `.bin`. Reading them "
            "could run a stranger's program. PyTorch models are exported to ONNX first."
        ).format(size=numbers.megabytes(limit_mb()))
    )
    kept = settings().own_days
    days = plural("after {count} day", "after {count} days", kept).format(count=numbers.count(kept))
    st.caption(
        _(
            "The file goes to a folder of this server under a name nobody can guess. Only this "
            "session, people with its link, and the administrator can see it. It is removed when "
            "you say so, or {days}."
        ).format(days=days)
    )


def limit_mb() -> int:
    """How large an uploaded file may be, by what models may have and by what the server takes at all."""
    taken = (settings().upload_mb, settings().uploads_mb, config.get_option("server.maxUploadSize"))
    return int(max(min(settings().own_mb, *taken), 1))


def show_upload() -> None:
    """Draw the places where a model is given; what was wrong with the last one is said below."""
    left, right = st.columns(2, gap="medium")
    with left:
        _ask_file()
    with right, st.form("own-hub-form", border=False):
        st.text_input(
            _("Or a model from the Hugging Face Hub"),
            placeholder="google/vit-base-patch16-224",
            key=OWN_HUB,
            persist_state="session",
        )
        st.form_submit_button(_("Download and examine"), on_click=_take_repository, key="own-hub-go")
    refused: VitrineError | None = recall(OWN_REFUSED, None)
    if refused is not None:
        st.error(as_text(sentence(refused)))


def _ask_file() -> None:
    """A file is taken once; then the place is empty again."""
    expect_files(limit_mb())
    place = free_key(OWN_FILE)
    taken: dict[str, Any] = {"on_change": _take_file, "args": (place,)}
    st.file_uploader(_("Model file"), FILE_TYPES, key=place, max_upload_size=limit_mb(), **taken)


def _take_file(place: str) -> None:
    file: UploadedFile | None = recall(place, None)
    if file is not None:
        _remember(attempt(take_file, file.getvalue(), file.name))
        put_away(OWN_FILE, file)


def _take_repository() -> None:
    _remember(attempt(take_repository, str(recall(OWN_HUB, "")).strip()))


def _remember(outcome: VitrineError | None) -> None:
    """Why the last one was not taken."""
    if isinstance(outcome, VitrineError):
        remember(OWN_REFUSED, outcome)
    else:
        forget(OWN_REFUSED)


def follow(found: Candidate) -> None:
    """How far the examination is, and a way to end it."""
    wait_for(lambda: found.done or candidate() is not found, partial(_show_stages, found))


def _show_stages(found: Candidate) -> None:
    seconds = numbers.duration(time.monotonic() - found.began)
    place = STAGES.index(found.stage) if found.stage in STAGES else 0
    text = _("{doing} ... {seconds}").format(
        doing=_(_DOING.get(found.stage, "")) + _fetched(found), seconds=seconds
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(place / len(STAGES), text=text)
        st.button(_("Cancel"), key="own-cancel", on_click=discard_candidate)
    st.markdown(
        "\n".join(
            f"{number}. {_(_DOING[stage])}{' ✓' * (number <= place)}"
            for number, stage in enumerate(STAGES, 1)
        )
    )
    if found.outline is not None:
        st.info(_names_text(found.outline))
    st.caption(_("It takes about a minute. You can use other pages meanwhile."))


def _names_text(outline: Outline) -> str:
    """How many names its classes need, and where they may come from, before the examination ends."""
    count = numbers.count(outline.classes)
    if outline.labels:
        return _("It has {count} classes, and their names are in its files.").format(count=count)
    fitting = " · ".join(_(LABEL_SETS[key].title) for key in fitting_sets(outline.classes))
    if fitting:
        text = _("It has {count} classes. Known names with this number: {names}. Others can be pasted.")
        return text.format(count=count, names=fitting)
    return _(
        "It has {count} classes, and no known set has this number. Please have {count} names ready, or "
        "use numbers."
    ).format(count=count)


def _fetched(found: Candidate) -> str:
    done, total = found.fetched
    if found.stage != FETCHING or not total:
        return ""
    return _(", {done} of {total}").format(
        done=numbers.megabytes(done / 2**20), total=numbers.megabytes(total / 2**20)
    )


def show_refusal(found: Candidate, refusal: VitrineError) -> None:
    """Why a model cannot be used."""
    st.error(
        _("**{name}** cannot be used.").format(name=as_text(found.name)) + " " + as_text(sentence(refusal))
    )
    st.button(_("Dismiss"), key="own-leave", on_click=discard_candidate)
