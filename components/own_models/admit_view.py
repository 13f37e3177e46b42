"""The last step: what a model says on pictures as it is described now, and then it is used."""

from functools import lru_cache

import streamlit as st
from PIL import Image

from components.own_models.candidate import Candidate, candidate
from components.own_models.report_view import label_of
from components.own_models.wizard import WizardState
from components.session.guard import attempt
from components.session.keys import MODEL, OWN, OWN_ADMITTED, forget, remember
from components.session.media import jpeg_bytes
from components.session.own_models import add_to_session
from components.session.samples import load_sample, offered
from components.words import numbers
from components.words.i18n import _, sentence
from components.words.plain import as_text
from compute.doctor.admission import ModelDescription, admit_model, untried_hw
from compute.doctor.diagnosis import Diagnosis
from engine.errors import VitrineError

SMALL_PX, TILE_PX, QUALITY = 320, 152, 75


def show_sample_answers(diagnosis: Diagnosis, description: ModelDescription) -> None:
    """Its answers on the samples, as the examination has found them, under the chosen names and colours."""
    trial = diagnosis.trial_of(description.preprocessing.preset)
    if trial is None:
        st.info(_("With your own values it was not tried: check its answers when you use it."))
        return
    st.markdown(_("These are its answers with these names and colours. Are they right?"))
    keys = {sample.title: key for key, sample in offered().items()}
    with st.container(horizontal=True, gap="small"):
        for title, index, sure in trial.answers:
            with st.container(width=TILE_PX, gap="xsmall"):
                if title in keys:
                    st.image(_thumbnail(keys[title]), alt=_(title), width="stretch")
                st.markdown(f"**{as_text(label_of(index, description.labels))}** {numbers.share(sure)}")
    if diagnosis.task == "segmentation":
        st.caption(_("For each image, the class of most pixels, and its mean probability."))


@lru_cache(maxsize=16)
def _thumbnail(key: str) -> bytes:
    """A sample as a small JPEG, all in one aspect."""
    image = Image.fromarray(load_sample(key).pixels)
    width, height = image.size
    half = min(width, height * 4 / 3) / 2, min(height, width * 3 / 4) / 2
    cut = image.crop(
        (
            int(width / 2 - half[0]),
            int(height / 2 - half[1]),
            int(width / 2 + half[0]),
            int(height / 2 + half[1]),
        )
    )
    return jpeg_bytes(cut.resize((SMALL_PX, SMALL_PX * 3 // 4)), QUALITY)


def offer_use(found: Candidate, diagnosis: Diagnosis, filled: WizardState) -> None:
    """The button that puts it into the list of models, once everything fits."""
    if found.refused is not None:
        st.error(as_text(sentence(found.refused)))
    size_hw = untried_hw(diagnosis, filled.description.policy)
    if size_hw is not None:
        _offer_trial(found, diagnosis, size_hw)
        return
    wanted = found, diagnosis, filled.description
    st.button(
        _("Use this model"),
        type="primary",
        key="own-use",
        on_click=_use,
        args=wanted,
        disabled=not filled.complete,
    )
    if not filled.complete:
        st.caption(_("Something above still needs attention."))


def _offer_trial(found: Candidate, diagnosis: Diagnosis, size_hw: tuple[int, int]) -> None:
    """The button that has it examined for larger pictures; nothing that was filled in is lost."""
    (height, width), (tried_height, tried_width) = size_hw, diagnosis.tried_hw
    st.caption(
        _(
            "It was examined on images of {tried_width} x {tried_height} pixels. Larger ones need "
            "more memory and time, so it is first examined on {width} x {height}."
        ).format(width=width, height=height, tried_width=tried_width, tried_height=tried_height)
    )
    st.button(_("Examine it at this size"), key="own-size-go", on_click=_examine_at, args=(found, size_hw))


def _examine_at(found: Candidate, size_hw: tuple[int, int]) -> None:
    """Examine it again; a second click on the way finds it under examination."""
    if candidate() is found and found.done:
        found.examine_at(size_hw)


def _use(found: Candidate, diagnosis: Diagnosis, description: ModelDescription) -> None:
    """Admit it, for this session; a second click on the way finds it gone."""
    if candidate() is not found:
        return
    key = attempt(admit_model, found.path, diagnosis, description)
    if isinstance(key, VitrineError):
        found.refused = key
        return
    forget(OWN)
    add_to_session(key)
    remember(MODEL, key)
    remember(OWN_ADMITTED, key)
