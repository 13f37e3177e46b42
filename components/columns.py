"""Which methods a page puts side by side, and with which settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from components.answers import Column
from components.i18n import _
from components.layer_jobs import best_layer, usual_layers
from components.params_form import params_form
from components.rows import Contender
from components.session import COLUMNS, LAYER, keep, recall
from components.superpixel_preview import show_preview
from engine.methods import METHODS
from engine.params import Params

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from engine.method import Method

FIRST = ("lime", "gradcam", "gradcam++")


def choose_columns(models: Sequence[Contender]) -> list[Column]:
    """The methods that are compared: those of the table that fit the first model, each once."""
    fitting = {key: method for key, method in METHODS.items() if models[0].prediction.why_not(method) is None}
    chosen = st.pills(
        _("Methods"),
        list(fitting),
        selection_mode="multi",
        default=[key for key in FIRST if key in fitting],
        format_func=lambda key: _(fitting[key].title),
        key=COLUMNS,
        bind="query-params",
    )
    methods = [fitting[key] for key in fitting if key in chosen]
    settings = configure(methods, models[0])
    layer = choose_layer(models[0]) if any(hasattr(method.params(), "layer") for method in methods) else ""
    return [Column(method, with_layer(layer, settings[method.params])) for method in methods]


def with_layer(layer: str, params: Params) -> Params:
    """Parameters with the layer, where they have one."""
    return replace(params, layer=layer) if hasattr(params, "layer") else params


def choose_layer(model: Contender) -> str:
    """The layer at which a method is read that reads one; a second model is read at its layer of the same name, or at its best."""
    names = usual_layers(model.prediction)
    if recall(LAYER, None) not in (None, *names):
        keep(LAYER, None)
    best = best_layer(model.prediction)
    return (
        st.select_slider(_("Layer of methods that read one"), names, value=best, key=LAYER, bind="query-params") if len(names) > 1 else best
    )


def configure(methods: Sequence[Method], model: Contender) -> dict[type[Params], Params]:
    """One form for each kind of parameters, named after the methods that have it."""
    sharing: dict[type[Params], list[Method]] = {}
    for method in methods:
        sharing.setdefault(method.params, []).append(method)
    if not sharing:
        return {}
    names = [", ".join(_(method.title) for method in those) for those in sharing.values()]
    with st.expander(_("Settings")):
        return {kind: _form(those, model, tab) for (kind, those), tab in zip(sharing.items(), st.tabs(names), strict=True)}


def _form(sharing: Sequence[Method], model: Contender, place: DeltaGenerator) -> Params:
    """The form of methods that have the same parameters, with what there is to see of them before anything is paid."""
    with place:
        kind = sharing[0].params
        made = params_form(kind, f"{prefix_of(kind)}-")
        for method in sharing:
            show_preview(model, method, made)
        return made


def prefix_of(kind: type[Params]) -> str:
    """Prefix of the widgets of a kind of parameters: lime, cam, sobol."""
    return kind.__name__.removesuffix("Params").lower()
