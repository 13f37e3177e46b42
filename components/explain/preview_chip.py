"""What is provisional about a map: a chip with a word and how far it is, and its details in a popover."""

import streamlit as st

from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from engine.explanation import Explanation
from engine.perturbation.stopping import DRAFT_DESIGNS
from engine.phrase import later

CHIP = "preview-chip"
SHARPENS = later("Based on {share} of the model evaluations: the map is still converging.")


def is_draft(explanation: Explanation) -> bool:
    """Whether a map is more guessed than measured, and says so."""
    return DRAFT_DESIGNS in explanation.figures


def show_chip(explanation: Explanation, share: float = 1.0, suffix: str = "") -> None:
    """A chip for a map that is not final, with all that it warns of; nothing for one that is.

    Args:
        explanation: the map.
        share: of the runs that are done, 0-1; 1 where no more come.
        suffix: of the key, where a page has several maps.
    """
    if share >= 1 and not is_draft(explanation):
        return
    done = _("{percent} %").format(percent=numbers.count(round(share * 100)))
    label = _("Preview, {share}").format(share=done) if share < 1 else _("Preview")
    with st.popover(label, key=CHIP + suffix, type="tertiary"):
        if share < 1:
            st.markdown(_(SHARPENS).format(share=done))
        for warning in explanation.warnings:
            st.markdown(as_text(_(warning)))


def show_warnings(explanation: Explanation) -> None:
    """What a final map warns of; a draft says it in its chip."""
    if not is_draft(explanation):
        for warning in explanation.warnings:
            st.warning(as_text(_(warning)))
