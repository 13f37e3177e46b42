"""Images that a classifier gets wrong, as a grid: sorted, filtered, with first classes and maps of each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from components.data.choice import DataChoice
from components.data.grid import ImageCard, show_grid
from components.data.measured import Measured
from components.data.reported import Frame, offer_data_table
from components.data.selection import show_selection
from components.session.choosing import by_title, choose_from_list, choose_one
from components.session.keys import PAIR, SORT
from components.words import numbers
from components.words.i18n import _
from engine.arrays import AnyInts, Bools
from engine.phrase import later

SEGMENTATION_PAGE = "pages/data/segmentation.py"
WRONG, ALL, RIGHT = "wrong", "all", "right"


@dataclass(frozen=True)
class Sorting:
    """An order of images.

    Attributes:
        title: in English.
        column: of the answers.
        falling: the largest value comes first.
        needs_truth: it makes no sense without classes.
    """

    title: str
    column: str
    falling: bool = False
    needs_truth: bool = False


SORTINGS = {
    "loss": Sorting(later("Largest loss first"), "loss", falling=True, needs_truth=True),
    "confident": Sorting(later("Most confident first"), "probability", falling=True),
    "doubtful": Sorting(later("Least confident first"), "probability"),
    "margin": Sorting(later("Smallest margin first"), "margin", needs_truth=True),
}
"""Orders by their short name in links."""


def show_errors(choice: DataChoice, found: Sequence[Measured]) -> None:
    """The grid, with what is sorted and filtered above it."""
    first = found[0]
    if first.facts.task == "segmentation":
        st.info(_("This model segments: its errors are regions of images, with a page of their own."))
        st.page_link(SEGMENTATION_PAGE, label=_("Segmentation errors") + " →")
        return
    truth, prediction = first.ints("truth"), first.ints("prediction")
    labelled = bool((truth >= 0).any())
    picked = show_selection(choice.data)
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        kept = _choose_kept(truth, prediction, labelled and picked is None)
        orders = {key: one for key, one in SORTINGS.items() if labelled or not one.needs_truth}
        order = orders[choose_from_list(SORT, _("Order"), list(orders), by_title(orders), width=220)]
        if picked is None and labelled:
            kept &= _choose_pair(first, kept)
    if picked is not None:
        ids = [first.items[place].id for place in first.positions.tolist()]
        kept = np.array([one in picked.ids for one in ids], bool)
    rows = np.flatnonzero(kept)
    values = first.floats(order.column)[rows]
    rows = rows[np.argsort(-values if order.falling else values, kind="stable")]
    if not len(rows):
        st.success(_("No image of this part is misclassified."))
        return
    show_grid(found, [_card(first, row) for row in rows.tolist()])
    offer_data_table(choice, _("Errors"), _frame(first, rows), "errors")


def _frame(found: Measured, rows: AnyInts) -> Frame:
    """The images that are listed, in their order."""
    names, truth = found.facts.labels, found.ints("truth")[rows]
    return {
        _("Image"): [found.items[place].id for place in found.positions[rows].tolist()],
        _("True class"): [names[one] if one >= 0 else "" for one in truth.tolist()],
        _("Predicted class"): [names[one] for one in found.ints("prediction")[rows].tolist()],
        _("Probability"): found.floats("probability")[rows].tolist(),
    }


def _choose_kept(truth: AnyInts, prediction: AnyInts, asked: bool) -> Bools:
    """Which images are shown: wrong ones, right ones, or all."""
    if not asked:
        return np.ones(len(truth), bool)
    wrong = (truth >= 0) & (truth != prediction)
    counts = {WRONG: int(wrong.sum()), RIGHT: int((truth == prediction).sum()), ALL: len(truth)}
    titles = {WRONG: _("Wrong ({count})"), RIGHT: _("Right ({count})"), ALL: _("All ({count})")}
    shown = choose_one(
        "shown",
        _("Images"),
        list(titles),
        lambda key: titles[key].format(count=numbers.count(counts[key])),
        WRONG,
    )
    return {WRONG: wrong, RIGHT: truth == prediction, ALL: np.ones(len(truth), bool)}[shown]


def _choose_pair(found: Measured, kept: Bools) -> Bools:
    """Images of one pair of true and predicted class, or of all pairs."""
    truth, prediction, names = found.ints("truth"), found.ints("prediction"), found.facts.labels
    listed = np.stack([truth, prediction], 1)[kept & (truth >= 0)]
    pairs, counts = np.unique(listed, axis=0, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    options = {"": None} | {f"{pair[0]}-{pair[1]}": tuple(pair) for pair in pairs[order].tolist()}

    def title(pair: tuple[int, int] | None) -> str:
        if pair is None:
            return _("All pairs of classes")
        return _("{truth}, predicted as {prediction}").format(truth=names[pair[0]], prediction=names[pair[1]])

    pair = choose_from_list(PAIR, _("True and predicted class"), options, title, width=280)
    return np.ones(len(truth), bool) if pair is None else (truth == pair[0]) & (prediction == pair[1])


def _card(found: Measured, row: int) -> ImageCard:
    """What the grid says of an image: true class, and the first three answers."""
    names, answered = found.facts.labels, found.answered
    classes = answered["top"][row].as_py()[:3]
    chances = answered["top_probability"][row].as_py()[:3]
    truth = int(found.ints("truth")[row])
    said = [(names[one], numbers.probability(chance)) for one, chance in zip(classes, chances, strict=True)]
    return ImageCard(
        place=int(found.positions[row]),
        truth=None if truth < 0 else truth,
        prediction=int(classes[0]),
        answers=tuple(said),
    )
