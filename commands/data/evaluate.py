"""`evaluate`: a model against labelled images."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from commands.data.evaluate_classes import RANKS, evaluate_classes
from commands.data.evaluate_data import evaluate_data_set, measured_order, write_answers
from commands.data.evaluate_masks import evaluate_folder
from commands.data.tables import check_table_path
from commands.runners import images_bar, open_runner
from compute.worker.sources import model_source
from engine.errors import VitrineError
from model_store.catalogue import ModelRef


@dataclass(frozen=True)
class EvaluateQuestion:
    """What is measured on which images.

    Attributes:
        model: key of the model.
        images: folder of images; None where a data set is named.
        labels: for segmentation, folder of masks.
        mapping: what the ids of masks mean, a key of ``LABEL_MAPS``.
        data: key or folder of a data set; "" where a folder of images is named.
        split: part of the data set; None for all of it.
        scheduler: address of a Dask cluster, or None; for data sets.
        out: file for the table of a data set's images, or None.
    """

    model: str
    images: Path | None = None
    labels: Path | None = None
    mapping: str | None = None
    data: str = ""
    split: str | None = None
    scheduler: str | None = None
    out: Path | None = None


def evaluate_model(asked: EvaluateQuestion) -> dict[str, Any]:
    """Figures of a model: by masks for segmentation, by classes for classifiers.

    Raises:
        VitrineError: there is nothing to evaluate, or labels do not fit the task.
    """
    if bool(asked.data) == (asked.images is not None):
        raise VitrineError("Please say either --images, a folder, or --data, a data set.")
    if asked.data and asked.labels is not None:
        raise VitrineError("A data set has its own labels; --labels is for --images.")
    if asked.data:
        return _evaluate_data(asked)
    for option in ("split", "scheduler", "out"):
        if getattr(asked, option) is not None:
            raise VitrineError("--{option} is for --data, a data set.", option=option)
    return _evaluate_images(asked)


def _evaluate_data(asked: EvaluateQuestion) -> dict[str, Any]:
    check_table_path(asked.out)
    order = measured_order(asked.model, asked.data, asked.split, asked.mapping)
    with open_runner(asked.scheduler) as runner, images_bar() as follow:
        facts, view = evaluate_data_set(order, runner, follow)
    if asked.out is not None:
        write_answers(view, asked.out)
    return facts


def _evaluate_images(asked: EvaluateQuestion) -> dict[str, Any]:
    ref, images = ModelRef.parse(asked.model), asked.images
    assert images is not None
    if model_source().facts(ref).task == "segmentation":
        if asked.labels is None:
            raise VitrineError("A segmentation model needs --labels, a folder of label pictures.")
        return evaluate_folder(asked.model, images, asked.labels, asked.mapping)
    if asked.labels is not None or asked.mapping is not None:
        raise VitrineError(
            "A classifier takes no --labels and no --mapping: --images holds a folder of "
            "pictures for each class."
        )
    return evaluate_classes(model_source().get(ref), images)


def figure_rows(facts: dict[str, Any]) -> list[dict[str, str]]:
    """A row per class: IoU and Dice of a segmentation; recall, precision, F1 and mistakes of a classifier."""
    if "iou" in facts:
        return [
            {
                "class": name,
                "iou": _figure(iou),
                "95 %": _interval(facts["iou_interval"][name]),
                "dice": _figure(facts["dice"][name]),
            }
            for name, iou in facts["iou"].items()
        ]
    return [
        {
            "class": name,
            "recall": f"{share:.3f}",
            "95 %": _interval(facts["per_class_interval"][name]),
            "precision": _figure(facts["precision"][name]),
            "f1": _figure(facts["f1"][name]),
            "mistaken for": _mistakes(facts, name),
        }
        for name, share in facts["per_class"].items()
    ]


def _interval(ends: tuple[float, float]) -> str:
    """Both ends with three digits; nothing for a class that is nowhere."""
    return "" if np.isnan(ends[0]) else f"{ends[0]:.3f} to {ends[1]:.3f}"


def _figure(value: float) -> str:
    """Three digits; a class that is nowhere, or is never predicted, has no figure."""
    return "absent" if np.isnan(value) else f"{value:.3f}"


def _mistakes(facts: dict[str, Any], name: str) -> str:
    classes = facts["confusion"]["classes"]
    counts = facts["confusion"]["counts"][classes.index(name)]
    wrong = sorted(
        ((count, other) for count, other in zip(counts, classes, strict=True) if count and other != name),
        reverse=True,
    )
    return ", ".join(f"{other} ({count})" for count, other in wrong[:3])


def evaluation_summary(facts: dict[str, Any]) -> str:
    """The figures over all images in one line, and what was left out."""
    refused = len(facts.get("refused", ()))
    left_out = f"; {refused} could not be read" if refused else ""
    over = f"over {facts['pictures']} pictures{left_out}"
    names = {"pixel_accuracy": "pixel accuracy", "mean_iou": "mean IoU"}
    if "iou" not in facts:
        names = {f"top_{rank}": f"top-{rank}" for rank in RANKS} | {"balanced_accuracy": "balanced accuracy"}
    figures = [
        _said(title, facts[key], facts[f"{key}_interval"]) for key, title in names.items() if key in facts
    ]
    return f"{', '.join(figures)} {over}"


def _said(title: str, value: float, ends: tuple[float, float]) -> str:
    """A figure in words, with its interval where it has one."""
    band = _interval(ends)
    return f"{title} {value:.3f} ({band})" if band else f"{title} {value:.3f}"
