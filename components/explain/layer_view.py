"""One gradient method at all layers: a strip of maps on one raw scale, and one of them large."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import streamlit as st

from components.ask.classes import ask_beside, show_best
from components.ask.layers import best_layer
from components.ask.params_form import params_form
from components.ask.question import ask_about
from components.ask.rows import Contender, Row, zone_row
from components.explain.layer_fidelity import show_depth
from components.explain.map_details import show_large
from components.explain.method_grades import judge_of_row
from components.grades.on_demand import kept_grading
from components.jobs.orders import are_finished, job_of, keep_maps_only
from components.maps.reading import figures_line, show_reading
from components.pieces import picked
from components.pieces.map_sheet import Group, SheetLayout, Tile, map_sheet
from components.pieces.map_view import MapScene
from components.session.choice import Choice
from components.session.choosing import by_title, choose_on_scale, choose_one
from components.session.guard import say
from components.session.keys import DEPTH, EMPTY, LAYER, METHOD, SAME_SCALE, SHEET, remember
from components.session.links import accept_short
from components.session.waiting import wait_for
from components.words.i18n import _
from components.words.plain import as_text
from compute.scheduling.subscription import Subscription
from compute.work.gradient import GradientOrder, GradientSpec, GradientView
from compute.work.kinds import map_kind
from compute.work.predict import Prediction
from engine.explanation import Explanation
from engine.gradients.params import CamParams
from engine.gradients.plan import GradientMethod
from engine.gradients.target_layers import ALL, USUAL
from engine.methods import METHODS, get_method
from engine.visualise.render import Scale
from engine.visualise.scales import common_scale


@dataclass(frozen=True)
class LayerChoice:
    """What is shown of the layers.

    Attributes:
        method: a gradient method.
        params: its parameters but the layer.
        layers: those worth looking at, or all.
        same: one scale for all maps; otherwise each has its own, and a bar says how strong it is.
    """

    method: GradientMethod
    params: CamParams
    layers: str
    same: bool


def ask_layers(choice: Choice, prediction: Prediction) -> list[Row]:
    """What is followed through the layers: a zone, or a class and another one beside it."""
    model = Contender(choice, prediction)
    if prediction.zones is not None:
        return [zone_row(model, ask_about(choice, prediction))]
    classes = ask_beside(prediction)
    show_best(prediction, _(choice.entry.title))
    return [Row(model, index, _(prediction.facts.labels[index])) for index in classes]


def choose_layers(prediction: Prediction) -> LayerChoice:
    """Method, layers and scale."""
    fitting = {
        key: method
        for key, method in METHODS.items()
        if map_kind(method).by_layer and method.why_not(prediction.facts) is None
    }
    show = by_title(fitting)
    accept_short(METHOD, list(fitting), show)
    key = st.pills(
        _("Method"),
        list(fitting),
        default=next(iter(fitting)),
        required=True,
        format_func=show,
        key=METHOD,
        bind="query-params",
    )

    def title(layers: str) -> str:
        return (
            _("Key layers")
            if layers == USUAL
            else _("All {count}").format(count=len(prediction.target_layers))
        )

    layers = choose_one(DEPTH, _("Layers"), (USUAL, ALL), title, USUAL)
    method = get_method(key or next(iter(fitting)), GradientMethod)
    same = st.toggle(_("Common scale"), key=SAME_SCALE, bind="query-params")
    with st.expander(_("Settings of {methods}").format(methods=_(method.title))):
        params = params_form(method.params)
    return LayerChoice(method, params, layers, same)


def show_layers(rows: Sequence[Row], chosen: LayerChoice) -> None:
    """Order the pass, and show the strips as soon as it is there."""
    model = rows[0].contender
    asked = tuple(row.wanted for row in rows if row.wanted is not None)
    reason = (
        rows[0].reason
        if model.prediction.target_layers
        else _("This model has no layer that can be inspected. Please select another one.")
    )
    if not asked or not model.prediction.target_layers:
        keep_maps_only([])
        st.container(key=EMPTY).info(as_text(reason))
        return
    spec = GradientSpec(model.choice.ref, asked, (chosen.layers,))
    order = GradientOrder(spec, model.prediction, model.choice.seen)
    keep_maps_only([order, *kept_grading()])
    job = job_of(order)
    if job is None or not job.finished:
        waiting = _("One forward and one backward pass through all layers ...")
        wait_for(lambda: are_finished([order]), lambda: st.status(waiting))
    elif job.error is not None:
        say(job.error)
    else:
        _show(rows, chosen, job)


def _show(rows: Sequence[Row], chosen: LayerChoice, job: Subscription[GradientView]) -> None:
    picture = rows[0].contender.choice.seen
    maps = [
        job.view.explain_layers(row.wanted, chosen.method.key, chosen.params)
        for row in rows
        if row.wanted is not None
    ]
    names = list(maps[0])
    common = _scale(maps)
    most = max(-common.low, common.high) if chosen.method.across_layers else 0.0
    look = _Look(common if chosen.same else None, most)
    best = best_layer(rows[0].contender.prediction)
    first = best if best in names else names[-1]
    layer = choose_on_scale(LAYER, _("Layer, from input to output"), names, first)
    groups = [
        Group(row.title, tuple(_tile(f"{place}-{name}", name, found[name], row, look) for name in names))
        for place, (row, found) in enumerate(zip(rows, maps, strict=True))
    ]
    bars: Literal["shared", "each"] = "shared" if chosen.same else "each"
    map_sheet(picture, groups, SheetLayout("9.5rem", bars, chosen=f"0-{layer}"), SHEET, _adopt_pick)
    st.subheader(
        _("{method} at {layer}").format(method=_(chosen.method.title), layer=as_text(layer)), anchor=False
    )
    for place, (column, row, found) in enumerate(
        zip(st.columns(max(2, len(rows))), rows, maps, strict=False)
    ):
        with column:
            st.markdown(f"**{as_text(row.title)}**")
            scene = MapScene(found[layer], picture, row.outlines)
            show_large(scene, f"{row.title} {layer}", f"-{place}", SHEET, judge_of_row(row))
    asked = next(row for row in rows if row.wanted is not None)
    show_depth(asked, maps[0])
    show_reading(maps[0][layer])


def _scale(maps: Sequence[dict[str, Explanation]]) -> Scale:
    """One scale for all maps of all rows."""
    return common_scale([explanation for found in maps for explanation in found.values()])


@dataclass(frozen=True)
class _Look:
    """How strips are drawn: the scale of all maps, if they have one, and the greatest value of all, or 0
    where values of two layers cannot be compared.
    """

    scale: Scale | None
    most: float


def _tile(key: str, name: str, explanation: Explanation, row: Row, look: _Look) -> Tile:
    said = "" if explanation.values.any() else _("Zero everywhere.")
    rows, columns = explanation.values.shape
    note = f"{rows} x {columns} · {figures_line(explanation, with_layer=False)}"
    share = float(np.abs(explanation.values).max()) / look.most if look.most else None
    return Tile(
        key, name, explanation, said, note=note, scale=look.scale, outlines=row.outlines, strength=share
    )


def _adopt_pick() -> None:
    """A click on a title moves the slider to the layer that is shown large."""
    wanted = picked(SHEET)
    if wanted:
        remember(LAYER, wanted.partition("-")[2])
