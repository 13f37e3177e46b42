"""Nearest images of one image by features: of its class, and of others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import AnyFloats, AnyInts
from engine.errors import ProjectionError
from engine.projection.neighbours import Neighbours, neighbours


@dataclass(frozen=True, eq=False)
class NearExamples:
    """Images near to one.

    Attributes:
        hits: of its class, nearest first; Q = 1.
        misses: of other classes.
        ratio: distance to the nearest hit over that to the nearest miss; nan where there is none.
    """

    hits: Neighbours
    misses: Neighbours

    @property
    def ratio(self) -> float:
        if not self.hits.distances.size or not self.misses.distances.size:
            return float("nan")
        return float(self.hits.distances[0, 0] / max(float(self.misses.distances[0, 0]), 1e-300))


def near_examples(
    features: AnyFloats, image: AnyFloats, classes: AnyInts, own: int, count: int
) -> NearExamples:
    """The nearest images of a class and of all others.

    Args:
        features: (N, F), of the images of a data set.
        image: (F,), of the image that is asked about.
        classes: (N,), of each image; -1 where it is not known, and then it is left out.
        own: class that counts as its own.
        count: images of either kind.

    Raises:
        ProjectionError: the image has other features, or one is no number.

    Example:
        >>> features = np.array([[0.0], [1.0], [4.0], [2.0]])
        >>> found = near_examples(features, np.array([0.5]), np.array([0, 1, 0, -1]), own=0, count=2)
        >>> found.hits.indices.tolist(), found.misses.indices.tolist(), found.ratio
        ([[0, 2]], [[1]], 1.0)
    """
    if image.shape != features.shape[1:] or not np.isfinite(image).all():
        raise ProjectionError("This image has no features that could be compared at this layer.")
    known = np.asarray(classes) >= 0
    hits = _near(features, image, known & (classes == own), count)
    return NearExamples(hits, _near(features, image, known & (classes != own), count))


def _near(features: AnyFloats, image: AnyFloats, some: AnyInts, count: int) -> Neighbours:
    rows = np.flatnonzero(some)
    whole = np.concatenate([np.asarray(features[rows], np.float64), np.asarray(image, np.float64)[None]])
    found = neighbours(whole, len(rows), count)
    return Neighbours(rows[found.indices], found.distances)
