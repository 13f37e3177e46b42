"""Exact nearest neighbours in the whole feature space."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.arrays import AnyFloats, Indices, Reals
from engine.projection.preparing import finite_rows

BLOCK = 4_000_000
"""Distances in memory at once: 32 MB."""


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The nearest rows of some rows, nearest first; equal distances in the order of the rows.

    Attributes:
        indices: intp (Q, k).
        distances: float64 (Q, k), Euclidean, in units of the features.
    """

    indices: Indices
    distances: Reals


def neighbours(features: AnyFloats, index: int, count: int) -> Neighbours:
    """The nearest images of one image, itself left out.

    Args:
        features: (N, F); rows that are not finite are nobody's neighbours.
        index: of the image.
        count: how many; fewer where there are fewer. None where the image itself is not finite.

    Returns:
        Neighbours with Q = 1.

    Raises:
        ProjectionError: this is no table of features.

    Example:
        >>> found = neighbours(np.array([[0.0], [3.0], [1.0], [np.nan]]), index=0, count=5)
        >>> found.indices.tolist(), found.distances.tolist()
        ([[2, 1]], [[1.0, 3.0]])
    """
    usable = finite_rows(features)
    rows = np.flatnonzero(usable)
    if not usable[index]:
        rows = rows[:0]
    gaps = features[rows].astype(np.float64) - features[index].astype(np.float64)
    reach = np.abs(gaps).max(initial=0.0) or 1.0  # squares neither overflow nor vanish
    distances = reach * np.sqrt(np.square(gaps / reach).sum(axis=1))
    rows, distances = rows[rows != index], distances[rows != index]
    order = np.argsort(distances, kind="stable")[:count]
    return Neighbours(rows[order][None], distances[order][None])


def nearest(features: AnyFloats, queries: Indices, count: int) -> Neighbours:
    """The nearest rows of some rows, themselves left out.

    Args:
        features: (N, F), finite.
        queries: intp (Q,), places of rows.
        count: how many, less than N.
    """
    parts = [_nearest_of(features, some, gaps, count) for some, gaps in distance_blocks(features, queries)]
    indices = [part.indices for part in parts] or [np.empty((0, count), np.intp)]
    distances = [part.distances for part in parts] or [np.empty((0, count))]
    return Neighbours(np.concatenate(indices), np.concatenate(distances))


def distance_blocks(features: AnyFloats, queries: Indices) -> Iterator[tuple[Indices, Reals]]:
    """Some queries after the other, with their squared distances float64 (some, N) to all rows; inf to
    themselves.
    """
    rows = np.asarray(features, np.float64)
    rows = rows - rows.mean(axis=0)
    squares = np.einsum("nf,nf->n", rows, rows)
    step = max(1, BLOCK // max(len(rows), 1))
    for start in range(0, len(queries), step):
        some = queries[start : start + step]
        gaps = squares[some][:, None] + squares - 2 * (rows[some] @ rows.T)
        gaps[np.arange(len(some)), some] = np.inf
        yield some, gaps


def _nearest_of(features: AnyFloats, some: Indices, gaps: Reals, count: int) -> Neighbours:
    """Of squared distances with a rounding error the nearest, by distances without."""
    spare = min(count + 8, gaps.shape[1] - 1)
    near = np.sort(np.argpartition(gaps, spare - 1, axis=1)[:, :spare], axis=1)
    exact = np.empty(near.shape)
    for row, query in enumerate(some):
        gap = features[near[row]].astype(np.float64) - features[query].astype(np.float64)
        exact[row] = np.sqrt(np.einsum("kf,kf->k", gap, gap))
    order = np.argsort(exact, axis=1, kind="stable")[:, :count]
    return Neighbours(np.take_along_axis(near, order, axis=1), np.take_along_axis(exact, order, axis=1))
