"""Importance of concepts as bars with their bands."""

import numpy as np
import streamlit as st

from components.words import numbers
from components.words.i18n import _
from compute.work.concepts.reading import ClassDependence
from engine.concepts.importance import ConceptImportance

BAR, BAND = "#2a8ca3", "#8a979c"
"""Both stand out on light and dark grounds."""
ROW_PX, FRAME_PX = 26, 70


def height_px(count: int) -> int:
    """Of a chart of so many concepts."""
    return FRAME_PX + ROW_PX * count


def show_importance(found: ConceptImportance, key: str) -> None:
    """Draw the bars, the first concept on top."""
    import plotly.graph_objects as go

    names = [concept_title(number) for number in range(len(found.values))]
    bands = None
    if found.lower is not None and found.upper is not None:
        ends = {"array": found.upper - found.values, "arrayminus": found.values - found.lower}
        bands = {**ends, "symmetric": False, "width": 4, "thickness": 1.5, "color": BAND}
    figure = go.Figure(go.Bar(x=found.values, y=names, orientation="h", error_x=bands, marker={"color": BAR}))
    figure.update_layout(
        height=height_px(len(names)),
        margin={"l": 0, "r": 8, "t": 4, "b": 0},
        separators=numbers.separators(),
        xaxis={"title": _("total Sobol index"), "fixedrange": True, "rangemode": "tozero"},
        yaxis={"autorange": "reversed", "fixedrange": True},
        showlegend=False,
    )
    words = _("Importance of each concept with its 95 % band: {values}.").format(
        values=", ".join(
            f"{name} {numbers.decimal(float(value), 2)}"
            for name, value in zip(names, np.asarray(found.values), strict=True)
        )
    )
    st.plotly_chart(figure, key=key, config={"displayModeBar": False}, alt=words)


def concept_title(number: int) -> str:
    """Name of a concept by its place, from 0."""
    return _("Concept {number}").format(number=numbers.count(number + 1))


def show_concept_agreement(found: ClassDependence, segments: bool) -> None:
    """How far the model answers alike with the concepts alone; a warning where it does not."""
    said = agreement_sentence(found, segments)
    if found.agreement.low:
        st.warning(said)
    else:
        st.caption(said)


def agreement_sentence(found: ClassDependence, segments: bool) -> str:
    """How far the model answers alike with the concepts alone, and what follows where it does not."""
    same = (
        _("mean IoU of the answers {share}") if segments else _("same answer in {share} of the images")
    ).format(share=numbers.share(found.agreement.same))
    text = _("With the concepts alone: R² of the logits {r2}, {same}.")
    said = [text.format(r2=numbers.decimal(found.agreement.r2, 2), same=same)]
    if found.completeness is not None and np.isfinite(found.completeness.share):
        whole = _("They hold {share} of the score (completeness).")
        said.append(whole.format(share=numbers.share(found.completeness.share)))
    if found.agreement.low:
        said.append(_("That is low: importance then says little about the model itself."))
    return " ".join(said)
