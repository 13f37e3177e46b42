"""Rows of a table of results, and whether two of them differ by more than chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from engine.arrays import AnyFloats, AnyInts, Bools, LongInts
from engine.evaluation.comparing import mcnemar
from engine.evaluation.intervals import Interval, wilson_interval
from engine.evaluation.slices import holm_adjusted
from engine.transfer.fitting import TrainedClassifier, learnt_scores
from engine.transfer.table import TransferSetting


@dataclass(frozen=True, eq=False)
class TransferRow:
    """A classifier on features, and how often it is right on images that nothing was learnt from.

    Attributes:
        setting: with the strength that was used.
        chosen: whether cross-validation chose the strength.
        validation: share of right answers in that cross-validation; nan where the strength was given.
        answers: int64 (M,), its classes.
        right: bool (M,), whether they are the true ones.
        dimensions: numbers that an image has after the preparation.
        choosing_seconds: of the cross-validation.
        fit_seconds: of the preparation, the matrix of products and the fit.
        predict_seconds: for all M images.
    """

    setting: TransferSetting
    chosen: bool
    validation: float
    answers: LongInts
    right: Bools
    dimensions: int
    choosing_seconds: float
    fit_seconds: float
    predict_seconds: float

    @property
    def accuracy(self) -> float:
        """Share of right answers, 0-1."""
        return float(self.right.mean())

    @property
    def interval(self) -> Interval:
        """95 % of the accuracy (Wilson)."""
        return wilson_interval(int(self.right.sum()), len(self.right))

    @property
    def image_bytes(self) -> int:
        """Bytes of an image's numbers in single precision."""
        return 4 * self.dimensions


def measured_row(trained: TrainedClassifier, features: AnyFloats, truth: AnyInts) -> TransferRow:
    """The row of a classifier, by one look at the test part: features (M, D) and classes (M,)."""
    began = perf_counter()
    answers = learnt_scores(trained, features).argmax(1)
    seconds = perf_counter() - began
    setting = trained.setting
    assert setting.strength is not None
    return TransferRow(
        setting=setting,
        chosen=bool(trained.validation),
        validation=trained.validation.get(setting.strength, float("nan")),
        answers=answers.astype(np.int64),
        right=answers == truth,
        dimensions=trained.training.preparation.width,
        choosing_seconds=trained.choosing_seconds,
        fit_seconds=trained.seconds,
        predict_seconds=seconds,
    )


@dataclass(frozen=True)
class RowPair:
    """Two rows on the same images.

    Attributes:
        first: place of a row.
        second: place of a later one.
        only_first: images on which only the first is right.
        only_second: images on which only the second is right.
        p_value: McNemar's exact test.
        adjusted: the same with all pairs in mind (Holm).
    """

    first: int
    second: int
    only_first: int
    only_second: int
    p_value: float
    adjusted: float


def compare_rows(right: Sequence[Bools]) -> list[RowPair]:
    """McNemar's exact test of every pair of rows.

    Args:
        right: bool (M,) of each row, image by image.

    Example:
        >>> rows = [np.array([True] * 9 + [False]), np.array([False] * 9 + [True])]
        >>> [(one.only_first, one.only_second, round(one.adjusted, 3)) for one in compare_rows(rows)]
        [(9, 1, 0.021)]
    """
    places = [(first, second) for first in range(len(right)) for second in range(first + 1, len(right))]
    tested = [mcnemar(right[first], right[second]) for first, second in places]
    adjusted = holm_adjusted(np.array([one.p_value for one in tested], np.float64)).tolist()
    return [
        RowPair(*pair, int(one.table[0, 1]), int(one.table[1, 0]), one.p_value, holm)
        for pair, one, holm in zip(places, tested, adjusted, strict=True)
    ]


def ranked_rows(rows: Sequence[TransferRow]) -> list[int]:
    """Places of rows, the most often right first, smaller representations first among equal ones."""
    return sorted(range(len(rows)), key=lambda place: (-rows[place].accuracy, rows[place].dimensions))


def chosen_on_training(rows: Sequence[TransferRow]) -> int | None:
    """Place of the row that cross-validation alone would choose, without the test part; None where no row
    was cross-validated.
    """
    known = [place for place, row in enumerate(rows) if np.isfinite(row.validation)]
    return max(known, key=lambda place: (rows[place].validation, -rows[place].dimensions), default=None)
