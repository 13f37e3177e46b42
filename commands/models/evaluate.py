"""`evaluate`: a model against labelled pictures."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from commands.models.evaluate_classes import PICTURE_SUFFIXES, evaluate_classes
from compute.worker.sources import model_source
from engine.arrays import Bytes, Indices
from engine.errors import ModelError, VitrineError
from engine.evaluation.confusion import confusion_matrix, segmentation_metrics
from engine.images.picture import read_picture
from engine.model import LoadedModel
from engine.perturbation.run import fit_picture
from model_store.base.label_maps import CATEGORY_NAMES, IGNORED, LABEL_MAPS
from model_store.catalogue import ModelRef


def evaluate_model(model_key: str, images: Path, labels: Path | None, mapping: str | None) -> dict[str, Any]:
    """Figures of a model: by label pictures for segmentation, by folders called as classes for classifiers.

    Raises:
        VitrineError: there is nothing to evaluate, or labels do not fit the task.
    """
    ref = ModelRef.parse(model_key)
    if model_source().facts(ref).task == "segmentation":
        if labels is None:
            raise VitrineError("A segmentation model needs --labels, a folder of label pictures.")
        return evaluate_folder(model_key, images, labels, mapping)
    if labels is not None or mapping is not None:
        raise VitrineError(
            "A classifier takes no --labels and no --mapping: --images holds a folder of "
            "pictures for each class."
        )
    return evaluate_classes(model_source().get(ref), images)


def evaluate_folder(model_key: str, images: Path, labels: Path, mapping: str | None) -> dict[str, Any]:
    """Pixel accuracy, IoU and Dice per class and their means, over all pictures of a folder.

    Args:
        model_key: as in the catalogue.
        images: folder of pictures.
        labels: folder of PNGs of class ids, uint8 (H, W), with the same file names; 255 is ignored.
        mapping: what the ids mean (a key of ``LABEL_MAPS``), or None if they are the model's own classes.

    Raises:
        VitrineError: nothing to evaluate, a label is missing or does not fit, or the mapping is unknown.
    """
    model = model_source().get(ModelRef.parse(model_key))
    names = model.facts.labels
    table = label_table(mapping, names)
    pairs = pair_files(images, labels)
    matrix = sum(
        confusion_matrix(table[read_labels(label)], predicted_classes(model, image, label), len(names))
        for image, label in pairs
    )
    found = segmentation_metrics(np.asarray(matrix), names)
    return {
        "model": model_key,
        "pictures": len(pairs),
        "pixel_accuracy": found.pixel_accuracy,
        "mean_iou": found.mean_iou,
        "mean_dice": found.mean_dice,
        "iou": dict(found.iou),
        "dice": dict(found.dice),
    }


def label_table(mapping: str | None, names: tuple[str, ...]) -> Bytes:
    """uint8 (256,): label id in a file to the model's class, 255 where it is ignored.

    Raises:
        VitrineError: unknown mapping, or the model does not know the categories.
    """
    if mapping is None:
        return np.array([index if index < len(names) else IGNORED for index in range(256)], np.uint8)
    if mapping not in LABEL_MAPS:
        raise VitrineError(
            "There is no mapping {name!r}; there are {known}.", name=mapping, known=", ".join(LABEL_MAPS)
        )
    if not set(names) <= set(CATEGORY_NAMES):
        raise ModelError(
            "The mapping leads to the street categories, which this model does not have. Try KEY@grouped."
        )
    to_model = np.array(
        [names.index(name) if name in names else IGNORED for name in CATEGORY_NAMES] + [IGNORED] * 248,
        np.uint8,
    )
    return to_model[LABEL_MAPS[mapping]]


def pair_files(images: Path, labels: Path) -> list[tuple[Path, Path]]:
    """Each picture with its label file, by name.

    Raises:
        VitrineError: there is no picture, or a label file is missing.
    """
    pictures = sorted(path for path in images.glob("*") if path.suffix.lower() in PICTURE_SUFFIXES)
    if not pictures:
        raise VitrineError("There are no images in {folder}.", folder=images)
    pairs = [(path, labels / f"{path.stem}.png") for path in pictures]
    for picture, label in pairs:
        if not label.is_file():
            raise VitrineError("{picture} has no label file {label}.", picture=picture.name, label=label)
    return pairs


def read_labels(path: Path) -> Bytes:
    """uint8 (H, W) ids of a label file.

    Raises:
        VitrineError: it is not a picture of one channel.
    """
    with Image.open(path) as image:
        ids = np.asarray(image)
    if ids.ndim != 2 or ids.dtype != np.uint8:
        raise VitrineError(
            "{name} is no label picture: one channel of 8 bits is needed, it has {shape}.",
            name=path.name,
            shape=ids.shape,
        )
    return ids


def predicted_classes(model: LoadedModel, image: Path, label: Path) -> Indices:
    """(H, W): the winning class at the size of the label; logits are spread bilinearly first."""
    picture = read_picture(image.read_bytes(), image.name)
    fitted = fit_picture(picture, model.input_size_hw(picture.size_hw))
    logits = model.score_batch(fitted[None], "logit")[0]
    with Image.open(label) as header:
        size_wh = header.size
    return np.argmax(cv2.resize(logits, size_wh, interpolation=cv2.INTER_LINEAR), axis=-1)


def figure_rows(facts: dict[str, Any]) -> list[dict[str, str]]:
    """A row per class: IoU and Dice of a segmentation; accuracy and mistakes of a classification."""
    if "iou" in facts:
        return [
            {"class": name, "iou": _figure(iou), "dice": _figure(facts["dice"][name])}
            for name, iou in facts["iou"].items()
        ]
    return [
        {"class": name, "accuracy": f"{share:.3f}", "mistaken for": _mistakes(facts, name)}
        for name, share in facts["per_class"].items()
    ]


def _figure(value: float) -> str:
    """Three digits; a class that is nowhere has no figure."""
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
    """The figures over all pictures in one line."""
    if "iou" in facts:
        return (
            f"pixel accuracy {facts['pixel_accuracy']:.3f}, mean IoU {facts['mean_iou']:.3f} over "
            f"{facts['pictures']} pictures"
        )
    ranks = ", ".join(
        f"{name.replace('_', '-')} {value:.3f}" for name, value in facts.items() if name.startswith("top_")
    )
    return f"{ranks} over {facts['pictures']} pictures"
