"""Eigenvalues of the maps against those of maps without groups, as a chart and in words."""

import numpy as np
import streamlit as st

from components.words import numbers
from components.words.i18n import _
from engine.strategies.clusters import MOST_ACROSS, MapClusters

MAPS, SHUFFLED, NORMAL = "#1f77b4", "#8c8c8c", "#e8710a"
HEIGHT_PX = 260


def show_eigenvalues(found: MapClusters) -> None:
    """Why there are so many groups."""
    with st.expander(_("Why this many groups")):
        _draw(found)
        st.caption(
            _("Each map is linked to its nearest ones. Small eigenvalues mean groups that few links connect.")
        )
        text = _("{share} of the links lead from one group to another; at most {most} may.")
        st.caption(text.format(share=numbers.share(found.across), most=numbers.share(MOST_ACROSS)))


def _draw(found: MapClusters) -> None:
    import plotly.graph_objects as go

    values, nulls = found.counted.values, found.counted.nulls
    places = list(range(1, len(values) + 1))
    figure = go.Figure()
    kinds = ((_("shuffled maps"), SHUFFLED), (_("normal maps"), NORMAL))
    for (name, colour), drawn in zip(kinds, nulls, strict=True):
        low, middle, high = (read(drawn, axis=0) for read in (np.min, np.mean, np.max))
        ends = {"array": high - middle, "arrayminus": middle - low, "symmetric": False, "width": 3}
        line = {"color": colour, "dash": "dot"}
        figure.add_scatter(x=places, y=middle, error_y=ends, line=line, name=name, mode="lines+markers")
    figure.add_scatter(
        x=places,
        y=values,
        line={"color": MAPS},
        marker={"size": 9},
        name=_("these maps"),
        mode="lines+markers",
    )
    if len(found.clusters) > 1:
        figure.add_vline(x=len(found.clusters) + 0.5, line_dash="dash", line_color="gray")
    figure.update_layout(
        height=HEIGHT_PX,
        margin={"l": 0, "r": 8, "t": 8, "b": 0},
        separators=numbers.separators(),
        xaxis={"title": _("number of groups"), "fixedrange": True, "dtick": 1},
        yaxis={"title": _("eigenvalue"), "fixedrange": True, "rangemode": "tozero"},
        legend={"orientation": "h", "y": 1.15, "x": 0},
    )
    words = _(
        "Eigenvalues of these maps against maps without groups; a gap wider than theirs divides groups."
    )
    st.plotly_chart(figure, key="eigenvalues", config={"displayModeBar": False}, alt=words)
    st.caption(words)
