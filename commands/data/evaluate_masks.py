"""`evaluate` for segmentation models: images against their masks."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from commands.data.evaluate_classes import PICTURE_SUFFIXES
from compute.measure.masks import winners
from compute.measure.matching import NOTHING, label_table
from compute.worker.sources import model_source
from engine.arrays import Bytes, Indices, LongInts
from engine.errors import VitrineError
from engine.evaluation.confusion import confusion_matrix
from engine.evaluation.overlaps import (
    OVERLAPS,
    OverlapFigures,
    banded_pixel_accuracy,
    overlap_counts,
    overlap_figures,
)
from engine.images.picture import Picture, read_picture
from engine.model import LoadedModel
from engine.perturbation.run import fit_picture
from model_store.catalogue import ModelRef


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
    table = label_table(mapping, model.facts.labels)
    pairs = pair_files(images, labels)
    matrices = [
        image_matrix(model, read_picture(image.read_bytes(), image.name), table[read_labels(label)])
        for image, label in pairs
    ]
    return {"model": model_key, **mask_figures(np.stack(matrices), model.facts.labels)}


def image_matrix(model: LoadedModel, picture: Picture, truth: Bytes) -> LongInts:
    """int64 (C, C), rows = truth: the pixels of one image, at the size of its mask.

    Args:
        model: a segmentation model of C classes.
        picture: the image.
        truth: uint8 (H, W), the model's classes; 255 is ignored.
    """
    height, width = truth.shape
    predicted = predicted_classes(model, picture, (height, width))
    return confusion_matrix(truth, predicted, len(model.facts.labels))


def predicted_classes(model: LoadedModel, picture: Picture, size_hw: tuple[int, int]) -> Indices:
    """(H, W): the winning class at a size, as a rule that of a mask."""
    fitted = fit_picture(picture, model.input_size_hw(picture.size_hw))
    return winners(model.score_batch(fitted[None], "logit")[0], size_hw)


def mask_figures(matrices: LongInts, names: Sequence[str]) -> dict[str, Any]:
    """Figures ready for JSON, with 95 % intervals by drawing images; what is called void is in none.

    Args:
        matrices: int64 (N, C, C), one of each image, rows = truth.
        names: the C class names.
    """
    counts = overlap_counts(matrices)
    accuracy = banded_pixel_accuracy(counts)
    facts: dict[str, Any] = {
        "pictures": len(matrices),
        "pixel_accuracy": accuracy.value,
        "pixel_accuracy_interval": accuracy.interval,
    }
    for figure in OVERLAPS:
        facts |= _named(figure, overlap_figures(counts, names, figure))
    return facts


def _named(figure: str, found: OverlapFigures) -> dict[str, Any]:
    """One figure: its mean over classes, the mean over images, and each class."""
    kept = [place for place, name in enumerate(found.names) if name != NOTHING]
    values, ends = found.summed.values.tolist(), found.summed.intervals.tolist()
    return {
        f"mean_{figure}": found.mean.value,
        f"mean_{figure}_interval": found.mean.interval,
        f"mean_{figure}_of_images": found.mean_of_images.value,
        f"mean_{figure}_of_images_interval": found.mean_of_images.interval,
        figure: {found.names[place]: values[place] for place in kept},
        f"{figure}_interval": {found.names[place]: tuple(ends[place]) for place in kept},
    }


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
