"""`evaluate` for classifiers: how often the right class is the first one, or among the first few."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from commands.pictures import open_picture
from compute.measure.matching import class_places, ids_of
from engine.arrays import AnyInts, Floats
from engine.errors import VitrineError
from engine.evaluation.classification import (
    ClassificationFigures,
    classification_figures,
    rank_accuracies,
)
from engine.evaluation.resampling import ClassFigure
from engine.images.picture import Picture
from engine.model import LoadedModel
from engine.perturbation.run import fit_picture
from model_store.catalogue import ModelRef

PICTURE_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"}
RANKS = (1, 3, 5)
BATCH = 16


def evaluate_classes(model: LoadedModel, images: Path) -> dict[str, Any]:
    """Accuracy of a classifier on a folder of folders of pictures, each called as a class.

    Args:
        model: a classifier.
        images: holds a folder for each class, called as the class or by its WordNet id; ``_`` and space are
            the same, and so are small and capital letters.

    Raises:
        VitrineError: there are no pictures, a folder is not called as a class, or a file is no picture.
    """
    ref = ModelRef.recorded(model.facts.key)
    labelled = labelled_pictures(images, model.facts.labels, ids_of(model.facts.key))
    parts = [labelled[first : first + BATCH] for first in range(0, len(labelled), BATCH)]
    logits = np.concatenate(
        [class_logits(model, [open_picture(path, ref) for path, _ in part]) for part in parts]
    )
    truth = np.array([index for _, index in labelled])
    return {"model": model.facts.key} | class_figures(ranked(logits), truth, model.facts.labels)


def ranked(logits: Floats) -> AnyInts:
    """(N, K): the first few classes of each image, from logits (N, C)."""
    return np.argsort(-logits, axis=-1, kind="stable")[:, : max(RANKS)]


def class_figures(order: AnyInts, truth: AnyInts, names: Sequence[str]) -> dict[str, Any]:
    """Figures ready for JSON; classes that are neither truth nor answer are left out of table and matrix.

    Args:
        order: the first few classes of each image, best first, (N, K).
        truth: index of the right class, (N,).
        names: the C class names.
    """
    found = classification_figures(truth, order[:, 0], names)
    ranks = rank_accuracies(order, truth, [rank for rank in RANKS if rank < len(names)])
    whole = {f"top_{rank}": share for rank, share in ranks.items()}
    whole |= {"balanced_accuracy": found.balanced_accuracy, "macro_f1": found.macro_f1}
    each = {"per_class": found.recall, "precision": found.precision, "f1": found.f1}
    return {
        "pictures": len(truth),
        **_with_intervals({name: (one.value, one.interval) for name, one in whole.items()}),
        **_with_intervals({name: _of_classes(one, found) for name, one in each.items()}),
        "confusion": _confusion(found),
    }


def _with_intervals(figures: Mapping[str, tuple[Any, Any]]) -> dict[str, Any]:
    """Each figure followed by its 95 % interval, under its name with ``_interval``."""
    pairs = ({name: value, f"{name}_interval": ends} for name, (value, ends) in figures.items())
    return {key: value for pair in pairs for key, value in pair.items()}


def _of_classes(figure: ClassFigure, found: ClassificationFigures) -> tuple[dict[str, float], dict[str, Any]]:
    """Values and intervals of the classes that have images, by name."""
    shown: list[int] = np.flatnonzero(found.recall.counts).tolist()
    values, ends = figure.values.tolist(), figure.intervals.tolist()
    return {found.names[place]: values[place] for place in shown}, {
        found.names[place]: tuple(ends[place]) for place in shown
    }


def _confusion(found: ClassificationFigures) -> dict[str, Any]:
    shown: list[int] = np.flatnonzero(found.matrix.sum(0) + found.matrix.sum(1)).tolist()
    return {
        "rows_are": "truth",
        "columns_are": "prediction",
        "classes": [found.names[place] for place in shown],
        "counts": found.matrix[np.ix_(shown, shown)].tolist(),
    }


def labelled_pictures(folder: Path, names: Sequence[str], ids: Sequence[str] = ()) -> list[tuple[Path, int]]:
    """Files below a folder with the index of the class that their folder is called as, by name or by id.

    Raises:
        VitrineError: there are none, or a folder is not called as a class.
    """
    found = list(_pictures(folder))
    if not found:
        raise VitrineError(
            "There are no pictures in the folders of {folder}; it should hold a folder for each class.",
            folder=folder,
        )
    places = class_places(sorted({path.parent.name for path in found}), names, ids)
    return [(path, places[path.parent.name]) for path in found]


def _pictures(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.glob("*/*")) if path.suffix.lower() in PICTURE_SUFFIXES)


def class_logits(model: LoadedModel, pictures: Sequence[Picture]) -> Floats:
    """float32 (N, C) of some images as the model sees them, asked together."""
    fitted = [fit_picture(picture, model.input_size_hw(picture.size_hw)) for picture in pictures]
    return model.score_batch(np.stack(fitted), "logit")
