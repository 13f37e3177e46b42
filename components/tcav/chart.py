"""Shares of tested concepts as bars, with what random images do behind them."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from components.words import numbers
from components.words.i18n import _
from compute.tcav.asking import ConceptFinding

COLOURS = {"for": "#1f77b4", "against": "#d1670a", "none": "#8a8a8a", "unknown": "#8a8a8a"}
RANDOM = "rgba(128, 128, 128, 0.3)"
ROW_PX, FRAME_PX = 40, 80
SPREAD = (0.025, 0.975)


def chart_height_px(count: int) -> int:
    """Of a chart of so many tests."""
    return FRAME_PX + ROW_PX * count


def test_title(row: ConceptFinding, layers: int) -> str:
    """Name of a test; with its layer where there are several."""
    name = _(row.concept)
    return name if layers < 2 else f"{name} · {row.layer}"


def show_shares(rows: Sequence[ConceptFinding], layers: int, one_image: bool) -> None:
    """Draw the bars, the first test on top; of one image the share is that of directions."""
    import plotly.graph_objects as go

    counted = _("share of images whose score rises")
    if one_image:
        counted = _("share of directions in which the score rises")
    names = [test_title(row, layers) for row in rows]
    ends = np.array([np.quantile(row.test.random_share, SPREAD) for row in rows])
    shares = np.array([row.test.share for row in rows])
    band = {
        "array": np.maximum([row.test.share_ends.high for row in rows] - shares, 0),
        "arrayminus": np.maximum(shares - [row.test.share_ends.low for row in rows], 0),
        "symmetric": False,
        "width": 4,
        "thickness": 1.5,
    }
    figure = go.Figure(
        [
            go.Bar(
                x=ends[:, 1] - ends[:, 0],
                base=ends[:, 0],
                y=names,
                orientation="h",
                marker={"color": RANDOM},
                width=0.85,
                name=_("95 % of random sets"),
                hoverinfo="skip",
            ),
            go.Bar(
                x=shares,
                y=names,
                orientation="h",
                error_x=band,
                marker={"color": [COLOURS[row.verdict] for row in rows]},
                width=0.4,
                name=_("concept"),
            ),
        ]
    )
    figure.update_layout(
        barmode="overlay",
        height=chart_height_px(len(rows)),
        margin={"l": 0, "r": 8, "t": 4, "b": 0},
        separators=numbers.separators(),
        xaxis={"title": counted, "fixedrange": True, "range": [0, 1.02]},
        yaxis={"type": "category", "autorange": "reversed", "fixedrange": True},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )
    st.plotly_chart(
        figure, key="tcav-bars", config={"displayModeBar": False}, alt=_words(rows, names, counted)
    )


def _words(rows: Sequence[ConceptFinding], names: Sequence[str], counted: str) -> str:
    text = _("Tested concepts, {counted}: {values}.")
    return text.format(
        counted=counted,
        values=", ".join(
            f"{name} {numbers.decimal(row.test.share, 2)}" for name, row in zip(names, rows, strict=True)
        ),
    )
