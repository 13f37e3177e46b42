"""Figures of a classifier on whole pictures, at the size at which the application runs it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import AnyInts, Floats, LongInts, Pixels
from engine.evaluation.confusion import confusion_matrix
from training.classify.pictures import ClassPicture, label_names, read_rgb, squared

_BATCH = 32
ClassifierAnswer = Callable[[Pixels], Floats]
"""From RGB 0-255 (B, H, W, 3) to logits (B, K)."""


@dataclass(frozen=True)
class Figures:
    """Figures of a classifier on one set of pictures.

    Attributes:
        pictures: number of pictures.
        top1: share whose class has the highest logit, 0-1.
        top3: share whose class is among the three highest.
        per_class: class name -> share of its pictures that are named rightly.
        matrix: int64 (K, K); rows are the truth, columns the prediction.
    """

    pictures: int
    top1: float
    top3: float
    per_class: Mapping[str, float]
    matrix: LongInts

    @property
    def said(self) -> str:
        """The figures in a line."""
        return f"{self.pictures} pictures: top-1 {self.top1:.3f}, top-3 {self.top3:.3f}"


def figures(logits: Floats, truth: AnyInts, names: Sequence[str]) -> Figures:
    """Figures of logits (N, K) against class indices (N,)."""
    order = np.argsort(-logits, axis=-1, kind="stable")
    matrix = confusion_matrix(truth, order[:, 0], len(names))
    with np.errstate(invalid="ignore"):
        shares = np.diag(matrix) / matrix.sum(1)
    found = order[:, :3] == truth[:, None]
    per_class = {name: float(share) for name, share in zip(names, shares, strict=True)}
    return Figures(len(truth), float(found[:, 0].mean()), float(found.any(1).mean()), per_class, matrix)


def load_squares(samples: Iterable[ClassPicture], size: int) -> Pixels:
    """Whole pictures as squares, (N, size, size, 3)."""
    return np.stack([squared(read_rgb(sample.path), size) for sample in samples])


def all_logits(answer: ClassifierAnswer, pictures: Pixels) -> Floats:
    """Logits (N, K) of pictures (N, H, W, 3), a few at a time."""
    return np.concatenate(
        [answer(pictures[first : first + _BATCH]) for first in range(0, len(pictures), _BATCH)]
    )


def measure_classes(
    answer: ClassifierAnswer, samples: Sequence[ClassPicture], size: int, groups: Sequence[str]
) -> Figures:
    """Figures on pictures whose classes are folders; `groups` are these folders in the order of
    the outputs.
    """
    truth = np.array([list(groups).index(sample.group) for sample in samples])
    return figures(all_logits(answer, load_squares(samples, size)), truth, label_names(groups))
