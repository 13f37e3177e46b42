"""The numbers and sentences that belong to a map, whatever method it comes from."""

from collections.abc import Callable

import streamlit as st

from components.words import numbers
from components.words.i18n import _
from engine.explanation import Explanation
from engine.methods import get_method
from engine.perturbation.methods.params import EXACT_COALITIONS
from engine.phrase import later

_FIGURES: dict[str, tuple[str, Callable[[float], str]]] = {
    "raw maximum": (later("raw maximum {value}"), lambda value: numbers.raw(value, value)),
    "removed by ReLU": (later("removed by ReLU {value}"), numbers.share),
    "completeness gap": (later("completeness gap {value}"), numbers.share),
    "R2": (later("R2 of the local model {value}"), numbers.probability),
    "designs": (later("{value} samples"), lambda value: numbers.count(int(value))),
    "draft designs": (later("draft from {value} samples"), lambda value: numbers.count(int(value))),
    "superpixels": (later("{value} superpixels"), lambda value: numbers.count(int(value))),
    EXACT_COALITIONS: (
        later("exact: all {value} coalitions evaluated"),
        lambda value: numbers.count(int(value)),
    ),
}
"""How a figure of an explanation is said; others are for the manifest only."""


def figures_line(explanation: Explanation, with_layer: bool = True) -> str:
    """The numbers of a map in one line: its layer, its raw maximum, its fit, its stability."""
    layer = explanation.params.get("layer") if with_layer else None
    said = [_("layer {layer}").format(layer=layer)] if layer else []
    said += [
        _(text).format(value=write(explanation.figures[name]))
        for name, (text, write) in _FIGURES.items()
        if name in explanation.figures
    ]
    if explanation.stability is not None:
        said.append(_("stability {value}").format(value=numbers.probability(explanation.stability)))
    return " · ".join(said)


def show_reading(explanation: Explanation) -> None:
    """How to read a map, what it does not say, and who published the method."""
    method = get_method(explanation.method)
    with st.expander(_("How to read this")):
        st.markdown(_("**{name}**: {text}").format(name=_("A value"), text=_(method.measures)))
        st.markdown(" ".join(_(text) for text in method.how_to_read))
        st.markdown("\n".join(f"- {_(text)}" for text in method.caveats))
        st.caption(f"{_(method.title)}. [{method.paper} ({method.year})]({method.url})")
