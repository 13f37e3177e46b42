"""Learning from one part of a data set, and one look at another.

The preparation, C and the classifier come from the training part alone; ``learnt_scores`` is the only
function that is given the other part, and gives nothing back to what was learnt.
"""

from dataclasses import dataclass
from time import perf_counter

import numpy as np

from engine.arrays import AnyFloats, AnyInts, Array, Floats, Indices, LongInts, Reals
from engine.errors import TransferError
from engine.transfer.kernels import Kernel, SeenImages
from engine.transfer.machines import Machine, part_of
from engine.transfer.preparing import Preparation, PreparationParams, learn_preparation
from engine.transfer.table import TransferSetting

MOST_FOLDS = 5


@dataclass(frozen=True, eq=False)
class PreparedTraining:
    """The training part as classifiers see it: one matrix of products for all kernels and strengths.

    Attributes:
        preparation: learnt from it.
        seen: its images, beside themselves.
        truth: int64 (N,), classes 0 to K-1.
        seconds: that preparing and multiplying took.
    """

    preparation: Preparation
    seen: SeenImages
    truth: LongInts
    seconds: float

    @classmethod
    def of(cls, features: AnyFloats, truth: AnyInts, params: PreparationParams) -> "PreparedTraining":
        """Learn the preparation of features (N, D), and multiply them once.

        Raises:
            TransferError: a class has no image, there is one class only, or features are not finite.
        """
        began = perf_counter()
        _check_classes(truth)
        preparation = learn_preparation(features, params)
        prepared = preparation(features)
        seen = SeenImages.of(prepared, prepared)
        return cls(preparation, seen, np.asarray(truth, np.int64), perf_counter() - began)


def _check_classes(truth: AnyInts) -> None:
    counts = np.bincount(truth)
    if len(counts) < 2 or not counts.all():
        raise TransferError(
            "Each class needs images in the training part, and there are two or more classes."
        )


@dataclass(frozen=True, eq=False)
class TrainedClassifier:
    """What was learnt.

    Attributes:
        setting: with the strength that was used.
        training: what it was learnt from.
        kernel: what its numbers are.
        machine: the classifier.
        validation: share of the training images that are right in cross-validation, by strength; empty where
            the strength was given.
        choosing_seconds: of the cross-validation.
        seconds: of the fit, with the preparation and the matrix of products.
    """

    setting: TransferSetting
    training: PreparedTraining
    kernel: Kernel
    machine: Machine
    validation: dict[float, float]
    choosing_seconds: float
    seconds: float


def train(training: PreparedTraining, setting: TransferSetting) -> TrainedClassifier:
    """Learn a classifier; without a strength the best in stratified cross-validation is taken, the smallest
    of equal ones.

    Raises:
        TransferError: a class has one image only, so that nothing can be cross-validated.
    """
    row, began = setting.row, perf_counter()
    kernel = row.kernel(training.seen.features)
    matrix = row.looks(training.seen, kernel)
    shared = perf_counter() - began
    began = perf_counter()
    validation = {} if setting.strength is not None else _validated(training, setting, matrix)
    chosen = setting.strength or max(validation, key=lambda tried: (validation[tried], -tried))
    choosing = perf_counter() - began
    began = perf_counter()
    machine = row.fit(matrix, training.truth, chosen)
    seconds = training.seconds + shared + perf_counter() - began
    used = TransferSetting(setting.classifier, setting.preparation, chosen)
    return TrainedClassifier(used, training, kernel, machine, validation, choosing, seconds)


def _validated(training: PreparedTraining, setting: TransferSetting, matrix: Array) -> dict[float, float]:
    """Share of right answers of each strength over held-out folds of the training part.

    The folds share the preparation, which sees no classes.
    """
    row, truth, right = setting.row, training.truth, dict.fromkeys(setting.row.tried, 0)
    for kept, held in _folds(truth):
        learnt_from = part_of(matrix, kept, kept, row.square)
        looked_at = part_of(matrix, held, kept, row.square)
        for strength in row.tried:
            machine = row.fit(learnt_from, truth[kept], strength)
            right[strength] += int((machine.scores(looked_at).argmax(1) == truth[held]).sum())
    return {strength: count / len(truth) for strength, count in right.items()}


def _folds(truth: LongInts) -> list[tuple[Indices, Indices]]:
    from sklearn.model_selection import StratifiedKFold

    count = min(MOST_FOLDS, int(np.bincount(truth).min()))
    if count < 2:
        raise TransferError("A class has one training image: C cannot be chosen. Please give it.")
    return list(StratifiedKFold(count, shuffle=True, random_state=0).split(truth[:, None], truth))


def learnt_scores(trained: TrainedClassifier, features: AnyFloats) -> Reals:
    """Scores float64 (M, K) for features (M, D) that nothing was learnt from."""
    training, row = trained.training, trained.setting.row
    prepared: Floats = training.preparation(features)
    seen = SeenImages.of(prepared, training.seen.features)
    return trained.machine.scores(row.looks(seen, trained.kernel))
