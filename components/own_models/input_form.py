"""Form for the input of a model: the scaling of colours, and the size."""

from typing import Literal, TypeVar, cast

import streamlit as st

from components.own_models.candidate import Candidate
from components.own_models.report_view import marked, preset_title, show_remarks
from components.session.guard import attempt
from components.session.keys import OWN_COLOURS, OWN_HAND, OWN_SIZE
from components.words.i18n import _
from compute.doctor.admission import ANY_SIZE, USUAL_SIDE
from compute.doctor.diagnosis import Diagnosis
from compute.doctor.preset_choice import preset_warning
from engine.errors import ModelError, VitrineError
from engine.phrase import later
from model_store.base.entries import FixedSize, InputPolicy
from model_store.own.model import Preprocessing, PresetName, Triple

Value = TypeVar("Value")
HAND = "hand"
HALF = 127.5
LARGEST_SIDE = 2048


def ask_preprocessing(found: Candidate, diagnosis: Diagnosis, suggested: str) -> Preprocessing | VitrineError:
    """How colours are scaled before it, or why that cannot be."""
    other_order = diagnosis.kind != "huggingface"
    presets = [trial.preset for trial in diagnosis.trials if other_order or trial.preset != "caffe"]
    options = [suggested, *(preset for preset in presets if preset != suggested), HAND]
    preset = st.selectbox(
        _("Scaling of colour values 0 to 255"),
        options,
        format_func=lambda preset: marked(preset_title(preset), preset == suggested),
        **found.kept(OWN_COLOURS),
        help=_("Use the scaling of its training. With another one, a model still answers, but badly."),
    )
    if preset == HAND:
        return _ask_hand(found, other_order)
    warning = preset_warning(diagnosis, preset)
    show_remarks([warning] if warning else [])
    return Preprocessing(cast("PresetName", preset))


def _ask_hand(found: Candidate, other_order: bool) -> Preprocessing | VitrineError:
    st.caption(_("Each colour has its mean subtracted, then is divided by its scale."))
    mean = _three(found, "mean", (_("Mean of red"), _("Mean of green"), _("Mean of blue")))
    scale = _three(found, "scale", (_("Scale of red"), _("Scale of green"), _("Scale of blue")))
    order: Literal["rgb", "bgr"] = "rgb"
    if other_order:
        titles: dict[Literal["rgb", "bgr"], str] = {
            "rgb": _("red, green, blue"),
            "bgr": _("blue, green, red"),
        }
        order = _one_of(found, f"{OWN_HAND}-order", _("Order of the colours"), titles, order)
    return attempt(Preprocessing, HAND, mean, scale, order)


def _three(found: Candidate, name: str, titles: tuple[str, str, str]) -> Triple:
    red, green, blue = (
        column.number_input(title, value=HALF, format="%.4f", **found.kept(f"{OWN_HAND}-{name}-{place}"))
        for place, (column, title) in enumerate(zip(st.columns(3), titles, strict=True))
    )
    return float(red), float(green), float(blue)


def _one_of(found: Candidate, name: str, title: str, titles: dict[Value, str], first: Value) -> Value:
    """One of a few options, by their titles."""
    chosen = st.segmented_control(
        title,
        list(titles),
        default=first,
        required=True,
        format_func=titles.__getitem__,
        **found.kept(name),
    )
    return first if chosen is None else chosen


def _side(found: Candidate, name: str, title: str, first: int, fixed: bool = False) -> int:
    """A whole number of pixels."""
    kept = found.kept(f"{OWN_SIZE}-{name}")
    return int(st.number_input(title, 1, LARGEST_SIDE, first, disabled=fixed, **kept))


def ask_policy(found: Candidate, diagnosis: Diagnosis) -> FixedSize | InputPolicy | VitrineError:
    """The size at which it looks at pictures; asked only where its file leaves that open."""
    height, width, _channels = diagnosis.input_shape
    if height is not None and width is not None:
        text = _(
            "Its file fixes the input size: every image is resized to {width} x {height} pixels, "
            "without keeping its aspect ratio."
        )
        st.caption(text.format(width=width, height=height))
        return FixedSize(height, width)
    if height is None and width is None and _keeps_aspect(found, diagnosis.task == "segmentation"):
        return _ask_aspect(found)
    return _ask_fixed(found, (height, width))


def _keeps_aspect(found: Candidate, default: bool) -> bool:
    titles = {True: _("keep the aspect ratio of each image"), False: _("resize every image to one size")}
    title = _("It accepts images of any size. First they are resized:")
    return _one_of(found, f"{OWN_SIZE}-aspect", title, titles, default)


def _ask_aspect(found: Candidate) -> InputPolicy | VitrineError:
    first, second, third = st.columns(3)
    with first:
        short = _side(found, "0", _("Short side, pixels"), ANY_SIZE.short_side)
    with second:
        long = _side(found, "1", _("Maximum long side"), ANY_SIZE.long_side)
    with third:
        step = _side(found, "2", _("Multiple of"), ANY_SIZE.multiple)
    if long < max(short, step):
        text = later(
            "The long side must be at least the short one and the multiple; received {long}, "
            "{short} and {step}."
        )
        return ModelError(text, long=long, short=short, step=step)
    return InputPolicy(short, long, step)


def _ask_fixed(found: Candidate, fixed_hw: tuple[int | None, int | None]) -> FixedSize:
    height, width = fixed_hw
    first, second = st.columns(2)
    with first:
        wide = _side(found, "w", _("Width, pixels"), width or USUAL_SIDE, width is not None)
    with second:
        high = _side(found, "h", _("Height, pixels"), height or USUAL_SIDE, height is not None)
    return FixedSize(high, wide)
