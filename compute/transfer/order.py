"""Classifiers on features of a data set: one part for each row of the table of results."""

import hashlib
import threading
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from time import monotonic
from typing import Any, ClassVar

import numpy as np

from compute.base.keys import FORMAT, digest_of
from compute.base.prepared import prepared
from compute.work.contract import BACKGROUND, Cut, Order, Part, Price, Progress, Sheet, State, View
from compute.worker.tasks import guarded
from engine.arrays import Array, LongInts
from engine.transfer.fitting import PreparedTraining, train
from engine.transfer.rows import TransferRow, measured_row
from engine.transfer.table import TransferSetting


@dataclass(frozen=True, eq=False)
class LearningTable:
    """Features of both parts of a data set, which travel once for all rows.

    Attributes:
        training: (N, D), as they were stored.
        truth: int64 (N,), classes.
        test: (M, D).
        test_truth: int64 (M,).
    """

    training: Array
    truth: LongInts
    test: Array
    test_truth: LongInts

    @cached_property
    def digest(self) -> str:
        """Hex sha256 of all of it."""
        found = hashlib.sha256()
        for part in (self.training, self.truth, self.test, self.test_truth):
            found.update(f"{part.dtype.str} {part.shape}".encode() + np.ascontiguousarray(part).tobytes())
        return found.hexdigest()

    def prepared(self, setting: TransferSetting) -> PreparedTraining:
        """The training part as the classifiers of a preparation share it; kept in this process.

        Raises:
            TransferError: nothing can be learnt from it.
        """
        params = setting.preparation
        made: PreparedTraining = prepared(
            PreparedTraining,
            (self.digest, params),
            lambda: PreparedTraining.of(self.training, self.truth, params),
        )
        return made


@dataclass(frozen=True)
class TransferSpec:
    """What workers are told.

    Attributes:
        settings: one for each row, in the order in which they are computed.
    """

    settings: tuple[TransferSetting, ...]


class TransferSheet(Sheet):
    """Rows as they come in, by their places in the spec; safe to read and write from several threads."""

    def __init__(self, count: int) -> None:
        self._rows: list[TransferRow | None] = [None] * count
        self._began, self._lock = monotonic(), threading.Lock()

    @property
    def complete(self) -> bool:
        return None not in self._rows

    def missing(self, coming: Collection[Part] = (), cut: Cut = Cut.WHOLE) -> Sequence[Part]:
        return [(place,) for place, row in enumerate(self._rows) if row is None and (place,) not in coming]

    def has(self, part: Part) -> bool:
        return self._rows[part[0]] is not None

    def add(self, part: Part, value: TransferRow) -> None:
        with self._lock:
            if self._rows[part[0]] is None:
                self._rows[part[0]] = value

    def progress(self, state: State) -> Progress:
        rows = self.rows()
        spent = sum(row.choosing_seconds + row.fit_seconds + row.predict_seconds for row in rows.values())
        return Progress(len(rows), len(self._rows), spent, None, state)

    def rows(self) -> dict[int, TransferRow]:
        """Those that are there, by place."""
        with self._lock:
            return {place: row for place, row in enumerate(self._rows) if row is not None}


class TransferView(View["TransferOrder", TransferSheet]):
    """The table as far as it goes."""

    def rows(self) -> dict[int, TransferRow]:
        """Rows that are there, by their places in the spec."""
        return self.sheet.rows()


SECONDS_PER_CELL = 2e-8
"""About the seconds of a row, by images squared, classes and strengths: measured with 1,500 images."""


@dataclass(frozen=True, eq=False)
class TransferOrder(Order[TransferView]):
    """Classifiers that learn from one part of a data set, and are asked about another one once.

    Attributes:
        spec: which classifiers.
        table: features and classes.
    """

    kind: ClassVar[str] = "transfer"
    priority: ClassVar[int] = BACKGROUND
    chunked: ClassVar[bool] = True

    spec: TransferSpec
    table: LearningTable

    @property
    def key(self) -> str:
        asked = [asdict(setting) for setting in self.spec.settings]
        return f"transfer-{digest_of(FORMAT, 'transfer', asked, self.table.digest)}"

    @property
    def identity(self) -> Hashable:
        return self.spec, self.table.digest

    @property
    def price(self) -> Price:
        images, classes = len(self.table.truth), int(self.table.truth.max(initial=0)) + 1
        tried = sum(1 if row.strength else 4 * len(row.row.tried) for row in self.spec.settings)
        return Price(len(self.spec.settings), 0, SECONDS_PER_CELL * images**2 * classes * tried)

    @property
    def run(self) -> Callable[..., TransferRow]:
        return learn_row

    @property
    def shared(self) -> Mapping[str, Any]:
        return {"table": self.table}

    def sheet(self) -> TransferSheet:
        return TransferSheet(len(self.spec.settings))

    def view(self, sheet: TransferSheet) -> TransferView:
        return TransferView(self, sheet)


@guarded
def learn_row(part: Part, asked: TransferSpec, table: LearningTable) -> TransferRow:
    """A row: learnt from the training part, then one look at the test part."""
    setting = asked.settings[part[0]]
    return measured_row(train(table.prepared(setting), setting), table.test, table.test_truth)


def with_strength(setting: TransferSetting, strength: float | None) -> TransferSetting:
    """The same row with a strength that is not chosen again."""
    return replace(setting, strength=strength)
