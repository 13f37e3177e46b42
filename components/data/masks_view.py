"""Overview of a segmenter on a data set: overlap with masks by class, along boundaries, and two models."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from components.data.choice import DataChoice
from components.data.errors_view import SEGMENTATION_PAGE
from components.data.figures import show_figure
from components.data.mask_rows import MaskRows, mask_rows, paired_rows
from components.data.measured import Measured
from components.data.reported import Frame, offer_data_table
from components.data.slices_view import LIMITS, Checked, show_slices
from components.session.cache import in_session
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from engine.evaluation.boundaries import RATIOS
from engine.evaluation.comparing import Difference
from engine.evaluation.intervals import RESAMPLES
from engine.evaluation.overlaps import (
    OverlapCounts,
    OverlapDifferences,
    OverlapFigures,
    banded_pixel_accuracy,
    compare_overlaps,
    overlap_figures,
    share_figures,
)
from engine.evaluation.resampling import Draws
from engine.evaluation.slices import SliceFigure, slice_mean_ious

MOST_VALUES, LEAST_DRAWS = 400_000_000, 200
"""Counts that are summed for all draws of the slices together, and draws however many images there are."""


def show_masks_overview(choice: DataChoice, found: Sequence[Measured]) -> None:
    """Figures of each class, with bands, for each model; then how far two of them differ."""
    counted = [mask_rows(one) for one in found]
    if not len(counted[0]):
        st.info(_("This data set has no masks, so answers cannot be checked."))
        return
    for one, rows in zip(found, counted, strict=True):
        _show_figures(choice, one, rows)
    if len(found) > 1:
        _show_differences(choice, found, counted)
    _show_pixels(choice, counted[0])
    show_slices(choice, _checked(choice, found[0], counted[0]))
    st.page_link(SEGMENTATION_PAGE, label=_("Look at the worst images") + " →")


def _checked(choice: DataChoice, found: Measured, rows: MaskRows) -> Checked:
    """The images with a mask."""
    name = f"{choice.data.digest[:16]}-{choice.split}-{choice.refs[0]}-{found.facts.fingerprint}"

    def measure(column: Sequence[str]) -> tuple[SliceFigure, ...]:
        return _slices(name, tuple(column), rows.overlaps)

    return Checked(found, rows.positions, _("Mean IoU"), measure, SEGMENTATION_PAGE)


@in_session(8)
def _slices(name: str, column: tuple[str, ...], _counts: OverlapCounts) -> tuple[SliceFigure, ...]:
    """Mean IoU of slices; of large sets with fewer draws, so that nobody waits."""
    draws = Draws(resamples=max(LEAST_DRAWS, min(RESAMPLES, MOST_VALUES // max(_counts.amounts.size, 1))))
    return slice_mean_ious(column, _counts, LIMITS, draws)


def _show_figures(choice: DataChoice, found: Measured, rows: MaskRows) -> None:
    if not len(rows):
        return
    figures = _figures_of(rows)
    accuracy = banded_pixel_accuracy(rows.overlaps)
    st.subheader(as_text(found.title), anchor=False)
    with st.container(horizontal=True):
        for name, one in figures.items():
            if _ratio_of(name) in (None, RATIOS[-1]):
                show_figure(_("{figure}, mean").format(figure=name), one.mean.value, one.mean.interval)
        show_figure(_("Per-pixel accuracy"), accuracy.value, accuracy.interval)
        st.metric(_("Images"), numbers.count(len(rows)), width="content")
    ref = found.view.order.spec.measure.ref
    table = _show_table(rows.names, figures, f"masks-{ref}")
    alone = replace(choice, refs=(ref,))
    offer_data_table(alone, _("{title}: classes").format(title=found.title), table, f"masks-{ref}")
    if rows.borders:
        st.caption(about_boundaries())


def about_boundaries() -> str:
    """What the figures along boundaries are."""
    return _(
        "Boundary IoU compares only the edges of zones. Band accuracy is the share of right pixels near true "
        "boundaries. The percentage is the width, as a share of the image's diagonal."
    )


def _boundary_title(ratio: float) -> str:
    return _("Boundary IoU {width}").format(width=_width(ratio))


def _band_title(ratio: float) -> str:
    return _("Band accuracy {width}").format(width=_width(ratio))


def _width(ratio: float) -> str:
    return _("{percent} %").format(percent=numbers.general(ratio * 100, 2))


def _ratio_of(name: str) -> float | None:
    """The width that a figure is of; None for one of whole zones."""
    titles = {title(ratio): ratio for ratio in RATIOS for title in (_boundary_title, _band_title)}
    return titles.get(name)


def _figures_of(rows: MaskRows) -> dict[str, OverlapFigures]:
    """All figures by their titles."""
    found = {
        _("IoU"): overlap_figures(rows.overlaps, rows.names),
        _("Dice"): overlap_figures(rows.overlaps, rows.names, "dice"),
    }
    found |= {
        _boundary_title(ratio): overlap_figures(one, rows.names) for ratio, one in rows.boundaries.items()
    }
    for ratio, (right, near) in rows.bands.items():
        found[_band_title(ratio)] = share_figures(right, near, near, rows.names)
    return found


def _show_table(names: Sequence[str], figures: dict[str, OverlapFigures], key: str) -> Frame:
    """A row for each class that a mask has."""
    iou = next(iter(figures.values())).summed
    shown = [place for place, value in enumerate(iou.values.tolist()) if not np.isnan(value)]
    table: dict[str, list[object]] = {_("Class"): [_(names[place]) for place in shown]}
    for name, figure in figures.items():
        table[name] = [float(figure.summed.values[place]) for place in shown]
        ends = figure.summed.intervals
        table[_("{figure}, 95 %").format(figure=name)] = [_ends(*ends[place].tolist()) for place in shown]
    bars: Any = {
        name: st.column_config.ProgressColumn(name, min_value=0.0, max_value=1.0, format="%.3f")
        for name in figures
    }
    st.dataframe(table, hide_index=True, column_config=bars, key=key)
    return table


def _ends(low: float, high: float) -> str:
    if np.isnan(low):
        return ""
    return _("{low} to {high}").format(low=_three(low), high=_three(high))


def _three(value: float) -> str:
    """With three decimals; never -0.000."""
    return numbers.decimal(round(value, 3) + 0.0, 3)


def _show_differences(choice: DataChoice, found: Sequence[Measured], counted: Sequence[MaskRows]) -> None:
    """The first model less the second, of the images that both have answered."""
    pair = paired_rows(*counted)
    if pair is None:
        st.info(_("The two models have different classes, so they are not compared class by class."))
        return
    first, second = pair
    differences = {
        _("IoU"): compare_overlaps((first.overlaps, second.overlaps), first.names),
        _("Dice"): compare_overlaps((first.overlaps, second.overlaps), first.names, "dice"),
    }
    for ratio, one in first.boundaries.items():
        both = (one, second.boundaries[ratio])
        differences[_boundary_title(ratio)] = compare_overlaps(both, first.names)
    titles = {"first": as_text(found[0].title), "second": as_text(found[1].title)}
    table = _difference_table(differences)
    st.subheader(_("{first} minus {second}").format(**titles), anchor=False)
    st.dataframe(table, hide_index=True, key="masks-difference")
    plain = {"first": found[0].title, "second": found[1].title}
    offer_data_table(choice, _("{first} minus {second}").format(**plain), table, "difference")
    st.caption(_("A difference whose 95 % interval does not hold 0 is marked ●. Images are drawn in pairs."))


def _difference_table(differences: dict[str, OverlapDifferences]) -> dict[str, list[str]]:
    iou = next(iter(differences.values())).classes
    shown = [name for name, one in iou.items() if not np.isnan(one.value)]
    table = {_("Class"): [_("Mean"), *(_(name) for name in shown)]}
    for title, one in differences.items():
        listed = [one.mean, *(one.classes[name] for name in shown)]
        table[title] = [_difference_text(each) for each in listed]
        table[_("{figure}, 95 %").format(figure=title)] = [_ends(*each.interval) for each in listed]
    return table


def _difference_text(found: Difference) -> str:
    if np.isnan(found.value):
        return ""
    sign = "+" * (found.value >= 0.0005)
    return f"{sign}{_three(found.value)}{' ●' * found.is_significant}"


def _show_pixels(choice: DataChoice, rows: MaskRows) -> None:
    """What the pixels of each class are taken for."""
    matrix, names = rows.matrices.sum(0), [_(name) for name in rows.names]
    shown = np.flatnonzero(matrix.sum(1))
    shares = matrix[shown] / matrix[shown].sum(1, keepdims=True)
    table = {_("True class"): [names[place] for place in shown.tolist()]}
    columns = {name: shares[:, place].tolist() for place, name in enumerate(names) if matrix[:, place].any()}
    st.markdown(_("**What the pixels of each class are taken for.** Rows are the truth."))
    config = {name: st.column_config.NumberColumn(name, format="percent") for name in columns}
    st.dataframe({**table, **columns}, hide_index=True, column_config=config, key="pixels")
    title = _("What the pixels of each class are taken for")
    offer_data_table(choice, title, {**table, **columns}, "pixels")
