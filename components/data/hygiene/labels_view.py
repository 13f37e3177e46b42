"""Labels that are likely wrong, by the answers of a model that has not seen the images."""

import numpy as np
import streamlit as st

from components.data.choice import DataChoice
from components.data.hygiene.tiles import ImageTile, offer_selection, show_tiles
from components.data.measured import Measured, answers_of, measured
from components.data.reported import offer_data_table
from components.words import numbers
from components.words.i18n import _, plural
from compute.measure.checks import LABELS, CheckOrder, CheckTable
from compute.measure.classes import LOGITS
from data_store.base.words import Item
from engine.arrays import LongInts
from engine.evaluation.hygiene.label_errors import LabelErrors

ERRORS_PAGE = "pages/data/errors.py"


def show_label_errors(choice: DataChoice) -> None:
    """Ask whether the model has seen the images; then the labels that are in doubt, the surest first."""
    found = measured(choice)
    if found is None:
        return
    first = found[0]
    if first.facts.task != "classification":
        st.info(_("Labels are checked with a model that names a class of the whole image."))
        return
    if not (first.ints("truth") >= 0).any():
        st.info(_("This data set has no classes, so there are no labels to check."))
        return
    if _is_unseen(choice):
        _show_doubted(choice, first)


def _is_unseen(choice: DataChoice) -> bool:
    """Whether the person says that the model has not seen the images; asked anew for each model and set."""
    st.markdown(
        _(
            "Labels are checked against the answers of the model. A model that has learnt these images "
            "agrees with their labels, including wrong ones."
        )
    )
    key = f"unseen-{choice.refs[0]}-{choice.data.digest[:16]}-{choice.split or ''}"
    return st.checkbox(_("This model was not trained on these images."), key=key, persist_state="session")


def _show_doubted(choice: DataChoice, found: Measured) -> None:
    positions, logits = found.view.heavy(LOGITS)
    truth = dict(zip(found.positions.tolist(), found.ints("truth").tolist(), strict=True))
    labels = np.array([truth.get(place, -1) for place in positions.tolist()], np.int64)
    answers = answers_of([CheckOrder(LABELS, CheckTable(logits, labels))])
    result = None if answers is None else answers[0].result()
    if not isinstance(result, LabelErrors):
        return
    _say_share(result, len(labels[labels >= 0]))
    if not len(result.rows):
        st.success(_("No label is in doubt."))
        return
    items = [found.items[place] for place in positions[result.rows].tolist()]
    offer_selection(_("Doubtful labels"), choice.data, items, ERRORS_PAGE)
    show_tiles(choice.data, _tiles(result, items, found), "labels")
    _show_table(choice, result, items, found)


def _say_share(result: LabelErrors, count: int) -> None:
    text = plural(
        "**{doubted}** of {count} labels is in doubt.",
        "**{doubted}** of {count} labels are in doubt.",
        len(result.rows),
    )
    said = text.format(doubted=numbers.count(len(result.rows)), count=numbers.count(count))
    share = _("Estimated share of wrong labels: {share}.").format(share=numbers.share(result.noise_share))
    st.markdown(f"{said} {share}")
    st.caption(
        _(
            "Confident learning: the model is more confident in another class than it usually is in that "
            "class. Look at each image: the mistake may also be the model's."
        )
    )


def _names(classes: LongInts, found: Measured) -> list[str]:
    return [found.facts.labels[one] for one in classes.tolist()]


def _tiles(result: LabelErrors, items: list[Item], found: Measured) -> list[ImageTile]:
    pairs = zip(items, _names(result.given, found), _names(result.suggested, found), strict=True)
    label, other = _("Label: {name}"), _("More likely: {name}")
    return [
        ImageTile(item, (label.format(name=given), other.format(name=suggested)))
        for item, given, suggested in pairs
    ]


def _show_table(choice: DataChoice, result: LabelErrors, items: list[Item], found: Measured) -> None:
    """The same for whoever cannot see images."""
    table = {
        _("Image"): [item.id for item in items],
        _("Label"): _names(result.given, found),
        _("More likely"): _names(result.suggested, found),
        _("Margin"): result.margins.tolist(),
    }
    offer_data_table(choice, _("Doubtful labels"), table, "labels")
    with st.expander(_("Table")):
        st.dataframe(
            table,
            hide_index=True,
            column_config={
                _("Margin"): st.column_config.NumberColumn(
                    format="%.3f", help=_("Probability of the label minus that of the best other class.")
                )
            },
            key="labels-table",
        )
