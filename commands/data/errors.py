"""`errors`: the images of a data set that a model gets wrong, the worst first."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from commands.data.evaluate_data import about, checked_answers, labelled_rows, masked_rows, measured_order
from commands.data.tables import check_table_path, write_rows
from commands.runners import images_bar, open_runner
from compute.measure.masks import matrices_of
from compute.measure.measure import POSITION
from compute.work.measure import MeasureView
from engine.errors import ParamsError
from engine.evaluation.overlaps import iou_of, overlap_counts
from engine.evaluation.resampling import divided, mean_of_known
from engine.model import Task

Row = dict[str, Any]


@dataclass(frozen=True)
class Ordering:
    """An order of wrong images.

    Attributes:
        task: of the models that it is for.
        column: of the rows.
        falling: the largest value comes first.
    """

    task: Task
    column: str
    falling: bool


ORDERINGS = {
    "loss": Ordering("classification", "loss", falling=True),
    "confidence": Ordering("classification", "probability", falling=True),
    "margin": Ordering("classification", "margin", falling=False),
    "iou": Ordering("segmentation", "mean_iou", falling=False),
}
"""By their name on the command line; the first of a task is taken where none is named."""


@dataclass(frozen=True)
class ErrorsQuestion:
    """What is asked, as it was typed.

    Attributes:
        model: key of the model.
        data: key or folder of a data set.
        split: part of it; None for all of it.
        by: key of ``ORDERINGS``; None for the first that fits the model.
        limit: number of images that are listed.
        scheduler: address of a Dask cluster, or None.
        out: file for the table, or None.
    """

    model: str
    data: str
    split: str | None = None
    by: str | None = None
    limit: int = 20
    scheduler: str | None = None
    out: Path | None = None


def list_errors(asked: ErrorsQuestion) -> dict[str, Any]:
    """The worst images and how many are wrong, ready for JSON.

    Raises:
        VitrineError: there is no such model, data set or order, or nothing can be checked.
    """
    check_table_path(asked.out)
    order = measured_order(asked.model, asked.data, asked.split)
    by = _ordering_of(asked.by, order.facts.task)
    with open_runner(asked.scheduler) as runner, images_bar() as follow:
        view = checked_answers(order, runner, follow)
    rows = ROWS[order.facts.task](view)
    wrong = [row for row in rows if row["is_wrong"]]
    ordering = ORDERINGS[by]
    wrong.sort(key=lambda row: row[ordering.column], reverse=ordering.falling)
    listed = [{name: value for name, value in row.items() if name != "is_wrong"} for row in wrong]
    write_rows(listed[: asked.limit], asked.out)
    return {
        "model": order.facts.key,
        **about(order),
        "by": by,
        "checked": len(rows),
        "wrong": len(wrong),
        "images": listed[: asked.limit],
    }


def _ordering_of(by: str | None, task: Task) -> str:
    """The key of an order.

    Raises:
        ParamsError: it is none, or not for this task.
    """
    fitting = [key for key, ordering in ORDERINGS.items() if ordering.task == task]
    if by is None:
        return fitting[0]
    if by not in fitting:
        raise ParamsError(
            "--by {by} does not fit this model; there are {known}.", by=by, known=", ".join(fitting)
        )
    return by


def _class_rows(view: MeasureView) -> list[Row]:
    known, names = labelled_rows(view), view.order.facts.labels
    columns = ("truth", "prediction", "probability", "true_probability", "loss", "margin")
    answers = zip(*(known[name].to_pylist() for name in columns), strict=True)
    rows = []
    for place, (truth, prediction, *figures) in zip(known[POSITION].to_pylist(), answers, strict=True):
        named = {"truth": names[truth], "prediction": names[prediction]}
        numbers = dict(zip(columns[2:], figures, strict=True))
        rows.append({**_item(view, place), **named, **numbers, "is_wrong": truth != prediction})
    return rows


def _mask_rows(view: MeasureView) -> list[Row]:
    counted: pa.Table = masked_rows(view)
    counts = overlap_counts(matrices_of(counted, len(view.order.facts.labels)))
    ious = mean_of_known(iou_of(counts.amounts))[:, 0]
    shares = divided(counts.hits.sum(1), counts.truth.sum(1))
    return [
        {**_item(view, place), "mean_iou": iou, "pixel_accuracy": share, "is_wrong": share < 1}
        for place, iou, share in zip(
            counted[POSITION].to_pylist(), ious.tolist(), np.asarray(shares).tolist(), strict=True
        )
    ]


ROWS: dict[Task, Callable[[MeasureView], list[Row]]] = {
    "classification": _class_rows,
    "segmentation": _mask_rows,
}
"""Rows of the images that can be checked, by the task of the model."""


def _item(view: MeasureView, place: int) -> Row:
    item = view.order.items[place]
    return {"image": item.id, "split": item.split}


def errors_summary(facts: dict[str, Any]) -> str:
    """How many are wrong, and how many of them are listed."""
    listed = len(facts["images"])
    return f"{facts['wrong']:,} of {facts['checked']:,} images are wrong; {listed:,} listed, by {facts['by']}"
