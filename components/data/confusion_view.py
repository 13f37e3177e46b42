"""Confusion matrix: a cell selects the images in it."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from components.words import numbers
from components.words.i18n import _
from engine.arrays import AnyInts, Indices
from engine.evaluation.classification import ClassificationFigures

MOST_DRAWN = 20
"""Classes of a matrix that is drawn; of more there is only the list."""
CELL_PX, FRAME_PX = 26, 150
MOST_PAIRS = 200
OnSelect = Callable[[int, int], object]
"""Told the classes of truth and prediction that were chosen."""


def show_confusions(figures: ClassificationFigures, select: OnSelect) -> None:
    """The matrix, and the pairs that are mixed up most often as a list that says the same."""
    shown = np.flatnonzero(figures.matrix.sum(0) + figures.matrix.sum(1))
    matrix, listed = st.columns([3, 2], gap="medium")
    if len(shown) <= MOST_DRAWN:
        with matrix:
            _draw(figures, shown, select)
    with listed if len(shown) <= MOST_DRAWN else st.container():
        _list_pairs(figures, select)


def _draw(figures: ClassificationFigures, shown: Indices, select: OnSelect) -> None:
    import plotly.graph_objects as go

    counts = figures.matrix[np.ix_(shown, shown)]
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    names = [figures.names[place] for place in shown.tolist()]
    rows, columns = np.divmod(np.arange(counts.size), len(shown))
    look = {"zmin": 0, "zmax": 1, "colorscale": "Blues", "showscale": False, "hoverinfo": "skip"}
    figure = go.Figure(go.Heatmap(z=shares, x=names, y=names, **look))
    cells = [_("{count} of {total}").format(count=count, total=total) for count, total in _cells(counts)]
    said = _("Truth {truth}, predicted {prediction}: {images}")
    said = said.format(truth="%{y}", prediction="%{x}", images="%{customdata}")
    figure.add_scatter(  # what can be clicked: a heat map cannot
        x=[names[place] for place in columns],
        y=[names[place] for place in rows],
        mode="markers+text",
        text=[numbers.count(count) if count else "" for count in counts.ravel().tolist()],
        textfont={"color": np.where(shares.ravel() > 0.5, "white", "#16323b").tolist(), "size": 12},
        marker={"size": CELL_PX - 6, "opacity": 0, "symbol": "square"},
        customdata=cells,
        hovertemplate=f"{said}<extra></extra>",
        showlegend=False,
    )
    figure.update_layout(
        height=CELL_PX * len(shown) + FRAME_PX,
        margin={"l": 0, "r": 8, "t": 8, "b": 0},
        xaxis={"title": _("Predicted class"), "type": "category", "fixedrange": True, "showgrid": False},
        yaxis={
            "title": _("True class"),
            "type": "category",
            "autorange": "reversed",
            "fixedrange": True,
            "showgrid": False,
        },
        plot_bgcolor="#f7fbff",
    )
    words = _("Confusion matrix: rows are the truth, columns the prediction.")
    chosen = st.plotly_chart(
        figure,
        key="confusion",
        on_select="rerun",
        selection_mode="points",
        config={"displayModeBar": False},
        alt=words,
    )
    st.caption(words + " " + _("A click on a cell selects its images."))
    for point in chosen["selection"]["points"][:1]:
        place = int(point["point_index"])
        select(int(shown[place // len(shown)]), int(shown[place % len(shown)]))


def _cells(counts: AnyInts) -> list[tuple[str, str]]:
    """Each cell and the sum of its row."""
    totals = np.broadcast_to(counts.sum(1, keepdims=True), counts.shape)
    pairs = zip(counts.ravel().tolist(), totals.ravel().tolist(), strict=True)
    return [(numbers.count(count), numbers.count(total)) for count, total in pairs]


def _list_pairs(figures: ClassificationFigures, select: OnSelect) -> None:
    wrong = figures.matrix.copy()
    np.fill_diagonal(wrong, 0)
    truth, predicted = np.nonzero(wrong)
    order = np.argsort(-wrong[truth, predicted], kind="stable")[:MOST_PAIRS]
    if not len(order):
        st.success(_("No image is misclassified."))
        return
    truth, predicted = truth[order], predicted[order]
    counts = wrong[truth, predicted]
    table = {
        _("True class"): [figures.names[place] for place in truth.tolist()],
        _("Predicted class"): [figures.names[place] for place in predicted.tolist()],
        _("Images"): counts.tolist(),
        _("Share of class"): (counts / figures.matrix[truth].sum(1)).tolist(),
    }
    share = st.column_config.NumberColumn(help=_("Of the images of the true class."), format="percent")
    st.markdown(_("**Most frequent confusions.** Select one to see its images."))
    chosen = st.dataframe(
        table,
        hide_index=True,
        height=360 if len(order) > 9 else "auto",
        column_config={_("Share of class"): share},
        on_select="rerun",
        selection_mode="single-row",
        key="pairs",
    )
    for row in chosen["selection"]["rows"][:1]:
        if row < len(order):
            select(int(truth[row]), int(predicted[row]))
