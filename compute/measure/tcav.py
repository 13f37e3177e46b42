"""Tests of concepts at one layer: one task in a worker."""

import hashlib
from collections.abc import Callable
from dataclasses import astuple, dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from compute.measure.layout import FeatureTable, TableOrder
from compute.work.contract import Part
from compute.worker.tasks import guarded
from engine.arrays import AnyFloats, Array
from engine.tcav.testing import ConceptTest, TcavEffort, examine_concepts


@dataclass(frozen=True)
class TcavSpec:
    """What is asked.

    Attributes:
        effort: how much is drawn.
    """

    effort: TcavEffort = field(default_factory=TcavEffort)


@dataclass(frozen=True, eq=False)
class TcavTable(FeatureTable):
    """What a layer makes of images: ``values`` (C, F) of all concepts, one after the other, how many are of
    each, those of random images (R, F), and gradients (M, F).
    """

    counts: tuple[int, ...]
    random: Array
    gradients: AnyFloats

    @cached_property
    def digest(self) -> str:
        parts = (FeatureTable(one).digest for one in (self.values, self.random, self.gradients))
        return hashlib.sha256("".join([*parts, str(self.counts)]).encode()).hexdigest()


@dataclass(frozen=True, eq=False)
class TcavOrder(TableOrder[tuple[ConceptTest, ...]]):
    """Tests of concepts."""

    kind: ClassVar[str] = "tcav"
    spec: TcavSpec
    features: TcavTable

    @property
    def question(self) -> Any:
        return list(astuple(self.spec.effort))

    @property
    def run(self) -> Callable[..., tuple[ConceptTest, ...]]:
        return examine_in_worker


@guarded
def examine_in_worker(_part: Part, asked: TcavSpec, features: TcavTable) -> tuple[ConceptTest, ...]:
    """Test concepts.

    Raises:
        MapsError: there are too few images, or values that are no numbers.
    """
    from threadpoolctl import threadpool_limits

    concepts = np.split(features.values, np.cumsum(features.counts)[:-1])
    with threadpool_limits(1):
        return examine_concepts(concepts, features.random, features.gradients, asked.effort)
