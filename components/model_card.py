"""What is known of a model, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from components import numbers
from components.i18n import _
from model_store.catalogue import Entry, model_folder

if TYPE_CHECKING:
    from compute.specs import Prediction

CARDS = ("README.md", "MODEL_CARD.md", "card.md")
HUB = "https://huggingface.co/"


def _answered(prediction: Prediction) -> str:
    if prediction.zones is None:
        return ""
    rows, columns = prediction.output_shape[:2]
    return _(", answers at {columns} x {rows}").format(columns=columns, rows=rows)


def show_model_card(entry: Entry, prediction: Prediction) -> None:
    """Where it comes from, under which terms, and at which size it looked at the picture."""
    height, width = prediction.input_hw
    origin = _("Comes with Vitrine.") if entry.repo_id is None else f"[{entry.repo_id}]({HUB}{entry.repo_id})"
    facts = {
        _("Model"): entry.title,
        _("Origin"): origin,
        _("Licence"): entry.licence,
        _("Classes"): ", ".join(prediction.facts.labels[:24]) + (" ..." if len(prediction.facts.labels) > 24 else ""),
        _("Looked at"): _("{width} x {height} pixels").format(width=width, height=height) + _answered(prediction),
        _("Speed here"): _("{seconds} for a thousand runs").format(seconds=numbers.duration(prediction.seconds_per_run * 1000)),
    }
    st.markdown("\n".join(f"- **{name}**: {value}" for name, value in facts.items()))
    card = next((path for path in (model_folder(entry) / name for name in CARDS) if path.is_file()), None)
    if card is not None:
        with st.expander(_("Model card")):
            st.markdown(card.read_text("utf-8"))
