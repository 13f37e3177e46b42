"""Slices of a data set: parts that share a value, and which of them are worse than the rest."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from components.data.choice import DataChoice
from components.data.hygiene.looks import looks_of
from components.data.measured import Measured
from components.data.reported import offer_data_table
from components.data.selection import select_images
from components.session.choosing import choose_from_list
from components.session.keys import SLICES
from components.words import numbers
from components.words.i18n import _, plural
from components.words.plain import as_text
from compute.measure.looks import SHARES
from data_store.base.words import Item
from engine.arrays import AnyInts, Reals
from engine.evaluation.binning import as_numbers, quantile_bins
from engine.evaluation.slices import SliceFigure, SliceLimits

Slicing = Callable[[Sequence[str]], tuple[SliceFigure, ...]]
"""Measures the parts that share a value, from a value of each image."""
LISTED_VALUES = 3
LIMITS = SliceLimits(least=10)
"""Smaller parts are joined."""
CLASS = "class"


@dataclass(frozen=True, eq=False)
class Checked:
    """Images whose answers can be checked, and what is measured on parts of them.

    Attributes:
        found: the answers of a model.
        positions: int64 (N,), places of the items.
        figure: title of what is measured.
        measure: measures parts of the N images.
        page: path of the page that shows images, for a link.
    """

    found: Measured
    positions: AnyInts
    figure: str
    measure: Slicing
    page: str

    @property
    def items(self) -> Sequence[Item]:
        """Of the N images."""
        return [self.found.items[place] for place in self.positions.tolist()]


def show_slices(choice: DataChoice, checked: Checked) -> None:
    """Choose what the set is cut by, and list its parts, the worst beside the rest first."""
    st.subheader(_("Slices"), anchor=False)
    titles = _titles(choice)
    by = choose_from_list(SLICES, _("Slice by"), list(titles), titles.__getitem__, width=240)
    values = _values(by, choice, checked)
    if values is None:
        return
    found = sorted(checked.measure(values), key=_gap)
    if all(np.isnan(one.adjusted) for one in found):
        text = _("No two values have {least} images each, so there is nothing to compare.")
        st.info(text.format(least=LIMITS.least))
        return
    table = _table(checked, found)
    row = _show_table(table, f"slices-{list(titles).index(by)}", checked.figure)
    offer_data_table(choice, _("Slices by {name}").format(name=titles[by]), table, "slices")
    if row is not None:
        _select(choice, checked, (titles[by], found[row]), values)


def _titles(choice: DataChoice) -> Mapping[str, str]:
    """What a data set can be cut by."""
    looks = {
        "width": _("Width"),
        "height": _("Height"),
        "brightness": _("Brightness"),
        "contrast": _("Contrast"),
    }
    columns = {f".{name}": name for name in choice.data.content.columns}
    classes = {CLASS: _("True class")} if choice.data.task == "classification" else {}
    return {**columns, **classes, **{name: looks[name] for name in (*SHARES[2:], *SHARES[:2])}}


def _values(by: str, choice: DataChoice, checked: Checked) -> list[str] | None:
    """A value of each image; None while it is measured."""
    if by in SHARES:
        return _looks(by, choice, checked)
    if by == CLASS:
        labels = choice.data.labels
        return ["" if item.label is None else labels[item.label] for item in checked.items]
    place = choice.data.content.columns.index(by[1:])
    texts = [item.columns[place] for item in checked.items]
    known = as_numbers(texts)
    return texts if known is None else _ranges(known)


def _looks(by: str, choice: DataChoice, checked: Checked) -> list[str] | None:
    table = looks_of(choice)
    if table is None:
        return None
    known = dict(zip(table.places.tolist(), table.numbers(by).tolist(), strict=True))
    return _ranges(np.array([known.get(place, np.nan) for place in checked.positions.tolist()], np.float64))


def _ranges(values: Reals) -> list[str]:
    """The part that each number is in, in words."""
    bins = quantile_bins(values)
    words = [_range(low, high) for low, high in bins.ranges]
    return ["" if place < 0 else words[place] for place in bins.places.tolist()]


def _range(low: float, high: float) -> str:
    ends = [numbers.general(end, 4) for end in (low, high)]
    return ends[0] if ends[0] == ends[1] else _("{low} to {high}").format(low=ends[0], high=ends[1])


def _gap(found: SliceFigure) -> tuple[bool, float]:
    """Slices that are compared first, by how far they are below the rest."""
    return found.is_joined or bool(np.isnan(found.gap)), found.gap


def _table(checked: Checked, found: Sequence[SliceFigure]) -> dict[str, list[object]]:
    return {
        _("Slice"): [slice_title(one) for one in found],
        _("Images"): [one.images for one in found],
        checked.figure: [one.figure.value for one in found],
        _("{figure}, 95 %").format(figure=checked.figure): [_ends(one) for one in found],
        _("Rest"): [one.rest for one in found],
        _("Difference"): [_signed(one.gap) + " ●" * one.is_worse for one in found],
        _("p (Holm)"): ["" if np.isnan(one.adjusted) else numbers.general(one.adjusted, 2) for one in found],
    }


def _show_table(table: dict[str, list[object]], key: str, figure: str) -> int | None:
    """The row that is selected."""
    bars = {
        name: st.column_config.ProgressColumn(name, min_value=0.0, max_value=1.0, format="%.3f")
        for name in (figure, _("Rest"))
    }
    chosen = st.dataframe(
        table,
        hide_index=True,
        column_config=bars,
        on_select="rerun",
        selection_mode="single-row",
        key=key,
    )
    st.caption(
        _(
            "● marks a slice that is worse than all other images. By chance alone, at most one set in "
            "twenty has one."
        )
        + " "
        + _("Select a slice to see its images.")
    )
    rows = [row for row in chosen["selection"]["rows"] if row < len(table[figure])]
    return rows[0] if rows else None


def slice_title(found: SliceFigure) -> str:
    """The value that its images share, or some of those that are joined."""
    words = [value or _("(no value)") for value in found.values]
    if not found.is_joined:
        return words[0]
    more = len(words) - LISTED_VALUES
    listed = ", ".join(words[:LISTED_VALUES])
    if more <= 0:
        return _("Small ones: {values}").format(values=listed)
    text = plural("Small ones: {values} and {count} more", "Small ones: {values} and {count} more", more)
    return text.format(values=listed, count=numbers.count(more))


def _ends(found: SliceFigure) -> str:
    low, high = found.figure.interval
    if np.isnan(low):
        return ""
    return _("{low} to {high}").format(low=numbers.decimal(low, 3), high=numbers.decimal(high, 3))


def _signed(value: float) -> str:
    if np.isnan(value):
        return ""
    rounded = round(value, 3) + 0.0
    return "+" * (rounded > 0) + numbers.decimal(rounded, 3)


def _select(
    choice: DataChoice, checked: Checked, named: tuple[str, SliceFigure], values: Sequence[str]
) -> None:
    """Select the images of a slice, which comes with what the set is cut by, and show the way to them."""
    title, found = named
    items = [item for item, value in zip(checked.items, values, strict=True) if value in found.values]
    name = f"{title}: {slice_title(found)}"
    select_images(name, choice.data, items)
    with st.container(horizontal=True, vertical_alignment="center", key="slice-selected"):
        st.markdown(f"**{as_text(name)}**: {numbers.count(len(items))}", width="content")
        st.page_link(checked.page, label=_("Look at these images") + " →")
