"""Calibration: a reliability diagram, its error with a band, the confidence of right and wrong answers."""

import numpy as np
import streamlit as st

from components.data.measured import Measured
from components.words import numbers
from components.words.i18n import _
from compute.measure.classes import LOGITS
from engine.arrays import Bools, Floats
from engine.evaluation.calibration import Reliability, reliability
from engine.evaluation.temperature import fit_temperature

HEIGHT_PX, BINS = 300, 20
RIGHT, WRONG = "#2a93ab", "#c05800"


def show_calibration(found: Measured) -> Reliability:
    """Diagram and histogram side by side, of the images whose class is known; what the diagram shows."""
    truth = found.ints("truth")
    known = truth >= 0
    confidence, right = found.floats("probability")[known], (found.ints("prediction") == truth)[known]
    figures = reliability(np.clip(confidence, 0, 1), right)
    diagram, histogram = st.columns(2, gap="medium")
    with diagram:
        st.subheader(_("Reliability"), anchor=False)
        _draw(figures)
        st.markdown(_said(figures))
        _show_temperature(found)
    with histogram:
        st.subheader(_("Confidence"), anchor=False)
        _draw_histogram(confidence, right)
    return figures


def _said(figures: Reliability) -> str:
    """The error in a sentence, against what chance alone shows."""
    low, high = figures.error.interval
    text = _("Expected calibration error **{error}** (95 %: {low} to {high}).").format(
        error=numbers.decimal(figures.error.value, 3),
        low=numbers.decimal(low, 3),
        high=numbers.decimal(high, 3),
    )
    chance = _("A calibrated model shows {noise} on so many images.")
    if not figures.is_miscalibrated:
        chance = _("A calibrated model shows {noise} on so many images: no fault can be seen.")
    return text + " " + chance.format(noise=numbers.decimal(figures.noise, 3))


def _show_temperature(found: Measured) -> None:
    if not st.toggle(_("Temperature that would correct it"), key="temperature"):
        return
    positions, logits = found.view.heavy(LOGITS)
    truths = dict(zip(found.positions.tolist(), found.ints("truth").tolist(), strict=True))
    truth = np.array([truths.get(place, -1) for place in positions.tolist()], np.int64)
    fit = fit_temperature(logits, truth)
    text = _("Dividing the logits by **{temperature}** moves the error from {before} to {after}.")
    st.markdown(
        text.format(
            temperature=numbers.decimal(fit.temperature, 2),
            before=numbers.decimal(fit.before.error.value, 3),
            after=numbers.decimal(fit.after.error.value, 3),
        )
    )
    st.caption(_("Each half of the images was scaled with the temperature of the other half."))


def _draw(figures: Reliability) -> None:
    import plotly.graph_objects as go

    low, high = (np.abs(figures.intervals[:, end] - figures.accuracy) for end in (0, 1))
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"dash": "dot", "color": "gray"},
        hoverinfo="skip",
        showlegend=False,
    )
    figure.add_scatter(
        x=figures.confidence,
        y=figures.accuracy,
        mode="lines+markers",
        error_y={"type": "data", "symmetric": False, "array": high, "arrayminus": low, "width": 3},
        marker={"color": RIGHT, "size": 7},
        customdata=figures.counts,
        hovertemplate="%{x:.2f} → %{y:.2f} (%{customdata})<extra></extra>",
        showlegend=False,
    )
    _lay_out(figure, _("confidence"), _("share that is right"))
    figure.update_yaxes(range=[0, 1.02])
    figure.update_xaxes(range=[0, 1.02])
    words = _("Reliability diagram: points below the dotted line are answers that are too sure.")
    st.plotly_chart(figure, key="reliability", config={"displayModeBar": False}, alt=words)
    st.caption(words)


def _draw_histogram(confidence: Floats, right: Bools) -> None:
    import plotly.graph_objects as go

    edges = np.linspace(0, 1, BINS + 1)
    bars = {"x": (edges[1:] + edges[:-1]) / 2, "width": 1 / BINS}
    figure = go.Figure()
    for kept, name, colour in ((right, _("right"), RIGHT), (~right, _("wrong"), WRONG)):
        counts = np.histogram(confidence[kept], edges)[0]
        figure.add_bar(**bars, y=counts, name=name, marker_color=colour)
    _lay_out(figure, _("confidence"), _("images"))
    figure.update_layout(barmode="stack", bargap=0, legend={"orientation": "h", "y": 1.15, "x": 0})
    figure.update_xaxes(range=[0, 1.02])
    words = _("How confident the model is in right and in wrong answers.")
    st.plotly_chart(figure, key="confidence", config={"displayModeBar": False}, alt=words)
    st.caption(words)


def _lay_out(figure: object, across: str, up: str) -> None:
    from plotly.graph_objects import Figure

    assert isinstance(figure, Figure)
    figure.update_layout(
        height=HEIGHT_PX,
        margin={"l": 0, "r": 8, "t": 8, "b": 0},
        separators=numbers.separators(),
        xaxis={"title": across, "fixedrange": True},
        yaxis={"title": up, "fixedrange": True},
    )
