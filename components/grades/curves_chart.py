"""Deletion and insertion of a map beside the baselines, as two charts."""

from typing import Any

import streamlit as st

from components.grades.grade_table import NAMES
from components.words import numbers
from components.words.i18n import _
from engine.arrays import Reals
from engine.trust.evidence import MapEvidence
from engine.trust.metric import BASELINES

HEIGHT_PX = 300
MAP, RANDOM = "#2a93ab", "rgba(128,128,128,0.35)"
DASHES = ("dot", "dash", "dashdot")


def show_curves(evidence: MapEvidence) -> None:
    """Both charts, side by side."""
    curves, sides = evidence.curves, st.columns(2, gap="medium")
    titles = (_("Deletion: strongest cells hidden first"), _("Insertion: strongest cells shown first"))
    words = (
        _("Score while cells are hidden: a true map falls early."),
        _("Score while cells are shown: a true map rises early."),
    )
    for number, lines in enumerate((curves.deletion, curves.insertion)):
        with sides[number]:
            st.markdown(f"**{titles[number]}**")
            figure = _figure(curves.shares, lines, evidence.random)
            config = {"displayModeBar": False}
            st.plotly_chart(figure, key=f"curves-{number}", config=config, alt=words[number])
            st.caption(words[number])


def _figure(shares: Reals, lines: Reals, random: int) -> Any:
    import plotly.graph_objects as go

    figure = go.Figure()
    for number, line in enumerate(lines[1 : 1 + random]):
        figure.add_scatter(
            x=shares,
            y=line,
            mode="lines",
            line={"color": RANDOM, "width": 1},
            hoverinfo="skip",
            name=_("random maps"),
            legendgroup="random",
            showlegend=number == 0,
        )
    for name, dash, line in zip(BASELINES, DASHES, lines[1 + random :], strict=False):
        figure.add_scatter(
            x=shares,
            y=line,
            mode="lines",
            line={"dash": dash, "color": "gray", "width": 2},
            name=_(NAMES[name]),
        )
    figure.add_scatter(
        x=shares,
        y=lines[0],
        mode="lines+markers",
        line={"color": MAP, "width": 3},
        name=_("this map"),
        hovertemplate="%{x:.0%} → %{y:.3f}<extra></extra>",
    )
    figure.update_layout(
        height=HEIGHT_PX,
        margin={"l": 0, "r": 8, "t": 8, "b": 0},
        separators=numbers.separators(),
        legend={"orientation": "h", "y": -0.3, "x": 0, "font": {"size": 12}},
        xaxis={"title": _("share of the cells"), "fixedrange": True, "tickformat": ".0%"},
        yaxis={"title": _("score"), "fixedrange": True},
    )
    return figure
