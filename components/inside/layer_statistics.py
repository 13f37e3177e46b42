"""Statistics of a layer: how much of it is dead, how its values are distributed; with their downloads."""

import re

import numpy as np
import streamlit as st

from components.inside.channel_sheet import AFTER, BEFORE, PictureChannels, side_title
from components.session.files import offer_files
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from engine.features import LayerFacts
from engine.npz import npz_of
from engine.visualise.channels import Channels, channel_csv

COLOURS = {"after": "#2a93ab", "before": "#c07f00"}
HEIGHT_PX = 260


def show_statistics(seen: PictureChannels, facts: LayerFacts) -> None:
    """Dead channels, activity and range in one line; below it how often values occur."""
    st.subheader(_("Layer statistics: {picture}").format(picture=as_text(_(seen.picture.name))), anchor=False)
    st.markdown(figures_text(seen.sides[AFTER]))
    _show_distribution(seen, facts)


def figures_text(channels: Channels) -> str:
    """A layer in one sentence or two."""
    found = channels.figures()
    dead = int(found["dead channels"])
    text = _(
        "**{dead}** of {count} channels ({share}) have no positive value on this image. On "
        "average, **{active}** of the cells are positive; values range from {low} to {high}."
    )
    reach = max(abs(found["minimum"]), abs(found["maximum"]))
    return text.format(
        dead=numbers.count(dead),
        count=numbers.count(channels.count),
        share=numbers.share(dead / channels.count),
        active=numbers.share(found["active places"]),
        low=numbers.raw(found["minimum"], reach),
        high=numbers.raw(found["maximum"], reach),
    )


def _show_distribution(seen: PictureChannels, facts: LayerFacts) -> None:
    import plotly.graph_objects as go

    figure = go.Figure()
    for side in (side for side in (BEFORE, AFTER) if side in seen.sides):
        found = seen.sides[side].distribution
        centres = (found.edges[1:] + found.edges[:-1]) / 2
        name = side_title(facts, side)
        figure.add_bar(
            x=centres,
            y=found.shares,
            width=np.diff(found.edges),
            name=name,
            marker_color=COLOURS[side],
            opacity=0.65,
            marker_line_width=0,
        )
    figure.update_layout(
        height=HEIGHT_PX,
        margin={"l": 0, "r": 8, "t": 8, "b": 0},
        separators=numbers.separators(),
        barmode="overlay",
        bargap=0,
        xaxis={"title": _("value")},
        yaxis={"title": _("share of values"), "type": "log", "tickformat": ".3~%"},
        legend={"orientation": "h", "y": 1.15, "x": 0},
        showlegend=len(seen.sides) > 1,
    )
    words = _("Distribution of the layer's values, on a logarithmic scale.")
    st.plotly_chart(figure, key="distribution", config={"displayModeBar": False}, alt=words)
    st.caption(words)


def offer_maps(seen: PictureChannels, facts: LayerFacts) -> None:
    """Two buttons: all values of the layer, and the table of its channels."""
    stem = "vitrine-features-" + re.sub(r"[^a-z0-9]+", "-", facts.name.lower()).strip("-")
    values = {side: channels.values for side, channels in seen.sides.items()}
    files = (
        ("get-npz", _("Values (NPZ)"), "npz", lambda: npz_of(values)),
        ("get-csv", _("Channels (CSV)"), "csv", lambda: channel_csv(seen.sides[AFTER]).encode()),
    )
    with st.container(horizontal=True):
        offer_files(stem, files)
