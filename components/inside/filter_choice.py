"""Choice of the filters that are drawn, a layer or the classes, by page or number, and of how."""

from dataclasses import dataclass

import streamlit as st

from components.ask.layers import best_layer
from components.ask.params_form import params_form
from components.session.choosing import choose_from_list, choose_one
from components.session.guard import attempt, say
from components.session.keys import DRAWN, DRAWN_ONLY, DRAWN_PAGE, DRAWN_PER, recall, remember
from components.words.i18n import _
from compute.work.predict import Prediction
from engine.errors import VitrineError
from engine.filters import OUTPUT, FilterParams, parse_channels

PER_PAGE = (16, 32, 64)


@dataclass(frozen=True)
class FilterChoice:
    """What is drawn.

    Attributes:
        layer: name of a target layer, or ``OUTPUT``.
        channels: their numbers; empty where what was typed means none.
        params: how.
    """

    layer: str
    channels: tuple[int, ...]
    params: FilterParams


def choose_filters(prediction: Prediction) -> FilterChoice:
    """Draw the lists, and say what is chosen."""
    counts = {target_layer.name: target_layer.channels for target_layer in prediction.target_layers} | {
        OUTPUT: len(prediction.facts.labels)
    }
    left, middle, right = st.columns([2, 1, 1], vertical_alignment="bottom")
    with left:
        layer = _choose_layer(counts, best_layer(prediction) or OUTPUT)
    only = right.text_input(
        _("Or specific channels"), key=DRAWN_ONLY, bind="query-params", placeholder=_("for example 0-15, 20")
    )
    with middle:
        per = choose_one(DRAWN_PER, _("Per page"), PER_PAGE, str, PER_PAGE[0])
    channels = _typed(only, counts[layer]) if only else _page(counts[layer], per)
    with st.expander(_("Optimisation settings")):
        params = params_form(FilterParams, "filter-")
    return FilterChoice(layer, channels, params)


def _choose_layer(counts: dict[str, int], best: str) -> str:
    def title(name: str) -> str:
        text = _("classes · {count}") if name == OUTPUT else _("{layer} · {count} channels")
        return text.format(layer=name, count=counts[name])

    return choose_from_list(DRAWN, _("Layer"), list(counts), title, index=list(counts).index(best))


def _page(count: int, per: int) -> tuple[int, ...]:
    """The channels of one page."""
    pages = -(-count // per)
    if not 1 <= recall(DRAWN_PAGE, 1) <= pages:
        remember(DRAWN_PAGE, 1)
    number = 1
    if pages > 1:
        label = _("Page, of {pages}").format(pages=pages)
        with st.columns([1, 3])[0]:
            number = st.number_input(label, 1, pages, 1, 1, key=DRAWN_PAGE, bind="query-params")
    return tuple(range((number - 1) * per, min(number * per, count)))


def _typed(text: str, count: int) -> tuple[int, ...]:
    found = attempt(parse_channels, text, count)
    if isinstance(found, VitrineError):
        say(found)
        return ()
    return found
