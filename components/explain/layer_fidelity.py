"""Fidelity by depth: how true the map of each layer is, beside what random maps reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from components.ask.rows import Row
from components.explain.method_grades import judge_of_row
from components.grades.fidelity_chip import fidelity_of
from components.grades.on_demand import Jobs, show_on_demand
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from compute.work.maps import MapOrder
from compute.work.perturbation import PerturbationOrder, PerturbationSpec, PerturbationView
from engine.errors import GradeError
from engine.explanation import Explanation
from engine.target_sets import TargetIndex
from engine.trust.pass_params import CommonParams
from engine.trust.table import COMMON

if TYPE_CHECKING:
    from engine.trust.fidelity import Fidelity

HEIGHT_PX = 300
LINE, LEVEL = "#2a93ab", "rgba(128,128,128,0.25)"
NORMAL_95 = 1.96


def depth_orders(row: Row) -> tuple[MapOrder[Any], ...]:
    """The runs that judge layers, if none are paid: those that all grades of the image share."""
    choice, prediction = row.contender.choice, row.contender.prediction
    spec = PerturbationSpec(choice.ref, COMMON, CommonParams())
    return (PerturbationOrder(spec, prediction, choice.seen),)


def show_depth(row: Row, maps: Mapping[str, Explanation]) -> None:
    """A chart of the fidelity of each layer's map, or a way to get it.

    Args:
        row: what the maps are about.
        maps: by layer, from input to output.
    """
    if row.wanted is None or len(maps) < 2:
        return
    with st.expander(_("Fidelity by depth: which layer is true?"), key="layer-fidelity"):
        judge = judge_of_row(row)
        if judge is not None and judge.runs is not None:
            _show_chart(judge.wanted, row.title, maps, judge.runs)
            return
        st.markdown(
            _("Parts of the image are hidden by chance, and the map of each layer predicts the score.")
        )
        show_on_demand(depth_orders(row), _("Grade all layers"), partial(_show, row.wanted, row.title, maps))


def _show(wanted: TargetIndex, title: str, maps: Mapping[str, Explanation], jobs: Jobs) -> None:
    _show_chart(wanted, title, maps, jobs[0].view)


def _show_chart(
    wanted: TargetIndex, title: str, maps: Mapping[str, Explanation], view: PerturbationView
) -> None:
    found = {layer: fidelity_of(explanation, view, wanted) for layer, explanation in maps.items()}
    known = {layer: one for layer, one in found.items() if not isinstance(one, GradeError)}
    st.markdown(f"**{as_text(title)}**")
    if known:
        config = {"displayModeBar": False}
        text = _("Fidelity of each layer's map, with its band, over the level of random maps.")
        st.plotly_chart(_figure(known), key="depth-chart", config=config, alt=text)
        runs = next(iter(known.values())).runs
        st.caption(
            _(
                "Rank correlation with the score over {runs} model evaluations; bars are 95 % bands. "
                "In the grey area, 95 of 100 random maps fall."
            ).format(runs=numbers.count(runs))
        )
    for layer in found.keys() - known.keys():
        reason = _(found[layer].text).format(**found[layer].values)
        st.caption(_("**{name}**: {text}").format(name=as_text(layer), text=as_text(reason)))


def _figure(known: Mapping[str, Fidelity]) -> Any:
    import plotly.graph_objects as go

    layers, found = list(known), list(known.values())
    level = [NORMAL_95 * one.random_spread for one in found]
    figure = go.Figure()
    for side, fill in ((1, None), (-1, "tonexty")):
        figure.add_scatter(
            x=layers,
            y=[side * one for one in level],
            mode="lines",
            line={"width": 0},
            fill=fill,
            fillcolor=LEVEL,
            hoverinfo="skip",
            showlegend=fill is not None,
            name=_("random maps"),
        )
    low, high = ([_or(end, one) for end, one in zip(ends, found, strict=True)] for ends in _ends(found))
    figure.add_scatter(
        x=layers,
        y=[one.value for one in found],
        mode="lines+markers",
        line={"color": LINE, "width": 2},
        marker={"size": 9},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [end - one.value for one, end in zip(found, high, strict=True)],
            "arrayminus": [one.value - end for one, end in zip(found, low, strict=True)],
        },
        name=_("fidelity"),
        hovertemplate="%{x}: %{y:.2f}<extra></extra>",
    )
    figure.update_layout(
        height=HEIGHT_PX,
        margin={"l": 0, "r": 8, "t": 8, "b": 0},
        separators=numbers.separators(),
        legend={"orientation": "h", "y": 1.12, "x": 0, "font": {"size": 12}},
        xaxis={"fixedrange": True, "type": "category", "automargin": True},
        yaxis={"title": _("fidelity"), "fixedrange": True, "zeroline": True},
    )
    return figure


def _ends(found: Sequence[Fidelity]) -> tuple[list[float | None], list[float | None]]:
    return [one.lower for one in found], [one.upper for one in found]


def _or(end: float | None, one: Fidelity) -> float:
    """The end of a band; without one the value itself."""
    return one.value if end is None else end
