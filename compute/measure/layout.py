"""Layout of features of a data set, with how far it can be trusted: one task in a worker.

The libraries of layouts take seconds to import, and one brings TensorFlow: they run in workers only.
"""

import hashlib
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

import numpy as np

from compute.base.keys import FORMAT, digest_of
from compute.work.contract import AnswerSheet, AnswerView, Order, Part, Price
from compute.worker.tasks import guarded
from engine.arrays import Array
from engine.params import Params
from engine.projection.project import ProjectedPoints, project
from engine.projection.trust import LayoutTrust, trust


@dataclass(frozen=True)
class LayoutSpec:
    """What is asked.

    Attributes:
        method: key of ``PROJECTIONS``.
        params: of its type.
        dimensions: 2 or 3.
        seed: of everything drawn.
    """

    method: str
    params: Params
    dimensions: int = 2
    seed: int = 0


@dataclass(frozen=True, eq=False)
class FeatureTable:
    """Features of images, which travel once for all layouts.

    Attributes:
        values: (N, F).
    """

    values: Array

    @cached_property
    def digest(self) -> str:
        """Hex sha256 of the values and their shape."""
        head = f"{self.values.dtype.str} {self.values.shape}".encode()
        return hashlib.sha256(head + np.ascontiguousarray(self.values).tobytes()).hexdigest()


@dataclass(frozen=True, eq=False)
class TrustedLayout:
    """A layout, and how far it can be trusted.

    Attributes:
        layout: its points.
        trust: against a layout of noise; None for fewer than ``LEAST`` images, which say nothing.
    """

    layout: ProjectedPoints
    trust: LayoutTrust | None


LEAST = 20
"""Different images below which a layout is not compared with noise."""


A = TypeVar("A")


@dataclass(frozen=True, eq=False)
class TableOrder(Order[AnswerView[Any, A]], Generic[A]):
    """A question about features that is one task.

    Attributes:
        spec: what is asked.
        features: of the images, or of their maps.
    """

    spec: Any
    features: FeatureTable

    @property
    def question(self) -> Any:
        """What of the spec decides the answer, as plain values."""
        return self.spec.seed

    @property
    def key(self) -> str:
        return f"{self.kind}-{digest_of(FORMAT, self.kind, self.question, self.features.digest)}"

    @property
    def identity(self) -> Hashable:
        return self.spec, self.features.digest

    @property
    def price(self) -> Price:
        return Price(1)

    @property
    def shared(self) -> Mapping[str, Any]:
        return {"features": self.features}

    def view(self, sheet: AnswerSheet) -> AnswerView[Any, A]:
        return AnswerView(self, sheet)


@dataclass(frozen=True, eq=False)
class LayoutOrder(TableOrder[TrustedLayout]):
    """A layout of features."""

    kind: ClassVar[str] = "layout"
    spec: LayoutSpec

    @property
    def question(self) -> Any:
        return self.spec.method, self.spec.params.as_dict(), self.spec.dimensions, self.spec.seed

    @property
    def run(self) -> Callable[..., TrustedLayout]:
        return lay_out_features


@guarded
def lay_out_features(_part: Part, asked: LayoutSpec, features: FeatureTable) -> TrustedLayout:
    """Lay out features and compare the layout with one of noise."""
    layout = project(features.values, asked.method, asked.params, asked.dimensions, asked.seed)
    enough = int(layout.usable.sum()) >= LEAST
    return TrustedLayout(layout, trust(features.values, layout, asked.seed) if enough else None)
