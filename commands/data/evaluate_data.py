"""`evaluate --data`: a model against a data set; an image that cannot be read does not stop the rest."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from commands.data.evaluate_classes import class_figures
from commands.data.evaluate_masks import mask_figures
from commands.data.tables import save_table
from compute.measure.classes import ClassAnswers
from compute.measure.masks import CELLS, MaskAnswers, matrices_of
from compute.measure.matching import NO_TRUTH
from compute.measure.measure import POSITION
from compute.run.runners import OnProgress, Runner
from compute.work.measure import MeasureOrder, MeasureSpec, MeasureView
from data_store.base.words import DataSet
from data_store.catalogue import data_set_at
from engine.errors import DataSetError
from engine.model import ModelFacts
from model_store.catalogue import ModelRef


def measured_order(model_key: str, place: str, split: str | None, mapping: str | None = None) -> MeasureOrder:
    """The order that asks a model about a data set, or a part of it.

    Args:
        model_key: as in the catalogue.
        place: key of a data set, or its folder.
        split: the part; None for all of it.
        mapping: what the ids of masks mean; that of the data set without it.

    Raises:
        VitrineError: there is no such model or data set.
    """
    data, ref = data_set_at(place), ModelRef.parse(model_key)
    probe = MeasureOrder(MeasureSpec(ClassAnswers(ref), split), data)
    if probe.facts.task == "classification":
        if mapping is not None:
            raise DataSetError("--mapping is for masks; {title} has classes.", title=data.title)
        return probe
    return MeasureOrder(MeasureSpec(MaskAnswers(ref, mapping), split), data)


def evaluate_data_set(
    order: MeasureOrder, runner: Runner, on_progress: OnProgress
) -> tuple[dict[str, Any], MeasureView]:
    """Figures of a model on a data set, or on a part of it, and the table that they are read from.

    Raises:
        VitrineError: the data set has no labels for the model's task, none of its images can be read, or its
            classes are not those of the model.
    """
    view = checked_answers(order, runner, on_progress)
    facts = order.facts
    figures = _mask_facts if facts.task == "segmentation" else _class_facts
    return {"model": facts.key, **about(order), **figures(view, facts), "refused": _refused(view)}, view


def checked_answers(order: MeasureOrder, runner: Runner, on_progress: OnProgress) -> MeasureView:
    """Answers of a model on a data set, or on a part of it, that can be checked.

    Raises:
        VitrineError: the data set has no labels for the model's task, or the order failed.
    """
    data, facts = order.data, order.facts
    if data.task != facts.task:
        raise DataSetError(NO_TRUTH[facts.task], title=data.title, model=facts.key)
    return runner.run(order, on_progress)


def about(order: MeasureOrder) -> dict[str, Any]:
    """Which data set it was, and which part of it."""
    return {"data": order.data.key, "data_digest": order.data.digest, "split": order.spec.split}


def write_answers(view: MeasureView, path: Path) -> None:
    """Write a row for each image as CSV or, where the file is called so, Parquet: name, split, further
    columns and class of the data set, then what the model answered.

    Raises:
        StoreError: it cannot be written.
    """
    table = view.table()
    items = [view.order.items[place] for place in table[POSITION].to_pylist()]
    content = view.order.data.content
    front = {
        "id": [item.id for item in items],
        "split": [item.split for item in items],
        **{name: [item.columns[place] for item in items] for place, name in enumerate(content.columns)},
        "label": [None if item.label is None else content.labels[item.label] for item in items],
    }
    own = {name: table[name] for name in table.column_names if name not in (POSITION, "item", *front)}
    whole = pa.table({**front, **own})
    save_table(whole, path)


def _labelled(table: pa.Table, order: MeasureOrder) -> set[int]:
    """Positions of items that have a label or a mask."""
    return {
        place for place, item in enumerate(order.items) if item.label is not None or item.mask is not None
    } & set(table[POSITION].to_pylist())


def _refused(view: MeasureView) -> list[dict[str, str]]:
    """Labelled images without an answer, and why there is none."""
    table = view.table()
    labelled = _labelled(table, view.order)
    rows = zip(table[POSITION].to_pylist(), table["error"].to_pylist(), strict=True)
    return [
        {"item": view.order.items[place].id, "why": why} for place, why in rows if why and place in labelled
    ]


def _class_facts(view: MeasureView, facts: ModelFacts) -> dict[str, Any]:
    known = labelled_rows(view)
    return class_figures(np.array(known["top"].to_pylist()), known["truth"].to_numpy(), facts.labels)


def labelled_rows(view: MeasureView) -> pa.Table:
    """Answers of a classifier on the images whose class is known.

    Raises:
        DataSetError: there are none.
    """
    table = view.table()
    known = table.filter(pc.greater_equal(table["truth"], 0))
    _refuse_nothing(len(known), view.order.data)
    return known


def masked_rows(view: MeasureView) -> pa.Table:
    """Answers of a segmenter on the images that have a mask.

    Raises:
        DataSetError: there are none.
    """
    table = view.table()
    counted = table.filter(table[CELLS].is_valid())
    _refuse_nothing(len(counted), view.order.data)
    return counted


def _mask_facts(view: MeasureView, facts: ModelFacts) -> dict[str, Any]:
    return mask_figures(matrices_of(masked_rows(view), len(facts.labels)), facts.labels)


def _refuse_nothing(found: int, data: DataSet) -> None:
    if not found:
        raise DataSetError("No labelled image of {title} can be read.", title=data.title)
