"""Form for the input of a model: the scaling of colours, and the size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, cast

import streamlit as st

from components.own_models.candidate import Candidate
from components.own_models.report_view import show_remarks
from components.session.guard import attempt
from components.session.keys import OWN_COLOURS, OWN_HAND, OWN_SIZE
from components.words.i18n import _
from components.words.presets import preset_title
from compute.doctor.admission import ANY_SIZE, USUAL_SIDE, preset_warning
from engine.errors import ModelError, VitrineError
from engine.phrase import later
from model_store.base.entries import FixedSize, InputPolicy
from model_store.own.model import Preprocessing, Triple

if TYPE_CHECKING:
    from compute.doctor.diagnosis import Diagnosis
    from model_store.own.model import PresetName

HAND = "hand"
HALF = 127.5
LARGEST_SIDE = 2048


def ask_preprocessing(found: Candidate, diagnosis: Diagnosis, suggested: str) -> Preprocessing | VitrineError:
    """How colours are scaled before it, or why that cannot be."""
    other_order = diagnosis.kind != "huggingface"
    presets = [trial.preset for trial in diagnosis.trials if other_order or trial.preset != "caffe"]
    options = [suggested, *(preset for preset in presets if preset != suggested), HAND]
    preset = st.selectbox(
        _("How colours 0 to 255 are scaled before it"),
        options,
        format_func=lambda preset: (
            preset_title(preset) + (" " + _("(suggested)") if preset == suggested else "")
        ),
        key=f"{OWN_COLOURS}-{found.number}",
        persist_state="session",
        help=_("As it was trained. With another scaling a model still answers, but badly."),
    )
    if preset == HAND:
        return _ask_hand(found, other_order)
    warning = preset_warning(diagnosis, preset)
    show_remarks([warning] if warning else [])
    return Preprocessing(cast("PresetName", preset))


def _ask_hand(found: Candidate, other_order: bool) -> Preprocessing | VitrineError:
    st.caption(_("From each colour its mean is subtracted, then it is divided by its scale."))
    mean = _three(found, "mean", (_("Mean of red"), _("Mean of green"), _("Mean of blue")))
    scale = _three(found, "scale", (_("Scale of red"), _("Scale of green"), _("Scale of blue")))
    order: Literal["rgb", "bgr"] = "rgb"
    if other_order:
        titles = {"rgb": _("red, green, blue"), "bgr": _("blue, green, red")}
        chosen = st.segmented_control(
            _("Order of the colours"),
            list(titles),
            default="rgb",
            required=True,
            format_func=titles.__getitem__,
            key=f"{OWN_HAND}-order-{found.number}",
            persist_state="session",
        )
        order = "bgr" if chosen == "bgr" else "rgb"
    return attempt(Preprocessing, HAND, mean, scale, order)


def _three(found: Candidate, name: str, titles: tuple[str, str, str]) -> Triple:
    def one(place: int) -> float:
        key = f"{OWN_HAND}-{name}-{place}-{found.number}"
        return float(
            columns[place].number_input(
                titles[place], value=HALF, format="%.4f", key=key, persist_state="session"
            )
        )

    columns = st.columns(3)
    return one(0), one(1), one(2)


def ask_policy(found: Candidate, diagnosis: Diagnosis) -> FixedSize | InputPolicy | VitrineError:
    """The size at which it looks at pictures; asked only where its file leaves that open."""
    height, width, _channels = diagnosis.input_shape
    if height is not None and width is not None:
        text = _(
            "Its file fixes the size: every picture is squeezed to {width} x {height} pixels, "
            "without keeping its aspect."
        )
        st.caption(text.format(width=width, height=height))
        return FixedSize(height, width)
    if height is None and width is None and _keeps_aspect(found, diagnosis.task == "segmentation"):
        return _ask_aspect(found)
    return _ask_fixed(found, (height, width))


def _keeps_aspect(found: Candidate, default: bool) -> bool:
    titles = {True: _("keep the aspect of each picture"), False: _("squeeze each picture into one size")}
    return bool(
        st.segmented_control(
            _("It takes pictures of any size. Before it looks at them,"),
            list(titles),
            default=default,
            required=True,
            format_func=titles.__getitem__,
            key=f"{OWN_SIZE}-aspect-{found.number}",
            persist_state="session",
        )
    )


def _ask_aspect(found: Candidate) -> InputPolicy | VitrineError:
    columns = st.columns(3)
    titles = (_("Short side, pixels"), _("Long side at most"), _("In steps of"))
    asked = zip(titles, (ANY_SIZE.short_side, ANY_SIZE.long_side, ANY_SIZE.multiple), strict=True)
    short, long, step = (
        int(
            column.number_input(
                title,
                1,
                LARGEST_SIDE,
                usual,
                key=f"{OWN_SIZE}-{place}-{found.number}",
                persist_state="session",
            )
        )
        for place, (column, (title, usual)) in enumerate(zip(columns, asked, strict=True))
    )
    if long < max(short, step):
        text = later(
            "The long side is at least as long as the short one and as a step; received {long}, "
            "{short} and {step}."
        )
        return ModelError(text, long=long, short=short, step=step)
    return InputPolicy(short, long, step)


def _ask_fixed(found: Candidate, fixed_hw: tuple[int | None, int | None]) -> FixedSize:
    def side(place: int, title: str, fixed: int | None) -> int:
        shared: dict[str, Any] = {
            "disabled": fixed is not None,
            "key": f"{OWN_SIZE}-{'wh'[place]}-{found.number}",
            "persist_state": "session",
        }
        return int(columns[place].number_input(title, 1, LARGEST_SIDE, fixed or USUAL_SIDE, **shared))

    columns = st.columns(2)
    width = side(0, _("Width, pixels"), fixed_hw[1])
    return FixedSize(side(1, _("Height, pixels"), fixed_hw[0]), width)
