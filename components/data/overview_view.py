"""Overview of a classifier on a data set: figures with bands, classes, and two models side by side."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from components.data.calibration_view import show_calibration
from components.data.choice import DataChoice
from components.data.confusion_view import show_confusions
from components.data.figures import show_figure
from components.data.measured import Measured
from components.data.reported import (
    confusion_frame,
    figures_frame,
    offer_data_table,
    reliability_frame,
)
from components.data.selection import select_images
from components.data.slices_view import LIMITS, Checked, show_slices
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from engine.arrays import Bools
from engine.evaluation.classification import ClassificationFigures, classification_figures
from engine.evaluation.comparing import compare_shares, mcnemar
from engine.evaluation.resampling import ClassFigure
from engine.evaluation.slices import slice_accuracies

ERRORS_PAGE = "pages/data/errors.py"


def show_overview(choice: DataChoice, found: Sequence[Measured]) -> None:
    """Figures of the first model, and how far the second differs from it."""
    first = found[0]
    truth = first.ints("truth")
    if not (truth >= 0).any():
        text = _("This data set has no classes, so answers cannot be checked. “Errors” lists them.")
        st.info(text)
        return
    figures = classification_figures(truth, first.ints("prediction"), first.facts.labels)
    _show_figures(choice, figures)
    if len(found) > 1:
        _show_difference(first, found[1])
    show_confusions(figures, partial(_select_pair, choice, first))
    offer_data_table(choice, _("Confusion matrix"), confusion_frame(figures), "confusion")
    offer_data_table(choice, _("Reliability"), reliability_frame(show_calibration(first)), "reliability")
    show_slices(choice, _checked(first))
    with st.expander(_("Each class"), expanded=len(figures.names) <= 12):
        _show_classes(choice, figures)


def _checked(found: Measured) -> Checked:
    """The images whose class is known."""
    truth = found.ints("truth")
    known = truth >= 0
    right = (truth == found.ints("prediction"))[known]
    measure = partial(slice_accuracies, right=right, limits=LIMITS)
    return Checked(found, found.positions[known], _("Accuracy"), measure, ERRORS_PAGE)


def _show_figures(choice: DataChoice, figures: ClassificationFigures) -> None:
    balanced = _("Mean over the classes of the share that is right.")
    mean_f1 = _("Mean over the classes of the harmonic mean of precision and recall.")
    shown = {
        _("Accuracy"): (figures.accuracy, _("Share of the images that are right.")),
        _("Balanced accuracy"): (figures.balanced_accuracy, balanced),
        _("Mean F1"): (figures.macro_f1, mean_f1),
    }
    with st.container(horizontal=True, key="figures"):
        for name, (figure, about) in shown.items():
            show_figure(name, figure.value, figure.interval, about)
        st.metric(_("Images"), numbers.count(figures.images), width="content")
    frame = figures_frame({name: figure for name, (figure, _about) in shown.items()})
    offer_data_table(choice, _("Figures"), frame, "figures")


def _show_difference(first: Measured, second: Measured) -> None:
    """Of the images that both have answered."""
    mine, its = (_right_by_place(one) for one in (first, second))
    both = sorted(mine.keys() & its.keys())
    pair = np.array([mine[place] for place in both], bool), np.array([its[place] for place in both], bool)
    if not both:
        return
    _say_difference(first, second, pair)


def _say_difference(first: Measured, second: Measured, pair: tuple[Bools, Bools]) -> None:
    found, test = compare_shares(*pair), mcnemar(*pair)
    low, high = found.interval
    text = _("Accuracy of {first} minus {second}: **{value}** (95 %: {low} to {high}).")
    st.markdown(
        text.format(
            first=as_text(first.title),
            second=as_text(second.title),
            value=numbers.decimal(found.value, 3),
            low=numbers.decimal(low, 3),
            high=numbers.decimal(high, 3),
        )
    )
    only = _("Only {first} is right on {mine} images, only {second} on {its}. McNemar's test: p = {p}.")
    st.caption(
        only.format(
            first=as_text(first.title),
            second=as_text(second.title),
            mine=numbers.count(int((pair[0] & ~pair[1]).sum())),
            its=numbers.count(int((pair[1] & ~pair[0]).sum())),
            p=numbers.general(test.p_value, 2),
        )
    )


def _right_by_place(found: Measured) -> dict[int, bool]:
    truth, prediction = found.ints("truth"), found.ints("prediction")
    known = truth >= 0
    pairs = zip(found.positions[known].tolist(), (truth == prediction)[known].tolist(), strict=True)
    return dict(pairs)


def _show_classes(choice: DataChoice, figures: ClassificationFigures) -> None:
    shown = [place for place, count in enumerate(figures.recall.counts.tolist()) if count]
    named: dict[str, ClassFigure] = {
        _("Recall"): figures.recall,
        _("Precision"): figures.precision,
        _("F1"): figures.f1,
    }
    table: dict[str, list[object]] = {
        _("Class"): [figures.names[place] for place in shown],
        _("Images"): [int(figures.recall.counts[place]) for place in shown],
    }
    for name, figure in named.items():
        table[name] = [float(figure.values[place]) for place in shown]
        table[_("{figure}, 95 %").format(figure=name)] = [_ends(figure, place) for place in shown]
    bars = {name: _bar(name) for name in named}
    st.dataframe(table, hide_index=True, column_config=bars, key="classes")
    offer_data_table(choice, _("Each class"), table, "classes")


def _bar(name: str) -> Any:
    return st.column_config.ProgressColumn(name, min_value=0.0, max_value=1.0, format="%.3f")


def _ends(figure: ClassFigure, place: int) -> str:
    low, high = figure.intervals[place].tolist()
    if np.isnan(low):
        return ""
    return _("{low} to {high}").format(low=numbers.decimal(low, 2), high=numbers.decimal(high, 2))


def _select_pair(choice: DataChoice, found: Measured, truth: int, prediction: int) -> None:
    """Select the images of a cell, and show the way to them."""
    there = (found.ints("truth") == truth) & (found.ints("prediction") == prediction)
    items = [found.items[place] for place in found.positions[there].tolist()]
    names = found.facts.labels
    name = _("{truth}, predicted as {prediction}").format(truth=names[truth], prediction=names[prediction])
    if not items:
        return
    select_images(name, choice.data, items)
    with st.container(horizontal=True, vertical_alignment="center", key="pair-selected"):
        st.markdown(f"**{as_text(name)}**: {numbers.count(len(items))}", width="content")
        st.page_link(ERRORS_PAGE, label=_("Look at these images") + " →")
