"""Figures of a network on whole labelled pictures, at the size at which the application runs it."""

from collections.abc import Callable, Iterable

import cv2
import numpy as np
from PIL import Image

from engine.arrays import Floats, LongInts, Pixels
from engine.evaluation.confusion import Evaluation, confusion_matrix, segmentation_metrics, without_truth
from engine.evaluation.intervals import Interval
from engine.evaluation.overlaps import overlap_counts, overlap_figures
from model_store.base.label_maps import CATEGORY_NAMES, VOID
from training.segment.sources import LabelledPicture, read_categories, read_pixels

SHORT_SIDE = 256
MULTIPLE = 32
Logits = Callable[[Pixels], Floats]


def run_size(size_hw: tuple[int, int], short_side: int = SHORT_SIDE) -> tuple[int, int]:
    """Height and width at which a picture is run: the short side as given, both sides multiples of 32."""
    scale = short_side / min(size_hw)
    height, width = (max(1, int(side * scale / MULTIPLE + 0.5)) * MULTIPLE for side in size_hw)
    return height, width


def resized(pixels: Pixels, size_hw: tuple[int, int]) -> Pixels:
    """RGB 0-255 at another size, as the application resizes: bilinear, averaged where it shrinks."""
    return np.asarray(Image.fromarray(pixels).resize((size_hw[1], size_hw[0]), Image.Resampling.BILINEAR))


def predict_categories(logits: Logits, pixels: Pixels) -> LongInts:
    """Category (H, W) of each pixel of a picture RGB 0-255 (H, W, 3); logits are enlarged bilinearly before
    the choice.
    """
    height, width = pixels.shape[:2]
    small = logits(resized(pixels, run_size((height, width))))
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR).argmax(-1)


def count_pixels(logits: Logits, samples: Iterable[LabelledPicture]) -> LongInts:
    """Confusion matrices (N, 8, 8) of pictures; `logits`: RGB 0-255 (H, W, 3) to (H/4, W/4, 8)."""
    classes = len(CATEGORY_NAMES)
    return np.stack(
        [
            confusion_matrix(
                read_categories(sample), predict_categories(logits, read_pixels(sample)), classes
            )
            for sample in samples
        ]
    )


def read_figures(matrices: LongInts) -> Evaluation:
    """Figures over the 7 categories without void, of confusion matrices (N, 8, 8)."""
    return segmentation_metrics(matrices.sum(0), CATEGORY_NAMES)


def iou_intervals(matrices: LongInts) -> dict[str, Interval]:
    """95 % intervals of the IoU of each category, and, as `mean`, of their mean."""
    counted = np.stack([without_truth(one, [VOID]) for one in matrices])
    found = overlap_figures(overlap_counts(counted), CATEGORY_NAMES)
    ends = zip(CATEGORY_NAMES, found.summed.intervals.tolist(), strict=True)
    shown = {name: (low, high) for name, (low, high) in ends if name != CATEGORY_NAMES[VOID]}
    return {**shown, "mean": found.mean.interval}


def measure_segmentation(logits: Logits, samples: Iterable[LabelledPicture]) -> Evaluation:
    """Figures over the 7 categories without void."""
    return read_figures(count_pixels(logits, samples))
