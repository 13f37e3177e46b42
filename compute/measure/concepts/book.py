"""Concepts of places of many images: one task in a worker."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from compute.measure.layout import FeatureTable, TableOrder
from compute.work.contract import Part
from compute.worker.tasks import guarded, leave_if_unwanted
from engine.arrays import Floats, LongInts
from engine.concepts.factors import ConceptBasis, explained_share, factorise
from engine.concepts.placing import ConceptPlaces, places_of
from engine.concepts.stability import ConceptStability, ConceptTrial, stability, suggested, try_counts


@dataclass(frozen=True)
class ConceptSpec:
    """What is asked.

    Attributes:
        count: how many concepts; None for as many as the images agree on.
        seed: of everything drawn.
    """

    count: int | None = None
    seed: int = 0


@dataclass(frozen=True, eq=False)
class PlaceTable(FeatureTable):
    """Activations of places (n, K), and which image (n,) each is of."""

    images: LongInts

    @cached_property
    def digest(self) -> str:
        own = hashlib.sha256(np.ascontiguousarray(self.images).tobytes()).hexdigest()
        return hashlib.sha256((FeatureTable(self.values).digest + own).encode()).hexdigest()


@dataclass(frozen=True, eq=False)
class ConceptBook:
    """Concepts that were found.

    Attributes:
        basis: the concepts, that with the largest share first.
        coefficients: float32 (n, k), how much of each is in each place.
        explained: share of the activation's sum of squares, 0-1.
        places: where each concept is found.
        stability: how well each is found again.
        trials: numbers of concepts that were tried; none where somebody chose one.
    """

    basis: ConceptBasis
    coefficients: Floats
    explained: float
    places: tuple[ConceptPlaces, ...]
    stability: ConceptStability
    trials: tuple[ConceptTrial, ...]


@dataclass(frozen=True, eq=False)
class ConceptOrder(TableOrder[ConceptBook]):
    """Concepts of places."""

    kind: ClassVar[str] = "concepts"
    spec: ConceptSpec
    features: PlaceTable

    @property
    def question(self) -> Any:
        return self.spec.count, self.spec.seed

    @property
    def run(self) -> Callable[..., ConceptBook]:
        return concepts_of_places


@guarded
def concepts_of_places(_part: Part, asked: ConceptSpec, features: PlaceTable) -> ConceptBook:
    """Find concepts, as many as were asked for or as the images agree on.

    Raises:
        MapsError: there are too few places, or nothing in them.
    """
    from threadpoolctl import threadpool_limits

    rows = features.values.astype(np.float32)
    with threadpool_limits(1):  # a worker has one processor
        trials = () if asked.count is not None else try_counts(rows, features.images, asked.seed)
        leave_if_unwanted()
        basis = factorise(rows, suggested(trials) if asked.count is None else asked.count, asked.seed)
        leave_if_unwanted()
        basis = _largest_first(basis, rows)
        found = basis.coefficients(rows)
        return ConceptBook(
            basis,
            found,
            explained_share(rows, basis),
            places_of(found, features.images),
            stability(rows, features.images, basis, asked.seed),
            trials,
        )


def _largest_first(basis: ConceptBasis, rows: Floats) -> ConceptBasis:
    sums = np.maximum(basis.coefficients(rows), 0).sum(axis=0, dtype=np.float64)
    return ConceptBasis(basis.vectors[np.argsort(-sums, kind="stable")], basis.signed)
