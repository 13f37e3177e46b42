"""Figures of a network of the zoo: overlap on images at the size of their labels."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from engine.arrays import LongInts
from engine.evaluation.comparing import Difference
from engine.evaluation.confusion import confusion_matrix, without_truth
from engine.evaluation.overlaps import OverlapCounts, compare_overlaps, overlap_counts, overlap_figures
from experiments.record import ExperimentFigure
from model_store.base.label_maps import CATEGORY_NAMES, VOID
from training.segment.measure import resized
from training.segment.sources import LabelledPicture, read_categories, read_pixels

COUNTS = "counts.npz"
_BATCH = 8


def count_confusions(model: Any, samples: Sequence[LabelledPicture], size_hw: tuple[int, int]) -> LongInts:
    """Confusion matrices (N, 8, 8), void left out of the truth; logits are enlarged before the choice."""
    import tensorflow as tf

    call = tf.function(lambda pixels: model(pixels, training=False), reduce_retracing=True)
    found = []
    for first in range(0, len(samples), _BATCH):
        part = samples[first : first + _BATCH]
        pixels = np.stack([resized(read_pixels(sample), size_hw) for sample in part])
        answers = call(tf.constant(pixels, tf.float32)).numpy()
        found += [_confusion(sample, answer) for sample, answer in zip(part, answers, strict=True)]
    return np.stack(found)


def _confusion(sample: LabelledPicture, logits: Any) -> LongInts:
    truth = read_categories(sample)
    large = cv2.resize(logits, truth.shape[::-1], interpolation=cv2.INTER_LINEAR)
    matrix = confusion_matrix(truth, large.argmax(-1), len(CATEGORY_NAMES))
    return without_truth(matrix, [VOID])


def overlap_rows(counts: OverlapCounts) -> dict[str, ExperimentFigure]:
    """Mean IoU and mean Dice over the categories, with intervals of a bootstrap over images."""
    found = {}
    for name, figure in (("miou", "iou"), ("dice", "dice")):
        mean = overlap_figures(counts, CATEGORY_NAMES, figure).mean
        found[name] = ExperimentFigure(mean.value, *mean.interval, part="test", count=len(counts))
    return found


def image_ious(counts: OverlapCounts) -> list[float]:
    """Mean IoU of each image over its categories."""
    return [
        overlap_figures(counts.of_images(np.array([place])), CATEGORY_NAMES).mean.value
        for place in range(len(counts))
    ]


def write_counts(folder: Path, matrices: LongInts) -> None:
    """Keeps the confusion matrices of a run, for comparisons image by image."""
    np.savez_compressed(folder / COUNTS, matrices=matrices)


def read_counts(folder: Path) -> OverlapCounts:
    """The counts of a run."""
    with np.load(folder / COUNTS) as archive:
        return overlap_counts(archive["matrices"])


def compare_counts(one: Path, two: Path, figure: str = "iou") -> Difference:
    """Mean figure of the first run less that of the second, paired over images, with its interval."""
    return compare_overlaps((read_counts(one), read_counts(two)), CATEGORY_NAMES, figure).mean
