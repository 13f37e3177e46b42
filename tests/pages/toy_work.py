"""A kind of work as anybody would add it: one file with its order, its view and its task, and its row."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from compute.base.keys import digest_of
from compute.work.contract import Cut, Part, Price, Progress, Sheet, State
from compute.work.maps import MapOrder, MapRequest, MapView, Recorded
from compute.work.predict import Prediction
from compute.worker.tasks import guarded
from engine.explanation import Cost, Explanation
from engine.images.picture import Picture
from engine.method import Method
from engine.params import Params, param
from engine.target_sets import TargetSet, Wanted
from model_store.catalogue import ModelRef


@dataclass(frozen=True)
class RowParams(Params):
    """Parameters of the toy."""

    rows: int = param(8, "Rows", "So many rows has the map.", low=2, high=64, step=1)
    rest_ms: int = param(0, "Rest", "So many milliseconds takes a row.", low=0, high=5000, step=1)


@dataclass(frozen=True)
class RowSpec:
    """Mean brightness of the rows of an image, asked about some targets."""

    ref: ModelRef
    params: RowParams
    wanted: tuple[Wanted, ...]


class RowSheet(Sheet):
    """A value for each row, NaN where it is missing."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values

    @property
    def complete(self) -> bool:
        return not np.isnan(self.values).any()

    def missing(self, coming: Collection[Part] = (), cut: Cut = Cut.WHOLE) -> Sequence[Part]:
        return [(row,) for row in np.flatnonzero(np.isnan(self.values)).tolist() if (row,) not in coming]

    def has(self, part: Part) -> bool:
        return not np.isnan(self.values[part[0]])

    def add(self, part: Part, value: float) -> None:
        self.values[part[0]] = value

    def copy(self) -> RowSheet:
        return RowSheet(self.values.copy())

    def progress(self, state: State) -> Progress:
        done = int((~np.isnan(self.values)).sum())
        return Progress(done, len(self.values), 0.0, None, state)


class RowView(MapView["RowOrder", RowSheet]):
    """The map as far as rows are there; the others are zero."""

    def explain(self, wanted: Wanted, method: str = "", params: Any = None) -> Explanation | None:
        values, order = self.sheet.values.copy(), self.order
        if np.isnan(values).all():
            return None
        done = int((~np.isnan(values)).sum())
        return Explanation(
            values=np.nan_to_num(values)[:, None].astype(np.float32),
            signed=False,
            target=order.prediction.targets.wanted(wanted),
            method=METHOD.key,
            params=order.spec.params.as_dict(),
            score=0.0,
            cost=Cost(forwards=done),
            provenance=order.prediction.provenance(order.picture),
        )


@dataclass(frozen=True, eq=False)
class RowOrder(MapOrder[RowView]):
    """The brightness of each row."""

    kind: ClassVar[str] = "rows"
    misfit: ClassVar[str] = "{method} is not read off rows."
    costs: ClassVar[str] = "{runs:,} rows."
    chunked: ClassVar[bool] = True

    spec: RowSpec
    prediction: Prediction
    picture: Picture

    @classmethod
    def of(cls, request: MapRequest) -> Sequence[Self]:
        spec = RowSpec(request.ref, request.params, tuple(request.wanted))
        return [cls(spec, request.prediction, request.picture)]

    @classmethod
    def again(cls, request: MapRequest, recorded: Recorded) -> Self:
        return cls.of(request)[0]

    @property
    def key(self) -> str:
        facts = self.prediction.facts
        return f"rows-{digest_of(facts.fingerprint, self.picture.sha256, self.spec.params.as_dict())}"

    @property
    def price(self) -> Price:
        return Price(self.spec.params.rows, 0, self.spec.params.rows * self.spec.params.rest_ms / 1000)

    @property
    def run(self) -> Callable[..., float]:
        return look_at_row

    def sheet(self) -> RowSheet:
        return RowSheet(np.full(self.spec.params.rows, np.nan))

    def view(self, sheet: RowSheet) -> RowView:
        return RowView(self, sheet)


@guarded
def look_at_row(part: Part, asked: RowSpec, targets: TargetSet, picture: Picture) -> float:
    """Mean brightness of a row, 0-1."""
    time.sleep(asked.params.rest_ms / 1000)
    return float(np.array_split(picture.pixels, asked.params.rows)[part[0]].mean() / 255)


METHOD = Method(
    key="brightness",
    title="Brightness of rows",
    measures="Mean brightness of a row of the image, 0 to 1.",
    paper="Nobody: Brightness of Rows",
    year=2000,
    url="https://example.org",
    work=RowOrder.kind,
    family="hidden",
    gradients=False,
    signed=False,
    params=RowParams,
    runs=lambda params: params.rows,
    how_to_read=("Bright rows are bright.", "Dark rows are dark.", "It says nothing of the model."),
    caveats=("It does not look at the model.",),
)
