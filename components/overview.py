"""The first page's parts: the segmented picture, what the model found, where to go next."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from components.choice import Choice
from components.i18n import _
from components.legend import class_shares, show_legend
from components.model_card import show_model_card
from components.question import scene_of
from components.session import ZONE, forget, keep, recall
from components.zone_picker import Selection, zone_name, zone_picker

if TYPE_CHECKING:
    from compute.specs import Prediction
    from engine.zones import Zones

PICKER = "picker_start"
GO = "_go_to_zone"
ZONES_PAGE = "pages/explain/zones.py"


def show_picture(choice: Choice, prediction: Prediction) -> None:
    """The segmented picture; a click goes on to the map of the zone."""
    scene = scene_of(choice, prediction)
    wanted = recall(GO, None)
    if wanted is not None:
        forget(GO)
        st.switch_page(ZONES_PAGE, query_params={ZONE: zone_name(scene.zones, wanted)})
    zone_picker(scene, "zone", Selection(), PICKER, partial(_go, scene.zones))


def _go(zones: Zones) -> None:
    pick = st.session_state[PICKER]["pick"]
    if pick and pick["row"] is not None:
        keep(GO, zones.at((pick["row"], pick["column"])).index)


def show_summary(prediction: Prediction) -> None:
    """What the model found in the picture."""
    assert prediction.zones is not None
    shares = class_shares(prediction.zones, prediction.facts.colours)
    st.subheader(_("What the model sees"))
    show_legend(shares, detailed=True)
    text = _("{zones} connected zones in {classes} classes. The probability is the mean over the pixels of the class.")
    st.caption(text.format(zones=len(prediction.zones.zones), classes=len(shares)))


def show_next_steps() -> None:
    """What can be asked, and where."""
    st.subheader(_("What can be asked"))
    steps = (
        ("zone", _("Ask about a zone"), _("Which parts of the picture move the model's answer for one zone?")),
        ("border", _("Ask about a border"), _("What decides where a zone ends: inside against outside of its edge?")),
        ("shared", _("Ask about a shared border"), _("What decides the line between two zones that touch?")),
    )
    for column, (ask, title, text) in zip(st.columns(len(steps)), steps, strict=True):
        with column.container(border=True, height="stretch"):
            st.page_link(ZONES_PAGE, label=f"**{title}** →", query_params={"ask": ask})
            st.markdown(text)


def show_about_model(choice: Choice, prediction: Prediction) -> None:
    """Facts and limits of the model."""
    st.subheader(_("About this model"))
    show_model_card(choice.entry, prediction)
    st.caption(
        _(
            "A map says what this model's answer depends on, not whether the answer is right. "
            "Maps come from pictures with hidden parts, which are unlike those that the model was trained on."
        )
    )
