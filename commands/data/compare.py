"""`compare-models`: two models on the same images, their difference and whether it may be chance."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from commands.data.evaluate_data import about, checked_answers, labelled_rows, masked_rows, measured_order
from commands.data.tables import check_table_path, write_rows
from commands.runners import images_bar, open_runner
from compute.measure.masks import matrices_of
from compute.measure.matching import NOTHING
from compute.measure.measure import POSITION
from compute.work.measure import MeasureView
from engine.errors import DataSetError, ModelError
from engine.evaluation.comparing import Difference, Pairing, compare_shares, mcnemar, pair_images
from engine.evaluation.overlaps import OVERLAPS, compare_overlaps, overlap_counts
from engine.model import Task


@dataclass(frozen=True)
class CompareQuestion:
    """What is asked, as it was typed.

    Attributes:
        models: keys of two models.
        data: key or folder of a data set.
        split: part of it; None for all of it.
        mapping: what the ids of masks mean, a key of ``LABEL_MAPS``; that of the data set without it.
        scheduler: address of a Dask cluster, or None.
        out: file for the table, or None.
    """

    models: tuple[str, ...]
    data: str
    split: str | None = None
    mapping: str | None = None
    scheduler: str | None = None
    out: Path | None = None


@dataclass(frozen=True, eq=False)
class _Pair:
    """Answers of two models, as they are, and those on the images that both have answered."""

    views: tuple[MeasureView, MeasureView]
    tables: tuple[pa.Table, pa.Table]
    pairing: Pairing

    @property
    def names(self) -> tuple[str, ...]:
        return self.views[0].order.facts.labels


def compare_models(asked: CompareQuestion) -> dict[str, Any]:
    """Figures of both models and their differences, first less second, ready for JSON.

    Raises:
        VitrineError: there are not two models, or nothing can be compared.
    """
    check_table_path(asked.out)
    if len(asked.models) != 2 or asked.models[0] == asked.models[1]:
        raise ModelError("Please name two different models, each with --model.")
    orders = [measured_order(model, asked.data, asked.split, asked.mapping) for model in asked.models]
    with open_runner(asked.scheduler) as runner, images_bar() as follow:
        first, second = (checked_answers(order, runner, follow) for order in orders)
    task = orders[0].facts.task
    pair = _paired((first, second), KEPT[task])
    figures, more = FIGURES[task](pair)
    write_rows([_flat(figure) for figure in figures], asked.out)
    return {
        "models": list(asked.models),
        **about(orders[0]),
        "images": len(pair.pairing.first),
        "only_first": pair.pairing.only_first,
        "only_second": pair.pairing.only_second,
        "figures": figures,
        **more,
    }


def _paired(views: tuple[MeasureView, MeasureView], kept: Callable[[MeasureView], pa.Table]) -> _Pair:
    tables = kept(views[0]), kept(views[1])
    first, second = ([str(place) for place in table[POSITION].to_pylist()] for table in tables)
    pairing = pair_images(first, second)
    if not len(pairing.first):
        raise DataSetError("The two models have no labelled image in common that both could answer.")
    chosen = tables[0].take(pa.array(pairing.first)), tables[1].take(pa.array(pairing.second))
    return _Pair(views, chosen, pairing)


def _class_figures(pair: _Pair) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    truth, names = pair.tables[0]["truth"].to_numpy(), pair.names
    first, second = (table["truth"].to_numpy() == table["prediction"].to_numpy() for table in pair.tables)
    test = mcnemar(first, second)
    (both, only_first), (only_second, neither) = test.table.tolist()
    figures = [_figure("accuracy", None, compare_shares(first, second))]
    for place in np.unique(truth).tolist():
        own = truth == place
        figures.append(_figure("recall", names[place], compare_shares(first[own], second[own])))
    counts = {
        "both_right": both,
        "only_first_right": only_first,
        "only_second_right": only_second,
        "both_wrong": neither,
    }
    return figures, {"mcnemar": {**counts, "p_value": test.p_value}}


def _mask_figures(pair: _Pair) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    if pair.names != pair.views[1].order.facts.labels:
        raise ModelError("The two models have different classes, so they cannot be compared class by class.")
    first, second = (overlap_counts(matrices_of(table, len(pair.names))) for table in pair.tables)
    return [
        figure
        for key in OVERLAPS
        for figure in _overlaps(key, compare_overlaps((first, second), pair.names, key))
    ], {}


def _overlaps(key: str, found: Any) -> Iterator[dict[str, Any]]:
    yield _figure(key, None, found.mean)
    for name, difference in found.classes.items():
        if name != NOTHING and not np.isnan(difference.value):
            yield _figure(key, name, difference)


def _figure(name: str, of_class: str | None, found: Difference) -> dict[str, Any]:
    """A difference ready for JSON; the mean over all, or of all images, has no class."""
    facts = asdict(found)
    return {
        "figure": name,
        "class": of_class,
        **{key: facts[key] for key in ("first", "second")},
        "difference": found.value,
        "interval": list(found.interval),
        "is_significant": found.is_significant,
        "images": found.images,
    }


KEPT: dict[Task, Callable[[MeasureView], pa.Table]] = {
    "classification": labelled_rows,
    "segmentation": masked_rows,
}
FIGURES: dict[Task, Callable[[_Pair], tuple[list[dict[str, Any]], dict[str, Any]]]] = {
    "classification": _class_figures,
    "segmentation": _mask_figures,
}
"""By the task of the models: rows that can be compared, and what is compared."""


def _flat(figure: dict[str, Any]) -> dict[str, Any]:
    low, high = figure["interval"]
    return {**{name: value for name, value in figure.items() if name != "interval"}, "low": low, "high": high}


def difference_rows(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """A row for each figure, first model less second."""
    first, second = facts["models"]
    return [
        {
            "figure": figure["figure"],
            "class": figure["class"] or "all",
            first: figure["first"],
            second: figure["second"],
            "difference": figure["difference"],
            "95 %": _interval(figure["interval"]) + " *" * figure["is_significant"],
            "images": figure["images"],
        }
        for figure in facts["figures"]
    ]


def _interval(ends: list[float]) -> str:
    return "" if np.isnan(ends[0]) else f"{ends[0]:.3f} to {ends[1]:.3f}"


def difference_summary(facts: dict[str, Any]) -> str:
    """What the stars are, and McNemar's test."""
    said = f"over {facts['images']:,} images that both answered; * 0 is outside the paired 95 %"
    if "mcnemar" not in facts:
        return said
    test = facts["mcnemar"]
    only = f"{test['only_first_right']} and {test['only_second_right']} images that only one has right"
    return f"{said}\nMcNemar's exact test, {only}: p = {test['p_value']:.3g}"
