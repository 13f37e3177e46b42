"""The precision in which a pass runs a model, with what was measured of the other one."""

import streamlit as st

from components.words import numbers
from components.words.i18n import _
from engine.model import OPENVINO_BF16, OPENVINO_F32, Backend
from settings import VARIABLES


def show_precision(backend: Backend) -> None:
    """One line below the settings of a pass, and behind "?" how the precision is chosen."""
    said = _(
        "Maps are computed in single precision (f32). A server allows half precision (bf16) with "
        "`{variable}=bf16`. It is used where it is faster here and ranks cells as single precision does."
    )
    st.caption(precision_text(backend), help=said.format(variable=VARIABLES["backend"]))


def precision_text(backend: Backend) -> str:
    """What is used, what it gives, and why not the other one."""
    if backend.name == OPENVINO_BF16:
        return " ".join([_("**Precision**: half (bf16)."), *_measured(backend)])
    return " ".join([_("**Precision**: single (f32)."), *_measured(backend), *_why_not(backend)])


def _measured(backend: Backend) -> list[str]:
    """What half precision gives, where both were timed; and how far its answers are off, where it is used."""
    said = []
    if OPENVINO_F32 in backend.seconds and OPENVINO_BF16 in backend.seconds:
        times = backend.seconds[OPENVINO_F32] / backend.seconds[OPENVINO_BF16]
        said.append(_("Half precision is {times} times as fast.").format(times=numbers.general(times, 2)))
    if backend.name == OPENVINO_BF16:
        difference = numbers.general(backend.difference, 1)
        said.append(_("Probabilities differ by at most {difference}.").format(difference=difference))
    return said


def _why_not(backend: Backend) -> list[str]:
    """Why half precision is not used, where it was asked for."""
    reason = backend.refused.get(OPENVINO_BF16)
    return [] if reason is None else [_("Not half (bf16): {reason}.").format(reason=_(reason))]
