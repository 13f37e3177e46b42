"""Columns of a comparison: the methods that a page puts side by side, with their settings."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.ask.layers import best_layer, usual_layers
from components.ask.methods import fitting_methods
from components.ask.params_form import params_form
from components.ask.rows import Contender
from components.ask.superpixel_preview import show_method_preview
from components.session.choosing import by_title, choose_on_scale, choose_several
from components.session.keys import COLUMNS, LAYER, SETTINGS
from components.words.i18n import _
from engine.method import Method
from engine.params import Params


@dataclass(frozen=True)
class Column:
    """A method with its parameters.

    Attributes:
        method, params: which map is wanted.
        asked: whether it may be computed; otherwise only its cost is said.
        below: the place below the form of its parameters.
    """

    method: Method
    params: Params
    asked: bool = True
    below: DeltaGenerator | None = None


MethodSettings = dict[type[Params], "tuple[Params, DeltaGenerator | None]"]
"""Parameters of each kind with the place below their form, if anybody sees it."""

FIRST = ("lime", "gradcam", "gradcam++")


def choose_columns(models: Sequence[Contender]) -> list[Column]:
    """The methods that are compared: those of the table that fit the first model, each once."""
    fitting = fitting_methods(models[0].prediction)
    first = [key for key in FIRST if key in fitting]
    chosen = choose_several(COLUMNS, _("Methods"), list(fitting), by_title(fitting), first)
    methods = [fitting[key] for key in fitting if key in chosen]
    settings = configure(methods)
    layer = choose_layer(models[0]) if any(hasattr(method.params(), "layer") for method in methods) else ""
    return [column_of(method, settings, layer) for method in methods]


def column_of(method: Method, settings: MethodSettings, layer: str) -> Column:
    """A method with its parameters, and with the layer where they have one."""
    params, below = settings[method.params]
    return Column(method, replace(params, layer=layer) if hasattr(params, "layer") else params, below=below)  # type: ignore[call-arg]


def choose_layer(model: Contender) -> str:
    """The layer of methods that read one; a second model is read at that of the same name, or its best."""
    names, best = usual_layers(model.prediction), best_layer(model.prediction)
    return choose_on_scale(LAYER, _("Target layer"), names, best)


def configure(methods: Sequence[Method]) -> MethodSettings:
    """One form for each kind of parameters, named after its methods, and, if opened, the place below it."""
    sharing: dict[type[Params], list[Method]] = {}
    for method in methods:
        sharing.setdefault(method.params, []).append(method)
    if not sharing:
        return {}
    names = [", ".join(_(method.title) for method in those) for those in sharing.values()]
    with st.expander(_("Settings"), key=SETTINGS, on_change="rerun") as opened:
        return {
            kind: _form(kind, tab, bool(opened.open))
            for kind, tab in zip(sharing, st.tabs(names), strict=True)
        }


def _form(kind: type[Params], place: DeltaGenerator, seen: bool) -> tuple[Params, DeltaGenerator | None]:
    with place:
        return params_form(kind, f"{prefix_of(kind)}-"), st.container() if seen else None


def show_previews(columns: Sequence[Column], model: Contender) -> None:
    """What methods show before anything is paid, below their forms; drawn once the maps are ordered."""
    for column in columns:
        if column.below is not None:
            with column.below:
                show_method_preview(model, column.method, column.params)


def prefix_of(kind: type[Params]) -> str:
    """Prefix of the widgets of a kind of parameters: lime, cam, sobol."""
    return kind.__name__.removesuffix("Params").lower()
