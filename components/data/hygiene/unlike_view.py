"""Images unlike the rest: far from their nearest neighbours in the features of a layer."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from components.ask.layers import best_layer
from components.data.choice import DataChoice
from components.data.hygiene.tiles import ImageTile, offer_selection, show_tiles
from components.data.measured import answers_of, measure_order, measures_of
from components.data.reported import offer_data_table
from components.jobs.predictions import prediction_of
from components.session.choice import current_choice
from components.session.choosing import choose_from_list
from components.session.keys import LAYER
from components.words import numbers
from components.words.i18n import _, plural
from compute.measure.checks import UNLIKE, CheckOrder, CheckTable
from compute.measure.features import FEATURES, LayerFeatures
from data_store.base.words import Item
from engine.arrays import Reals
from engine.evaluation.hygiene.outliers import NEAREST, Outliers

SHOWN, LISTED, BINS = 48, 1000, 40
HEIGHT_PX = 240
INK, MARK = "#2a93ab", "#c05800"


def show_unlike(choice: DataChoice, page: str) -> None:
    """Choose a layer; then the images that are farthest, and the distances of all."""
    prediction = prediction_of(current_choice())
    if prediction is None:
        return
    layers = [layer.name for layer in prediction.target_layers]
    if not layers:
        st.info(_("This model has no layer whose features could be compared."))
        return
    first = layers.index(best_layer(prediction)) if best_layer(prediction) in layers else 0
    layer = choose_from_list(LAYER, _("Layer"), layers, index=first, width=220)
    views = measures_of(choice, [measure_order(LayerFeatures(choice.refs[0], layer), choice)])
    if views is None:
        return
    positions, features = views[0].heavy(FEATURES)
    answers = answers_of([CheckOrder(UNLIKE, CheckTable(features))])
    result = None if answers is None else answers[0].result()
    if isinstance(result, Outliers):
        items = [views[0].order.items[place] for place in positions[result.rows].tolist()]
        _show(choice, result, items, page)


def _show(choice: DataChoice, result: Outliers, items: Sequence[Item], page: str) -> None:
    count = int(result.is_unlike.sum())
    if count:
        text = plural(
            "**{count}** image is unlike the rest.", "**{count}** images are unlike the rest.", count
        )
        st.markdown(text.format(count=numbers.count(count)))
    else:
        st.success(_("No image is farther from its neighbours than chance explains."))
    left, right = st.columns([2, 1], gap="medium", vertical_alignment="center")
    with left:
        _draw_distances(result)
    with right:
        about = _(
            "The mean distance to the {nearest} nearest images, by the features of the layer. ● is farther "
            "than the spread of the others explains: a hint, not a test."
        )
        st.caption(about.format(nearest=min(NEAREST, result.neighbours.shape[1])))
        if count:
            offer_selection(_("Images unlike the rest"), choice.data, items[:count], page)
    shown = items[: max(count, SHOWN)][:LISTED]
    table = {
        _("Image"): [item.id for item in shown],
        _("Distance"): result.distances[: len(shown)].tolist(),
        _("Unlike the rest"): ["●" * one for one in result.is_unlike[: len(shown)].tolist()],
    }
    offer_data_table(choice, _("Images unlike the rest"), table, "unlike")
    show_tiles(choice.data, _tiles(choice, shown, result), "unlike")


def _tiles(choice: DataChoice, items: Sequence[Item], result: Outliers) -> list[ImageTile]:
    tiles = []
    for item, distance, is_unlike in zip(
        items, result.distances.tolist(), result.is_unlike.tolist(), strict=False
    ):
        said = _("Distance {value}").format(value=numbers.general(distance, 3)) + " ●" * is_unlike
        label = [] if item.label is None else [choice.data.labels[item.label]]
        tiles.append(ImageTile(item, (said, *label)))
    return tiles


def _draw_distances(result: Outliers) -> None:
    import plotly.graph_objects as go

    logs = np.log10(np.maximum(result.distances, _least(result.distances)))
    counts, edges = np.histogram(logs, BINS)
    centres = (edges[1:] + edges[:-1]) / 2
    figure = go.Figure(go.Bar(x=10**centres, y=counts, width=10 ** edges[1:] - 10 ** edges[:-1]))
    figure.update_traces(marker_color=INK, hoverinfo="skip")
    beyond = result.distances[result.is_unlike]
    if len(beyond):
        figure.add_vline(x=float(beyond[-1]), line={"color": MARK, "dash": "dot"})
    figure.update_layout(
        height=HEIGHT_PX,
        margin={"l": 0, "r": 8, "t": 8, "b": 0},
        bargap=0,
        separators=numbers.separators(),
        xaxis={"title": _("distance"), "type": "log", "fixedrange": True},
        yaxis={"title": _("images"), "fixedrange": True},
    )
    words = _("How far the images are from their nearest neighbours.")
    st.plotly_chart(figure, key="distances", config={"displayModeBar": False}, alt=words)


def _least(distances: Reals) -> float:
    """The smallest distance that has a logarithm."""
    positive = distances[distances > 0]
    return float(positive.min()) if len(positive) else 1.0
