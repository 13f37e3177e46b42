"""Places and scores of concepts, as they are read from finished tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from compute.measure.concepts.book import ConceptBook
from compute.measure.concepts.places import CELLS, GRID, VECTORS
from compute.measure.concepts.scores import FIT, OWN, RUNS, SAME, WORTH, ConceptScores, design_of
from compute.work.measure import MeasureView
from engine.arrays import Array, LongInts, Reals
from engine.concepts.agreement import ConceptAgreement
from engine.concepts.completeness import Completeness, completeness
from engine.concepts.importance import ConceptImportance, importance_over_images


@dataclass(frozen=True, eq=False)
class PlacesFound:
    """Places of all images, one row each.

    Attributes:
        vectors: float16 (n, K), activations.
        positions: int64 (n,), which item of the order each is of.
        cells: int64 (n,), on the grid of its image.
        grids: int64 (n, 2), rows and columns of that grid.
    """

    vectors: Array
    positions: LongInts
    cells: LongInts
    grids: LongInts


def places_found(view: MeasureView, channels: int) -> PlacesFound:
    """The places of the images of a finished order."""
    table = view.table()
    answered = table.filter(table["error"].is_null())
    cells = [np.asarray(row, np.int64) for row in answered[CELLS].to_pylist()]
    counts = [len(row) for row in cells]
    positions = answered["position"].to_numpy()
    vectors = dict(_vectors(view, channels))
    none = np.zeros((0, channels), np.float16)
    return PlacesFound(
        np.concatenate([none, *(vectors.get(int(place), none) for place in positions)]),
        np.repeat(positions, counts).astype(np.int64),
        np.concatenate([np.zeros(0, np.int64), *cells]),
        np.repeat(np.array(answered[GRID].to_pylist(), np.int64).reshape(-1, 2), counts, axis=0),
    )


def _vectors(view: MeasureView, channels: int) -> list[tuple[int, Array]]:
    """Positions of images and their activations (p, K)."""
    positions, rows = view.ragged(VECTORS)
    return [
        (int(place), row.reshape(-1, channels))
        for place, row in zip(positions, rows, strict=True)
        if len(row)
    ]


@dataclass(frozen=True, eq=False)
class ClassDependence:
    """How far a class depends on concepts, over some images.

    Attributes:
        importance: of each concept.
        agreement: of the answers from the concepts with the network's own.
        completeness: mean over the images that were asked for coalitions; None where none was.
        images: that were asked.
    """

    importance: ConceptImportance
    agreement: ConceptAgreement
    completeness: Completeness | None
    images: int


def class_dependence(view: MeasureView) -> ClassDependence | None:
    """What the images so far say; None before there are two."""
    measure = view.order.spec.measure
    assert isinstance(measure, ConceptScores)
    table = view.table()
    table = table.filter(table["error"].is_null())
    scores = [np.asarray(row, np.float64) for row in table[RUNS].to_pylist()]
    found = importance_over_images(design_of(measure.basis), scores) if len(scores) > 1 else None
    if found is None:
        return None
    pairs = [
        (own, np.asarray(worth, np.float64))
        for own, worth in zip(table[OWN].to_pylist(), table[WORTH].to_pylist(), strict=True)
        if len(worth)
    ]
    fit, same = (float(np.mean(table[name].to_numpy())) for name in (FIT, SAME))
    return ClassDependence(found, ConceptAgreement(fit, same), _mean_completeness(pairs), len(scores))


def concept_rows(book: ConceptBook, dependence: ClassDependence | None) -> list[dict[str, Any]]:
    """A row for each concept, as plain values; importance is left out where it is not known."""
    return [_row(book, dependence, number) for number in range(len(book.basis))]


def _row(book: ConceptBook, dependence: ClassDependence | None, number: int) -> dict[str, Any]:
    places = book.places[number]
    row: dict[str, Any] = {
        "concept": number + 1,
        "occurs": places.occurrence,
        "share": places.share,
        "seeds": float(book.stability.seeds[number]),
        "halves": float(book.stability.halves[number]),
    }
    if dependence is None:
        return row
    asked, whole = dependence.importance, dependence.completeness
    ends = {"low": asked.lower, "high": asked.upper, "shapley": None if whole is None else whole.shapley}
    known = {name: None if end is None else float(end[number]) for name, end in ends.items()}
    return row | {"importance": float(asked.values[number])} | known


Pairs = Sequence[tuple[float, Reals]]
"""The network's own score of each image, and those of all coalitions of concepts."""


def _mean_completeness(pairs: Pairs) -> Completeness | None:
    if not pairs:
        return None
    worth = np.mean([some for _, some in pairs], axis=0)
    return completeness(worth, float(np.mean([own for own, _ in pairs])))
