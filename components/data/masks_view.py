"""Overview of a segmenter on a data set: overlap with masks by class, and pixels of each pair of classes."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from components.data.figures import show_figure
from components.data.measured import Measured
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from compute.measure.masks import matrices_of
from engine.arrays import LongInts, Reals
from engine.evaluation.confusion import segmentation_metrics
from engine.evaluation.intervals import bootstrap_intervals


def show_masks_overview(found: Sequence[Measured]) -> None:
    """IoU and Dice of each class, with bands; a column for each model."""
    matrices = [matrices_of(one.table, len(one.facts.labels)) for one in found]
    if not len(matrices[0]):
        st.info(_("This data set has no masks, so answers cannot be checked."))
        return
    for one, some in zip(found, matrices, strict=True):
        _show_figures(one, some)
    _show_pixels(found[0], matrices[0].sum(0))


def _show_figures(found: Measured, matrices: LongInts) -> None:
    names = found.facts.labels
    figures = segmentation_metrics(matrices.sum(0), names)

    def shares(matrix: LongInts) -> Reals:
        some = segmentation_metrics(matrix, names)
        return np.array([*some.iou.values(), some.mean_iou, some.pixel_accuracy])

    ends = bootstrap_intervals(matrices, shares)
    st.subheader(as_text(found.title), anchor=False)
    with st.container(horizontal=True):
        show_figure(_("Mean IoU"), figures.mean_iou, tuple(ends[-2].tolist()))
        show_figure(_("Pixel accuracy"), figures.pixel_accuracy, tuple(ends[-1].tolist()))
        st.metric(_("Images"), numbers.count(len(matrices)), width="content")
    present = [name for name, value in figures.iou.items() if not np.isnan(value)]
    places = {name: place for place, name in enumerate(figures.iou)}
    table = {
        _("Class"): [_(name) for name in present],
        _("IoU"): [figures.iou[name] for name in present],
        _("{figure}, 95 %").format(figure=_("IoU")): [_ends(ends[places[name]]) for name in present],
        _("Dice"): [figures.dice[name] for name in present],
    }
    bars = {
        name: st.column_config.ProgressColumn(name, min_value=0.0, max_value=1.0, format="%.3f")
        for name in (_("IoU"), _("Dice"))
    }
    st.dataframe(table, hide_index=True, column_config=bars, key=f"masks-{found.view.order.spec.measure.ref}")


def _ends(ends: Reals) -> str:
    low, high = ends.tolist()
    return _("{low} to {high}").format(low=numbers.decimal(low, 3), high=numbers.decimal(high, 3))


def _show_pixels(found: Measured, matrix: LongInts) -> None:
    """What the pixels of each class are taken for."""
    names = [_(name) for name in found.facts.labels]
    shown = np.flatnonzero(matrix.sum(1))
    shares = matrix[shown] / matrix[shown].sum(1, keepdims=True)
    table = {_("True class"): [names[place] for place in shown.tolist()]}
    columns = {name: shares[:, place].tolist() for place, name in enumerate(names) if matrix[:, place].any()}
    st.markdown(_("**What the pixels of each class are taken for.** Rows are the truth."))
    config = {name: st.column_config.NumberColumn(name, format="percent") for name in columns}
    st.dataframe({**table, **columns}, hide_index=True, column_config=config, key="pixels")
