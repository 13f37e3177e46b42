"""Checks of a data set itself, each one task in a worker: doubtful labels, copies, images unlike the rest."""

import hashlib
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from compute.base.keys import FORMAT, digest_of
from compute.work.contract import AnswerSheet, AnswerView, Order, Part, Price
from compute.worker.tasks import guarded
from engine.arrays import AnyFloats, Array, Floats
from engine.evaluation.hygiene.duplicates import DuplicatePairs, near_duplicates
from engine.evaluation.hygiene.label_errors import LabelErrors, label_errors
from engine.evaluation.hygiene.outliers import Outliers, outliers

LABELS, COPIES, UNLIKE = "labels", "copies", "unlike"
Found = LabelErrors | DuplicatePairs | Outliers


@dataclass(frozen=True, eq=False)
class CheckTable:
    """What is known of N images; it travels once for all checks of it.

    Attributes:
        values: (N, ...) logits, perceptual hashes or features.
        marks: (N,) labels (-1 where there is none) or names of parts; None where copies are looked for
            anywhere, or where a check needs none.
    """

    values: Array
    marks: Array | None = None

    @cached_property
    def digest(self) -> str:
        """Hex sha256 of all of it."""
        found = hashlib.sha256()
        for part in (self.values, np.zeros(0) if self.marks is None else self.marks):
            found.update(f"{part.dtype.str} {part.shape}".encode() + np.ascontiguousarray(part).tobytes())
        return found.hexdigest()


def _labels(table: CheckTable) -> LabelErrors:
    assert table.marks is not None
    return label_errors(_shares(table.values), table.marks)


def _copies(table: CheckTable) -> DuplicatePairs:
    return near_duplicates(table.values, None if table.marks is None else table.marks.tolist())


def _shares(logits: AnyFloats) -> Floats:
    """Probabilities float32 (N, C) of logits."""
    values: Floats = np.asarray(logits, np.float32)
    values = np.exp(values - values.max(axis=1, keepdims=True))
    return values / values.sum(axis=1, keepdims=True)


CHECKS: Mapping[str, Callable[[CheckTable], Found]] = {
    LABELS: _labels,
    COPIES: _copies,
    UNLIKE: lambda table: outliers(table.values),
}
"""What is asked, and what answers it."""


@dataclass(frozen=True, eq=False)
class CheckOrder(Order[AnswerView[Any, Found]]):
    """A check of a data set.

    Attributes:
        spec: key of ``CHECKS``.
        table: of the images.
    """

    kind: ClassVar[str] = "check"

    spec: str
    table: CheckTable

    @property
    def key(self) -> str:
        return f"check-{digest_of(FORMAT, 'check', self.spec, self.table.digest)}"

    @property
    def identity(self) -> Hashable:
        return self.spec, self.table.digest

    @property
    def price(self) -> Price:
        return Price(1)

    @property
    def run(self) -> Callable[..., Found]:
        return check_images

    @property
    def shared(self) -> Mapping[str, Any]:
        return {"table": self.table}

    def view(self, sheet: AnswerSheet) -> AnswerView[Any, Found]:
        return AnswerView(self, sheet)


@guarded
def check_images(_part: Part, asked: str, table: CheckTable) -> Found:
    """The answer to a check."""
    return CHECKS[asked](table)
