"""Form of a batch: what is asked of each picture, what it costs, and the same as a command."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from components.ask.columns import choose_layer, prefix_of
from components.ask.params_form import params_form
from components.ask.rows import Contender
from components.session.choice import Choice
from components.session.keys import METHOD, TOP, keep, recall
from components.session.links import accept_short
from components.words import numbers
from components.words.i18n import _, plural
from engine.methods import METHODS, Method
from engine.params import Params

if TYPE_CHECKING:
    from compute.batch.explain import ExplainEach
    from compute.work.predict import Prediction

ALL = "all"
SOME = ("1", "3", "5")


def ask_batch(choice: Choice, prediction: Prediction) -> ExplainEach:
    """The question: a method with its parameters, and which targets.

    Args:
        choice: the model.
        prediction: its answer on the picture of the side bar, which says what fits and what it costs.
    """
    from compute.batch.explain import ExplainEach

    method = _choose_method(prediction)
    top = _choose_top(method, prediction)
    return ExplainEach(choice.ref, method.key, _choose_params(method, Contender(choice, prediction)), top)


def _choose_method(prediction: Prediction) -> Method:
    fitting = {key: method for key, method in METHODS.items() if prediction.why_not(method) is None}
    accept_short(METHOD, fitting, lambda method: _(method.title))
    if recall(METHOD, None) not in (None, *fitting):
        keep(METHOD, next(iter(fitting)))
    key = st.selectbox(
        _("Method"),
        list(fitting),
        format_func=lambda key: _(fitting[key].title),
        key=METHOD,
        bind="query-params",
    )
    return fitting[key]


def _choose_top(method: Method, prediction: Prediction) -> int | None:
    """So many targets, or None for all zones and borders, which one pass answers."""
    from compute.work.kinds import map_kind

    counts: tuple[str, ...] = SOME
    if prediction.zones is None:
        title = _classes_title
    else:
        title = _zones_title
        counts = (ALL, *SOME) if map_kind(method).most_targets is None else SOME
    accept_short(TOP, counts, title)
    first = counts[0]
    if recall(TOP, None) not in (None, *counts):
        keep(TOP, first)
    chosen = st.segmented_control(
        _("Explained in each picture"),
        counts,
        default=first,
        required=True,
        format_func=title,
        key=TOP,
        bind="query-params",
    )
    return None if chosen == ALL else int(chosen or first)


def _classes_title(count: str) -> str:
    return {"1": _("The best class"), "3": _("The 3 best"), "5": _("The 5 best")}[count]


def _zones_title(count: str) -> str:
    return {
        ALL: _("All zones and borders"),
        "1": _("The largest zone"),
        "3": _("The 3 largest"),
        "5": _("The 5 largest"),
    }[count]


def _choose_params(method: Method, model: Contender) -> Params:
    layer = choose_layer(model) if hasattr(method.params(), "layer") else None
    with st.expander(_("Settings")):
        params: Any = params_form(method.params, f"{prefix_of(method.params)}-")
    return params if layer is None else replace(params, layer=layer)


def batch_cost_text(spec: ExplainEach, choice: Choice, prediction: Prediction, count: int) -> str:
    """What so many pictures cost, as far as the picture of the side bar tells."""
    from compute.work.kinds import price_of

    assert choice.picture is not None
    price = price_of(spec.request(prediction, choice.picture))
    text = plural("{count} picture: {cost}.", "{count} pictures, each {each}: {cost}.", count)
    return text.format(
        count=numbers.count(count),
        each=numbers.cost(price.runs, price.seconds),
        cost=numbers.cost(count * price.runs, count * price.seconds),
    )


def command_of(spec: ExplainEach) -> str:
    """The same question on the command line."""
    usual = spec.about.params().as_dict()
    changed = {name: value for name, value in spec.params.as_dict().items() if value != usual[name]}
    words = [
        "python",
        "cli.py",
        "batch",
        "--model",
        str(spec.ref),
        "--images",
        "DIR",
        "--method",
        spec.method,
    ]
    words += ["--top", str(spec.top)] if spec.top is not None else []
    words += [word for name, value in changed.items() for word in ("--set", f"{name}={value}")]
    return shlex.join([*words, "--out", "out/"])
