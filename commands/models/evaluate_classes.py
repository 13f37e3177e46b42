"""`evaluate` for classifiers: how often the right class is the first one, or among the first few."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from commands.pictures import open_picture
from compute.measure.matching import class_places, ids_of
from engine.arrays import AnyInts, Bools, Floats
from engine.errors import VitrineError
from engine.evaluation.confusion import confusion_matrix
from engine.evaluation.intervals import wilson_interval
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
    matrix = confusion_matrix(truth, order[:, 0], len(names))
    shown: list[int] = np.flatnonzero(matrix.sum(0) + matrix.sum(1)).tolist()
    right = order == truth[:, None]
    return {
        "pictures": len(truth),
        **_rank_figures(right, [rank for rank in RANKS if rank < len(names)]),
        "per_class": {
            names[index]: float(matrix[index, index] / matrix[index].sum())
            for index in shown
            if matrix[index].any()
        },
        "per_class_interval": {
            names[index]: wilson_interval(int(matrix[index, index]), int(matrix[index].sum()))
            for index in shown
            if matrix[index].any()
        },
        "confusion": {
            "rows_are": "truth",
            "columns_are": "prediction",
            "classes": [names[index] for index in shown],
            "counts": matrix[np.ix_(shown, shown)].tolist(),
        },
    }


def _rank_figures(right: Bools, ranks: Sequence[int]) -> dict[str, Any]:
    """How often the right class is among the first few, with 95 % intervals (Wilson); ``right`` is (N, K)."""
    found: dict[str, Any] = {}
    for rank in ranks:
        hits = int(right[:, :rank].any(1).sum())
        found[f"top_{rank}"] = hits / len(right)
        found[f"top_{rank}_interval"] = wilson_interval(hits, len(right))
    return found


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
