"""How far a network that sees only the concepts answers as it does otherwise."""

from dataclasses import dataclass

import numpy as np

from engine.arrays import AnyFloats

ENOUGH_R2, ENOUGH_SAME = 0.7, 0.8
"""Below either, what is said of the concepts is not said of the network."""


@dataclass(frozen=True)
class ConceptAgreement:
    """Answers from the concepts against those of the network itself.

    Attributes:
        r2: coefficient of determination of the network's own numbers by those from the concepts, at most 1:
            of the logits of an image, or of the scores of its targets; nan where they do not vary.
        same: share of images with the same first class; of segmentations the mean intersection over union
            between the two answers.
    """

    r2: float
    same: float

    @property
    def low(self) -> bool:
        """Whether the concepts answer too unlike the network to stand for it."""
        return self.same < ENOUGH_SAME or self.r2 < ENOUGH_R2


def r_squared(own: AnyFloats, rebuilt: AnyFloats) -> float:
    """R2 of numbers (n,) by those from concepts (n,); nan where ``own`` is constant.

    Example:
        >>> r_squared(np.array([0.0, 2.0]), np.array([0.0, 1.0]))
        0.5
    """
    truth = np.asarray(own, np.float64)
    spread = float(np.square(truth - truth.mean()).sum())
    return 1 - float(np.square(truth - rebuilt).sum()) / spread if spread > 0 else float("nan")


def same_answer(own: AnyFloats, rebuilt: AnyFloats) -> float:
    """1 or 0: whether two outputs (C,) have the same first class; of outputs (h, w, C) the mean over the
    classes of ``own`` of the intersection over union.
    """
    one, other = np.argmax(own, axis=-1), np.argmax(rebuilt, axis=-1)
    if one.ndim == 0:
        return float(one == other)
    shares = [
        ((one == index) & (other == index)).sum() / ((one == index) | (other == index)).sum()
        for index in np.unique(one)
    ]
    return float(np.mean(shares))
