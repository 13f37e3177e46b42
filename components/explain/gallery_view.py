"""Every method that fits, one question; or methods against the best classes, or against the largest zones."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from components.ask.classes import BEST, best_first
from components.ask.columns import Column, choose_layer, column_of, configure
from components.ask.methods import fitting_methods
from components.ask.question import question_of
from components.ask.rows import Contender, Row, ask_rows, zone_row
from components.explain.answers import order_of
from components.explain.compare_view import Arrangement, Tiles
from components.pieces.map_sheet import Group, SheetLayout
from components.session.choice import Choice
from components.session.choosing import by_title, choose_one, choose_several
from components.session.keys import ALSO, VIEW
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from compute.work.predict import Prediction
from engine.methods import METHODS

ONE, MANY = "one", "many"
SLOW_POLL_SECONDS = 1.5
CHEAP_SECONDS = 6.0
"""What takes no longer is computed unasked."""


def choose_view(prediction: Prediction) -> str:
    """One question and every method, or several targets and every method."""

    def title(view: str) -> str:
        many = (
            _("The {count} most likely classes")
            if prediction.zones is None
            else _("The {count} largest zones")
        )
        return {ONE: _("One target"), MANY: many.format(count=BEST)}[view]

    return choose_one(VIEW, _("What to explain"), (ONE, MANY), title, ONE, label_visibility="collapsed")


def ask_gallery(choice: Choice, prediction: Prediction, view: str) -> list[Row]:
    """What is explained: one target, or a few of the same model, which share their runs."""
    model = Contender(choice, prediction)
    if view == ONE:
        return ask_rows([model])
    rows = _best_classes(model) if prediction.zones is None else _largest_zones(model)
    together = tuple(row.wanted for row in rows if row.wanted is not None)
    return [replace(row, beside=together) for row in rows]


def _best_classes(model: Contender) -> list[Row]:
    labels, scores = model.prediction.facts.labels, model.prediction.class_scores
    best = best_first(model.prediction)[:BEST]
    return [Row(model, index, f"{_(labels[index])}, {numbers.share(float(scores[index]))}") for index in best]


def _largest_zones(model: Contender) -> list[Row]:
    zones = model.prediction.zones
    count = 0 if zones is None else min(BEST, len(zones.zones))
    return [zone_row(model, question_of(model.prediction, "zone", index, None)) for index in range(count)]


def choose_methods(rows: Sequence[Row]) -> list[Column]:
    """Every method that fits, with its settings: cheap ones are asked, dear ones when they are ticked."""
    model = rows[0].contender
    order = list(families())
    fitting = sorted(
        fitting_methods(model.prediction).values(), key=lambda method: order.index(method.family)
    )
    settings = configure(fitting)
    layer = choose_layer(model)
    columns = [column_of(method, settings, layer) for method in fitting]
    dear = [column.method.key for column in columns if _seconds(rows, column) > CHEAP_SECONDS]
    ticked = _tick(dear)
    _say_refused(model)
    return [
        replace(column, asked=column.method.key not in dear or column.method.key in ticked)
        for column in columns
    ]


def _seconds(rows: Sequence[Row], column: Column) -> float:
    """About how long a method takes; nothing where several together are a matter of a second or two."""
    asked = next((row for row in rows if row.wanted is not None), None)
    order = None if asked is None else order_of(asked, column)
    return order.price.seconds if order is not None and order.chunked else 0.0


def _tick(dear: list[str]) -> Sequence[str]:
    if not dear:
        return ()
    return choose_several(ALSO, _("Slower methods: select those to compute"), dear, by_title(METHODS))


def _say_refused(model: Contender) -> None:
    """Why the other methods do not fit."""
    for method in METHODS.values():
        reason = model.prediction.why_not(method)
        if reason is not None:
            st.caption(_("**{name}**: {text}").format(name=_(method.title), text=as_text(_(reason))))


def families() -> dict[str, tuple[str, str]]:
    """Title and a sentence for each family of methods."""
    return {
        "pixels": (
            _("Gradients with respect to the image"),
            _("How the score changes with each pixel: detailed and fast, but often noisy."),
        ),
        "layer": (
            _("Class activation maps"),
            _("What the channels of one layer contribute to the score: coarse but stable."),
        ),
        "hidden": (
            _("Perturbations"),
            _(
                "How the score changes when parts are hidden: the model stays a black box, at the "
                "cost of many evaluations."
            ),
        ),
    }


def by_family(tiles: Tiles, rows: Sequence[Row], columns: Sequence[Column]) -> list[Group]:
    """One row of maps for each family of methods."""
    return [
        Group(
            title,
            tuple(
                tiles[0, across] for across, column in enumerate(columns) if column.method.family == family
            ),
            said,
        )
        for family, (title, said) in families().items()
        if any(column.method.family == family for column in columns)
    ]


def by_method(tiles: Tiles, rows: Sequence[Row], columns: Sequence[Column]) -> list[Group]:
    """One row of maps for each method: what it says about each target."""
    return [
        Group(
            _(column.method.title),
            tuple(replace(tiles[down, across], title=row.title) for down, row in enumerate(rows)),
        )
        for across, column in enumerate(columns)
    ]


def arrangement(view: str) -> Arrangement:
    """How the maps of a view are laid out."""
    if view == ONE:
        return Arrangement(by_family, SheetLayout("11.5rem"), poll_seconds=SLOW_POLL_SECONDS)
    return Arrangement(
        by_method, SheetLayout("9.5rem"), only_asked=True, agreement=False, poll_seconds=SLOW_POLL_SECONDS
    )
