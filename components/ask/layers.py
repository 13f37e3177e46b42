"""Layers of a network: its best one, those worth looking at, and the choice of one, step by step."""

from collections.abc import Sequence

import streamlit as st

from components.session.choosing import choose_from_list, choose_one
from components.session.keys import LAYER, STEPS, remember
from components.words.i18n import _, plural
from compute.work.predict import Prediction
from engine.features import LayerFacts
from engine.gradients.target_layers import ALL, USUAL

ATTENTION = "attention"


def best_layer(prediction: Prediction) -> str:
    """The layer that suits the model best."""
    return next((target_layer.name for target_layer in prediction.target_layers if target_layer.best), "")


def usual_layers(prediction: Prediction) -> list[str]:
    """Layers that are worth looking at, from input to output."""
    return [
        target_layer.name
        for target_layer in prediction.target_layers
        if target_layer.usual or target_layer.best
    ]


def choose_step(layers: Sequence[LayerFacts], prediction: Prediction) -> LayerFacts:
    """Draw the list of layers, with buttons that go one step on or back; the layer that is chosen."""
    groups = _groups(layers, prediction)
    left, middle, right = st.columns([3, 4, 2], vertical_alignment="bottom")
    with left:
        group = _choose_group(groups)
    steps = {facts.name: facts for facts in groups[group]}
    with middle:
        name = _layer_list(steps, best_layer(prediction))
    names = list(steps)
    with right, st.container(horizontal=True):
        for label, there, key in (
            (_("Back"), names.index(name) - 1, "step-back"),
            (_("Next"), names.index(name) + 1, "step-next"),
        ):
            inside = 0 <= there < len(names)
            st.button(
                label,
                key=key,
                disabled=not inside,
                on_click=remember,
                args=(LAYER, names[there] if inside else name),
            )
    return steps[name]


def step_title(facts: LayerFacts) -> str:
    """A layer with the size of its maps: stage 1 · Stage · 64 x 128 x 24."""
    rows, columns, count = facts.shape_hwk
    if facts.attends:
        text = plural(
            "{name} · {rows} x {columns}, {heads} head", "{name} · {rows} x {columns}, {heads} heads", count
        )
        return text.format(name=facts.name, rows=rows, columns=columns, heads=count)
    activation = f" · {facts.activation}" if facts.activation and facts.activation != facts.kind else ""
    return f"{facts.name} · {_(facts.kind)}{activation} · {rows} x {columns} x {count}"


def _groups(layers: Sequence[LayerFacts], prediction: Prediction) -> dict[str, list[LayerFacts]]:
    """Layers by what they are good for; no group is empty."""
    usual = usual_layers(prediction)
    found = {
        USUAL: [facts for facts in layers if facts.name in usual],
        ATTENTION: [facts for facts in layers if facts.attends],
        ALL: list(layers),
    }
    return {key: group for key, group in found.items() if group}


def _choose_group(groups: dict[str, list[LayerFacts]]) -> str:

    def title(group: str) -> str:
        return {
            USUAL: _("Key layers"),
            ATTENTION: _("Attention"),
            ALL: _("All {count}").format(count=len(groups[ALL])),
        }[group]

    return choose_one(STEPS, _("Layers"), list(groups), title, next(iter(groups)))


def _layer_list(steps: dict[str, LayerFacts], best: str) -> str:
    names = list(steps)
    first = names.index(best) if best in steps else 0
    return choose_from_list(LAYER, _("Layer"), names, lambda name: step_title(steps[name]), index=first)
