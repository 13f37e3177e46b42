"""What goes into a report from pages of data sets: tables with their models and images."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from components.data.choice import DataChoice
from components.report.tables import offer_table
from components.words import numbers
from components.words.i18n import _
from compute.replay.findings import KEY, Row, plain_row
from compute.worker.sources import model_source
from engine.arrays import Reals
from engine.evaluation.calibration import Reliability
from engine.evaluation.classification import ClassificationFigures
from engine.evaluation.resampling import Banded
from model_store.catalogue import entry_of

Frame = Mapping[str, Sequence[Any]]
"""By the name of a column, its values."""


def offer_data_table(choice: DataChoice, title: str, frame: Frame, key: str) -> None:
    """Add a table of a page about data sets to the report, or take it out."""
    offer_table(title, about_data(choice), frame, key)


def about_data(choice: DataChoice) -> str:
    """Models, data set and digest in a sentence."""
    data = choice.data
    models = ", ".join(_(entry_of(ref).title) for ref in choice.refs)
    count = data.splits[choice.split] if choice.split is not None else len(data.items)
    text = _("Model: {model}. Data set: {data}, {count} images ({digest}).")
    name = _(data.title) + (f", {choice.split}" if choice.split else "")
    return text.format(model=models, data=name, count=numbers.count(count), digest=data.digest[:12])


def data_record(choice: DataChoice, **more: Any) -> dict[str, Any]:
    """What was asked about a data set, for machines."""
    known = {str(ref): model_source().facts(ref).fingerprint for ref in choice.refs}
    data = choice.data
    return {"models": known, "data": data.key, "split": choice.split, "digest": data.digest, **more}


def asked_again(kind: str, question: Mapping[str, Any], rows: Sequence[Row]) -> dict[str, Any]:
    """What a record needs besides, so that ``replay`` finds the rows again by the command of its kind."""
    return {KEY: kind, "question": question, "rows": [plain_row(row) for row in rows]}


def figures_frame(figures: Mapping[str, Banded]) -> Frame:
    """A row for each figure."""
    return {
        _("Figure"): list(figures),
        _("Value"): [one.value for one in figures.values()],
        _("95 %"): [range_text(*one.interval) for one in figures.values()],
    }


def confusion_frame(figures: ClassificationFigures) -> Frame:
    """The confusion matrix of the classes that are anywhere, rows = truth."""
    shown: list[int] = np.flatnonzero(figures.matrix.sum(0) + figures.matrix.sum(1)).tolist()
    names = [figures.names[place] for place in shown]
    counts = figures.matrix[np.ix_(shown, shown)]
    predicted = {f"→ {name}": counts[:, place].tolist() for place, name in enumerate(names)}
    return {_("True class"): names, **predicted}


def reliability_frame(found: Reliability) -> Frame:
    """A row for each bin of a reliability diagram."""
    ends: Reals = found.intervals
    return {
        _("Confidence"): found.confidence.tolist(),
        _("Accuracy"): found.accuracy.tolist(),
        _("95 %"): [range_text(low, high) for low, high in ends.tolist()],
        _("Images"): found.counts.tolist(),
    }


def range_text(low: float, high: float) -> str:
    """Both ends of an interval; nothing where there is none."""
    if np.isnan(low):
        return ""
    return _("{low} to {high}").format(low=numbers.decimal(low, 3), high=numbers.decimal(high, 3))
