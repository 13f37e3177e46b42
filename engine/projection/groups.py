"""Groups of images by their features, where density finds any; the others stay in none."""

from dataclasses import dataclass

import numpy as np

from engine.arrays import AnyFloats, Floats, Indices
from engine.errors import ProjectionError
from engine.phrase import Phrase, later
from engine.projection.preparing import components, prepare
from engine.projection.trust import noise_like

REDUCED = 10
"""Principal components in which density is looked at: in more of them, all points lie about equally far."""
SMALLEST, SHARE = 8, 0.01
"""A group has at least so many images, and at least this share of them."""
MOST = 5000
"""Of more images so many are drawn and grouped; each other one is where its nearest of these is."""
NULLS = 5
NONE = -1
"""Group of an image that is in none."""

AS_NOISE = later("Groups as in noise: they hold {share} % of the images, and up to {null} % of noise.")
FOUND = later("{count} groups hold {share} % of the images; groups in noise hold {null} % at most.")


@dataclass(frozen=True, eq=False)
class FeatureGroups:
    """Groups of images.

    Attributes:
        labels: intp (N,), the group of each image from 0, the largest first; ``NONE`` where it has none.
        null: share of the rows in a group, 0-1, in the one of several sets of noise that has most.
        seed: of everything drawn.
    """

    labels: Indices
    null: float
    seed: int

    @property
    def count(self) -> int:
        """Number of groups."""
        return int(self.labels.max(initial=NONE)) + 1

    @property
    def share(self) -> float:
        """Of the images that are in a group, 0-1."""
        return float((self.labels != NONE).mean()) if len(self.labels) else 0.0

    @property
    def is_noise(self) -> bool:
        """Whether noise is grouped as much."""
        return self.share <= self.null

    @property
    def verdict(self) -> str:
        """A sentence for people."""
        shares = {"share": round(100 * self.share), "null": round(100 * self.null)}
        return Phrase(AS_NOISE, **shares) if self.is_noise else Phrase(FOUND, count=self.count, **shares)


def feature_groups(features: AnyFloats, seed: int = 0) -> FeatureGroups:
    """Group images by density (HDBSCAN, Campello et al. 2013, https://doi.org/10.1007/978-3-642-37456-2_14).

    The null is that of ``trust``: independent normal features with the means and spreads of these components,
    grouped in the same way.

    Args:
        features: (N, F). Rows that are not finite are in no group; equal rows each count.
        seed: the same one gives the same groups.

    Raises:
        ProjectionError: this is no table of features, or there are too few different rows.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> found = feature_groups(rng.normal(size=(60, 4)) + 20 * np.eye(2, 4)[[0] * 40 + [1] * 20])
        >>> np.bincount(found.labels + 1).tolist(), found.is_noise
        ([0, 40, 20], False)
    """
    prepared = prepare(features)
    if len(prepared.features) < 2 * SMALLEST:
        raise ProjectionError(
            "Groups need at least {least} different images; there are {count}.",
            least=2 * SMALLEST,
            count=len(prepared.features),
        )
    rng = np.random.default_rng(seed)
    rows = components(prepared.features[prepared.place], REDUCED, seed).points
    some = np.sort(rng.permutation(len(rows))[:MOST])
    labels = np.full(len(prepared.usable), NONE, np.intp)
    labels[prepared.usable] = _joined(rows, some, _dense(rows[some]))
    nulls = [float((_dense(noise_like(rows[some], rng)) != NONE).mean()) for _each in range(NULLS)]
    return FeatureGroups(_by_size(labels), max(nulls), seed)


def _dense(rows: Floats) -> Indices:
    """The group of each row by density, or ``NONE``."""
    from sklearn.cluster import HDBSCAN
    from threadpoolctl import threadpool_limits

    smallest = max(SMALLEST, round(SHARE * len(rows)))
    with threadpool_limits(1):  # a worker has one processor
        return np.asarray(HDBSCAN(min_cluster_size=smallest, copy=True).fit_predict(rows), np.intp)


def _joined(rows: Floats, some: Indices, groups: Indices) -> Indices:
    """The group of each row, of those that were not drawn that of the nearest one that was."""
    if len(some) == len(rows):
        return groups
    from sklearn.neighbors import KNeighborsClassifier

    return np.asarray(KNeighborsClassifier(1).fit(rows[some], groups).predict(rows), np.intp)


def _by_size(labels: Indices) -> Indices:
    """The same groups, the largest first; of equal ones that which comes first."""
    names, first, sizes = np.unique(labels[labels != NONE], return_index=True, return_counts=True)
    rank = np.full(len(names) + 1, NONE, np.intp)
    rank[np.searchsorted(names, names[np.lexsort((first, -sizes))])] = np.arange(len(names))
    return np.where(labels == NONE, NONE, rank[np.searchsorted(names, labels)])
