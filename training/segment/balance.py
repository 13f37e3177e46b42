"""Offsets on the logits that undo part of the loss's class weights, chosen on the selection pictures.

Weights in the loss make rare categories found, but too often: people where there are bollards. An offset per
category, added to the last bias when the network is exported, moves the border back (logit adjustment, Menon
et al. 2021, https://arxiv.org/abs/2007.07314).
"""

from collections.abc import Iterable

import cv2
import numpy as np

from engine.arrays import Bytes, Floats
from engine.evaluation.confusion import confusion_matrix, segmentation_metrics
from model_store.base.label_maps import CATEGORY_NAMES
from training.segment.measure import Logits, resized, run_size
from training.segment.sources import LabelledPicture, read_categories, read_pixels

OFFSETS = np.arange(-2.0, 1.01, 0.25)
SWEEPS = 2
SHRINK = 3
"""Logits and labels are compared at a third of the picture's size: enough to choose by."""


def collect_scores(logits: Logits, samples: Iterable[LabelledPicture]) -> tuple[Floats, Bytes]:
    """Logits float32 (P, 8) and truth uint8 (P,) of the pixels of some pictures, every third row
    and column.
    """
    scores, truths = [], []
    for sample in samples:
        pixels, truth = read_pixels(sample), read_categories(sample)[::SHRINK, ::SHRINK]
        small = logits(resized(pixels, run_size(pixels.shape[:2])))
        scores.append(
            cv2.resize(small, truth.shape[::-1], interpolation=cv2.INTER_LINEAR).reshape(-1, small.shape[-1])
        )
        truths.append(truth.ravel())
    return np.concatenate(scores), np.concatenate(truths)


def mean_iou(scores: Floats, truth: Bytes, offsets: Floats) -> float:
    """Mean IoU over the categories present, with offsets (8,) on the logits (P, 8)."""
    matrix = confusion_matrix(truth, (scores + offsets).argmax(-1), len(CATEGORY_NAMES))
    return segmentation_metrics(matrix, CATEGORY_NAMES).mean_iou


def best_offsets(scores: Floats, truth: Bytes, categories: Iterable[str]) -> dict[str, float]:
    """The offset of each named category that gives the best mean IoU, one category after the other, twice
    over.

    Args:
        scores: logits float32 (P, 8).
        truth: categories (P,), 255 where they are not known.
        categories: names of those whose logits may be moved.
    """
    offsets = np.zeros(len(CATEGORY_NAMES), np.float32)
    places = {name: CATEGORY_NAMES.index(name) for name in categories}
    for place in [*places.values()] * SWEEPS:
        trials = [
            np.where(np.arange(offsets.size) == place, offset, offsets).astype(np.float32)
            for offset in OFFSETS
        ]
        offsets = max(trials, key=lambda trial: mean_iou(scores, truth, trial))
    return {name: float(offsets[place]) for name, place in places.items()}
