"""Learning curves of runs, side by side."""

from collections.abc import Sequence

import streamlit as st

from components.session.choosing import choose_one
from components.session.guard import attempt, say
from components.session.keys import CURVE
from components.words import numbers
from components.words.i18n import _
from engine.errors import VitrineError
from experiments.columns import Curves, read_curves
from experiments.folders import ListedRun

HEIGHT_PX, TICKS = 280, 12
COLOURS = ("#1f77b4", "#e8710a", "#2a9d5c", "#9467bd", "#8c564b", "#17a2b8")
VALIDATION = "val_"


def show_learning_curves(runs: Sequence[ListedRun]) -> None:
    """A figure for all runs: learnt as a dotted line, on the validation part as a full one."""
    found: dict[str, Curves] = {}
    for run in runs:
        curves = attempt(read_curves, run.folder)
        if isinstance(curves, VitrineError):
            say(curves)
        elif curves:
            found[run.key] = curves
    if not found:
        st.caption(_("These runs have no learning curves."))
        return
    names = sorted({name.removeprefix(VALIDATION) for curves in found.values() for name in curves})
    titles = {"loss": _("Loss"), "accuracy": _("Accuracy"), "miou": _("Mean IoU")}
    titles["learning_rate"] = _("Learning rate")
    first = "loss" if "loss" in names else names[0]
    name = choose_one(CURVE, _("Learning curve"), names, lambda one: titles.get(one, one), first)
    _draw(found, name, titles.get(name, name))


def _draw(found: dict[str, Curves], name: str, title: str) -> None:
    import plotly.graph_objects as go

    figure, longest = go.Figure(), 0
    for colour, (key, curves) in zip(COLOURS, found.items(), strict=False):
        for curve, dash in ((name, "dot"), (VALIDATION + name, "solid")):
            points = curves.get(curve, ())
            if not points:
                continue
            label = _("{run}, validation") if curve != name else _("{run}, training")
            epochs, values = zip(*points, strict=True)
            longest = max(longest, *epochs)
            line = {"color": colour, "dash": dash}
            figure.add_scatter(
                x=epochs, y=values, line=line, name=label.format(run=key), mode="lines+markers"
            )
    figure.update_layout(
        height=HEIGHT_PX,
        margin={"l": 0, "r": 8, "t": 8, "b": 0},
        separators=numbers.separators(),
        xaxis={"title": _("epoch"), "fixedrange": True, "tickformat": "d", "dtick": 1 + longest // TICKS},
        yaxis={"title": title, "fixedrange": True},
        legend={"orientation": "h", "y": -0.3, "x": 0},
    )
    words = _("Learning curves: dotted on the training part, full on the validation part.")
    st.plotly_chart(figure, key="curves", config={"displayModeBar": False}, alt=words)
    st.caption(words)
