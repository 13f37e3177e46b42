"""Images unlike the rest: far from their nearest neighbours in the features of a layer.

The distance of an image is the mean one to its k nearest neighbours (Angiulli and Pizzuti 2002,
https://doi.org/10.1007/3-540-45681-3_2). How far is far, the other images say: their distances, as
logarithms, have a median and a spread (1.4826 times the median absolute deviation). A distance counts as
unlike the rest where it is so many spreads above that as a normal one hardly ever is in so many images.
"""

from dataclasses import dataclass

import numpy as np

from engine.arrays import AnyFloats, Bools, Indices, Reals
from engine.errors import ProjectionError
from engine.projection.neighbours import nearest
from engine.projection.preparing import finite_rows

NEAREST = 10
LEAST = 20
"""Images below which nothing can be said of the rest."""
SPREAD = 1.4826
MEAN_SPREAD = 1.2533
"""Of a normal distribution, in median and in mean absolute deviations; the latter where more than half of the
distances are equal.
"""
ALARMS = 0.05
"""Expected number of images of a normal set that are called unlike the rest."""


@dataclass(frozen=True, eq=False)
class Outliers:
    """How far images are from their nearest neighbours.

    Attributes:
        rows: intp (N,), places of the images that have features, the farthest first.
        distances: float64 (N,), mean distance to the k nearest, falling, in units of the features.
        neighbours: intp (N, k), places of these neighbours, nearest first.
        scores: float64 (N,), spreads above the median of the logarithms, falling.
        is_unlike: bool (N,), whether that is more than chance gives among so many.
        bar: the score from which on it is.
    """

    rows: Indices
    distances: Reals
    neighbours: Indices
    scores: Reals
    is_unlike: Bools
    bar: float


def outliers(features: AnyFloats, count: int = NEAREST) -> Outliers:
    """Images unlike the rest.

    Equal images have distance 0 to each other; a copy of an odd image makes neither of them ordinary as long
    as there are fewer copies than neighbours.

    Args:
        features: (N, F); rows that are not finite are left out.
        count: number of neighbours k, less than the images.

    Raises:
        ProjectionError: this is no table of features, or there are fewer than ``LEAST`` images.

    Example:
        >>> line = np.arange(40.0)[:, None]
        >>> found = outliers(np.concatenate([line, [[200.0]]]), 2)
        >>> found.rows[0], found.distances[0], int(found.is_unlike.sum())
        (np.int64(40), np.float64(161.5), 1)
    """
    places = np.flatnonzero(finite_rows(features))
    if len(places) < LEAST:
        raise ProjectionError(
            "At least {least} images are needed to say which are unlike the rest; there are {count}.",
            least=LEAST,
            count=len(places),
        )
    rows = np.asarray(features[places], np.float64)
    near = nearest(rows, np.arange(len(rows)), min(count, len(rows) - 1))
    distances = near.distances.mean(axis=1)
    scores = _scores(distances)
    order = np.argsort(-distances, kind="stable")
    bar = _bar(len(rows))
    return Outliers(
        rows=places[order],
        distances=distances[order],
        neighbours=places[near.indices[order]],
        scores=scores[order],
        is_unlike=scores[order] > bar,
        bar=bar,
    )


def _scores(distances: Reals) -> Reals:
    """Spreads above the median of the logarithms, float64 (N,); 0 where all are equal."""
    positive = distances[distances > 0]
    if not len(positive):
        return np.zeros(len(distances))
    logs = np.log(np.maximum(distances, positive.min()))
    median = np.median(logs)
    away = np.abs(logs - median)
    spread = SPREAD * float(np.median(away)) or MEAN_SPREAD * float(away.mean())
    return np.asarray((logs - median) / spread if spread else np.zeros(len(logs)))


def _bar(images: int) -> float:
    """The score that so many normal ones exceed ``ALARMS`` times on average."""
    from scipy.special import ndtri  # takes long to import, and pages name this module

    return float(-ndtri(ALARMS / images))
