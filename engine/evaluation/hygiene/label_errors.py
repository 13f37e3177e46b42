"""Labels that are likely wrong: confident learning.

Northcutt 2021, https://doi.org/10.1613/jair.1.12125. An image counts as class `j` if its probability of `j`
is at least the mean probability of `j` among the images that are labelled so. Where the most probable of
these classes is not the label, the label is in doubt. The probabilities must be out of sample: of a model
that was not trained on these images.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.arrays import AnyFloats, AnyInts, Bools, Indices, LongInts, Reals
from engine.evaluation.resampling import divided

BLOCK_VALUES = 4_000_000
"""Probabilities that are read at once."""
ROUNDING = 1e-6
"""Of probabilities that equal their threshold."""


@dataclass(frozen=True, eq=False)
class LabelErrors:
    """Images whose label is likely wrong, the most likely first.

    Attributes:
        rows: places of these K images.
        given: (K,) their labels.
        suggested: (K,) the classes that they more likely are.
        margins: float64 (K,), probability of the label less that of the best other class, -1 to 0, rising.
        joint: int64 (C, C), confident joint: images by given label (rows) and class that they count as
            (columns). Images that count as none are not in it.
        thresholds: float64 (C,), mean probability of each class among the images labelled so; nan where
            there are none: nothing counts as such a class.
        noise_share: estimated share of wrong labels, 0-1: each row of the joint stands for all images of its
            label; nan where there are none.
    """

    rows: Indices
    given: LongInts
    suggested: LongInts
    margins: Reals
    joint: LongInts
    thresholds: Reals
    noise_share: float


def label_errors(probabilities: AnyFloats, labels: AnyInts) -> LabelErrors:
    """Labels that are likely wrong.

    Args:
        probabilities: (N, C), out of sample, 0-1; may be a memory map, it is read in blocks.
        labels: int (N,), given labels; -1 where there is none: such an image is left out.

    Raises:
        ValueError: the shapes differ, a label is no class, or a probability is outside 0-1.

    Example:
        >>> sure = np.array([[0.9, 0.1]] * 3 + [[0.2, 0.8]] * 3)
        >>> found = label_errors(sure, np.array([0, 0, 1, 1, 1, 1]))  # the third is labelled 1
        >>> found.rows.tolist(), found.suggested.tolist(), found.joint.tolist()
        ([2], [0], [[2, 0], [1, 3]])
    """
    given: LongInts = np.asarray(labels, np.int64)
    if probabilities.ndim != 2 or given.shape != probabilities.shape[:1]:
        raise ValueError(f"Expected (N, C) of {len(given)} labels, received {probabilities.shape}.")
    classes = probabilities.shape[1]
    if given.size and not -1 <= given.min() <= given.max() < classes:
        raise ValueError(f"Labels must be in -1..{classes - 1}.")
    thresholds, counts = _thresholds(probabilities, given)
    parts = [_looked_at(values, given[rows], thresholds) for rows, values in _blocks(probabilities, given)]
    counts_as, margins, is_doubted = (
        np.concatenate([part[place] for part in parts]) if parts else np.zeros(0, kind)
        for place, kind in enumerate((np.int64, np.float64, np.bool_))
    )
    own, known = given[given >= 0], counts_as >= 0
    joint = np.zeros((classes, classes), np.int64)
    np.add.at(joint, (own[known], counts_as[known]), 1)
    doubted = np.flatnonzero(is_doubted)
    doubted = doubted[np.argsort(margins[doubted], kind="stable")]
    return LabelErrors(
        rows=np.flatnonzero(given >= 0)[doubted],
        given=own[doubted],
        suggested=counts_as[doubted],
        margins=margins[doubted],
        joint=joint,
        thresholds=thresholds,
        noise_share=_noise_share(joint, counts),
    )


def _blocks(probabilities: AnyFloats, labels: LongInts) -> Iterator[tuple[Indices, Reals]]:
    """Rows with a label, and their probabilities, a few at a time."""
    rows = np.flatnonzero(labels >= 0)
    size = max(1, BLOCK_VALUES // probabilities.shape[1])
    for first in range(0, len(rows), size):
        block = rows[first : first + size]
        values = np.asarray(probabilities[block], np.float64)
        if not ((values >= 0) & (values <= 1 + 1e-3)).all():
            raise ValueError("Probabilities must be from 0 to 1.")
        yield block, values


def _thresholds(probabilities: AnyFloats, labels: LongInts) -> tuple[Reals, LongInts]:
    """Mean probability of each class among the images labelled so, and their number: (C,) each."""
    sums, counts = np.zeros(probabilities.shape[1]), np.zeros(probabilities.shape[1], np.int64)
    for rows, values in _blocks(probabilities, labels):
        np.add.at(sums, labels[rows], values[np.arange(len(rows)), labels[rows]])
        np.add.at(counts, labels[rows], 1)
    return divided(sums, counts), counts


def _looked_at(values: Reals, given: LongInts, thresholds: Reals) -> tuple[LongInts, Reals, Bools]:
    """Of each image (n,): the class that it counts as, -1 for none; margin; whether its label is in doubt.

    A label is not in doubt where it is the most probable class.
    """
    reaches = values >= thresholds - ROUNDING  # never, where there is no threshold
    counts_as = np.where(reaches.any(1), np.where(reaches, values, -1).argmax(1), -1)
    own = np.take_along_axis(values, given[:, None], 1)[:, 0]
    others = values.copy()
    np.put_along_axis(others, given[:, None], -1, 1)
    margins = own - others.max(1)
    return counts_as, margins, (counts_as >= 0) & (counts_as != given) & (values.argmax(1) != given)


def _noise_share(joint: LongInts, counts: LongInts) -> float:
    """Share off the diagonal where each row of the joint is scaled to all images of its label."""
    total = int(counts.sum())
    wrong = divided(joint.sum(1) - np.diag(joint), joint.sum(1))
    return float(np.nansum(wrong * counts)) / total if total else float("nan")
