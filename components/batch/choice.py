"""Form of a batch: what is asked of each picture, what it costs, and the same as a command."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from components.ask.columns import choose_layer, prefix_of
from components.ask.methods import fitting_methods, method_from_list
from components.ask.params_form import params_form
from components.ask.rows import Contender
from components.session.choice import Choice
from components.session.choosing import choose_one
from components.session.keys import GRADED, TOP
from components.words import numbers
from components.words.i18n import _, plural
from compute.work.contract import Price
from compute.work.kinds import map_kind, price_of
from compute.work.predict import Prediction
from engine.methods import Method
from engine.params import Params
from engine.trust.counts import common_runs, own_runs

if TYPE_CHECKING:
    from compute.batch.explain import ExplainEach

ALL = "all"
SOME = ("1", "3", "5")


def ask_batch(choice: Choice, prediction: Prediction) -> ExplainEach:
    """The question: a method with its parameters, and which targets.

    Args:
        choice: the model.
        prediction: its answer on the picture of the bar on top, which says what fits and what it costs.
    """
    from compute.batch.explain import ExplainEach

    method = method_from_list(fitting_methods(prediction))
    top = _choose_top(method, prediction)
    params = _choose_params(method, Contender(choice, prediction))
    graded = st.toggle(
        _("Grade each map by all metrics"),
        key=GRADED,
        bind="query-params",
        help=_("It hides and shows cells in the order of each map, which costs model evaluations."),
    )
    return ExplainEach(choice.ref, method.key, params, top, graded)


def _choose_top(method: Method, prediction: Prediction) -> int | None:
    """So many targets, or None for all zones and borders, which one pass answers."""
    counts: tuple[str, ...] = SOME
    if prediction.zones is None:
        title = _classes_title
    else:
        title = _zones_title
        counts = (ALL, *SOME) if map_kind(method).most_targets is None else SOME
    chosen = choose_one(TOP, _("Targets in each image"), counts, title, counts[0])
    return None if chosen == ALL else int(chosen)


def _classes_title(count: str) -> str:
    return {"1": _("Top class"), "3": _("Top 3 classes"), "5": _("Top 5 classes")}[count]


def _zones_title(count: str) -> str:
    return {
        ALL: _("All zones and boundaries"),
        "1": _("Largest zone"),
        "3": _("3 largest zones"),
        "5": _("5 largest zones"),
    }[count]


def _choose_params(method: Method, model: Contender) -> Params:
    layer = choose_layer(model) if hasattr(method.params(), "layer") else None
    with st.expander(_("Settings")):
        params: Any = params_form(method.params, f"{prefix_of(method.params)}-")
    return params if layer is None else replace(params, layer=layer)


def batch_cost_text(spec: ExplainEach, choice: Choice, prediction: Prediction, count: int) -> str:
    """What so many pictures cost, as far as the picture of the bar on top tells."""
    assert choice.picture is not None
    request = spec.request(prediction, choice.picture)
    price = price_of(request)
    if spec.graded:
        runs = common_runs() + len(request.wanted) * own_runs(1)
        price += Price(runs, seconds=runs * prediction.seconds_per_run)
    text = plural("{count} image: {cost}.", "{count} images, each {each}: {cost}.", count)
    return text.format(
        count=numbers.count(count),
        each=numbers.cost(price.runs, price.seconds),
        cost=numbers.cost(count * price.runs, count * price.seconds),
    )


def command_of(spec: ExplainEach) -> str:
    """The same question on the command line."""
    usual = spec.about.params().as_dict()
    changed = {name: value for name, value in spec.params.as_dict().items() if value != usual[name]}
    options = [("--model", str(spec.ref)), ("--images", "DIR"), ("--method", spec.method)]
    options += [("--top", str(spec.top))] if spec.top is not None else []
    flags = ["--grades"] if spec.graded else []
    options += [("--set", f"{name}={value}") for name, value in changed.items()]
    words = ["python", "cli.py", "batch", *(word for option in options for word in option), *flags]
    return shlex.join([*words, "--out", "out/"])
