"""Weights of superpixels as bars."""

import numpy as np
import streamlit as st

from components.pieces.map_sheet.encode import part_texts
from components.words import numbers
from components.words.i18n import _
from engine.explanation import Explanation
from engine.perturbation.methods.params import EXACT_COALITIONS
from engine.phrase import later
from engine.visualise.parts import NAMED, strongest, survives
from engine.visualise.render import colourise, scale_of

ROW_PX, FRAME_PX = 19, 70
GREY = "rgb(128,128,128)"
SEEDS = later(
    "The line on each bar is the 95 % band over the seeds. Hatched superpixels may be due to "
    "chance. At most one image in twenty shows an unhatched superpixel that has no effect."
)
EXACT = later("All coalitions were evaluated: the values are exact, nothing is left to chance.")
ONE_SEED = later("All superpixels are hatched: a single seed cannot show which of them are due to chance.")


def band_width(explanation: Explanation) -> np.ndarray | None:
    """float32 (P,): half the width of each superpixel's 95 % band; None where there is no band."""
    if explanation.parts is None or explanation.upper is None:
        return None
    _labels, first_pixel = np.unique(explanation.parts.labels, return_index=True)
    return explanation.upper.ravel()[first_pixel] - explanation.parts.weights


def _note(explanation: Explanation) -> str:
    """What is known of how steady the weights are."""
    if EXACT_COALITIONS in explanation.figures:
        return EXACT
    return ONE_SEED if explanation.upper is None else SEEDS


def show_part_chart(explanation: Explanation) -> None:
    """The superpixels with the largest weights; the lines are the 95 % band over the seeds."""
    import plotly.graph_objects as go

    parts = explanation.parts
    if parts is None:
        return
    order = strongest(parts)[::-1]
    errors = band_width(explanation)
    colours = colourise(parts.weights[order], scale_of(parts.weights, signed=True))
    texts = part_texts(explanation)
    bars = go.Bar(
        x=parts.weights[order],
        y=[_("superpixel {number}").format(number=index + 1) for index in order],
        orientation="h",
        error_x=None if errors is None else {"array": errors[order], "thickness": 1.5, "width": 3},
        marker={
            "color": ["rgb({},{},{})".format(*colour) for colour in colours.tolist()],
            "line": {"color": GREY, "width": 1},
            "pattern": {
                "shape": np.where(survives(parts)[order], "", "/").tolist(),
                "fillmode": "overlay",
                "fgcolor": GREY,
                "size": 7,
            },
        },
        hovertext=[texts[index] for index in order],
        hoverinfo="y+text",
    )
    figure = go.Figure(bars)
    figure.update_layout(
        height=ROW_PX * len(order) + FRAME_PX,
        margin={"l": 0, "r": 8, "t": 8, "b": 0},
        separators=numbers.separators(),
        xaxis={"title": _("weight: the superpixel's contribution to the score"), "zeroline": True},
        showlegend=False,
    )
    st.plotly_chart(figure, key="part-chart", config={"displayModeBar": False})
    st.caption(_(_note(explanation)))
    if len(parts.weights) > NAMED:
        text = _("The {shown} largest of {all} superpixels.")
        st.caption(text.format(shown=numbers.count(NAMED), all=numbers.count(len(parts.weights))))
