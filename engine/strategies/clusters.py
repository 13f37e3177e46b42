"""Maps of many images in groups, each with its mean map and its typical images."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.arrays import AnyFloats, Bools, Floats, Indices, Reals
from engine.errors import MapsError
from engine.strategies.counting import MOST, GroupCount, count_groups
from engine.strategies.preparing import PreparedMaps, prepare_maps
from engine.strategies.spectrum import affinity, cut_graph, eigenpairs

LEAST = 12
"""Maps below which no groups are looked for."""
MOST_MAPS = 3000
"""Of more maps so many are drawn and clustered, and each other one joins its nearest ones."""
MOST_ACROSS = 0.1
"""Share of the links that may lead from one group to another; where maps merely shift, more of them do."""
TYPICAL = 12
"""Typical images of a group that are listed."""
NONE = -1
"""Group of a map that says nothing about places."""


@dataclass(frozen=True, eq=False)
class MapCluster:
    """Images in which the model looks alike.

    Attributes:
        rows: intp (n,), which of the maps given are in it.
        mean: float32 (G, G), the mean of its maps, each divided by its greatest magnitude first.
        typical: intp (at most ``TYPICAL``,), rows of the maps nearest to its middle, nearest first.
    """

    rows: Indices
    mean: Floats
    typical: Indices


@dataclass(frozen=True, eq=False)
class MapClusters:
    """Maps in groups.

    Attributes:
        labels: intp (N,), the group of each map, from 0; ``NONE`` where it has none.
        clusters: the groups, largest first.
        counted: the eigenvalues, and how many groups chance does not explain.
        across: share of the links between near maps that lead from one group to another, 0-1.
        broken, flat: maps left out since a value is no number, or since no place is stronger than others.
        drawn: maps that the groups were found with; all that are usable, or ``MOST_MAPS``.
        seed: of everything drawn.
    """

    labels: Indices
    clusters: tuple[MapCluster, ...]
    counted: GroupCount
    across: float
    broken: int
    flat: int
    drawn: int
    seed: int

    @property
    def usable(self) -> Bools:
        """Which maps have a group, bool (N,)."""
        return np.asarray(self.labels != NONE, np.bool_)


def cluster_maps(maps: AnyFloats, seed: int = 0) -> MapClusters:
    """Cluster attribution maps by where they are strong.

    Args:
        maps: (N, G, G), raw. Maps that are no numbers, or equally strong everywhere, are left out; equal
            maps each count.
        seed: the same one gives the same groups on the same machine.

    Raises:
        MapsError: these are no maps of one size, or there are too few.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> maps = rng.uniform(size=(60, 4, 4)) + 9 * np.eye(4)[[0] * 40 + [2] * 20][:, None, :]
        >>> found = cluster_maps(maps)
        >>> [len(one.rows) for one in found.clusters]
        [40, 20]
    """
    from threadpoolctl import threadpool_limits

    prepared = prepare_maps(maps)
    count = len(prepared.rows)
    if count < LEAST:
        raise MapsError(
            "Groups need at least {least} maps with a place that is stronger than others; there are {count}.",
            least=LEAST,
            count=count,
        )
    with threadpool_limits(1):  # a worker has one processor; threads that wait for each other take longer
        return _clustered(maps, prepared, seed)


def _clustered(maps: AnyFloats, prepared: PreparedMaps, seed: int) -> MapClusters:
    some = np.sort(np.random.default_rng(seed).permutation(len(prepared.rows))[:MOST_MAPS])
    rows = prepared.rows[some]
    links = affinity(rows)
    values, vectors = eigenpairs(links, min(MOST, len(rows) // 6) + 1)
    counted = count_groups(rows, values, seed)
    groups, across = _divided(links, vectors, counted, seed)
    labels = _by_size(_spread(prepared, some, groups))
    return MapClusters(
        labels=labels,
        clusters=_described(maps, prepared, labels),
        counted=counted,
        across=across,
        broken=prepared.broken,
        flat=prepared.flat,
        drawn=len(rows),
        seed=seed,
    )


def _divided(links: Any, vectors: Reals, counted: GroupCount, seed: int) -> tuple[Indices, float]:
    """Groups intp (M,), and the share of links across; one group where too many links lead across others."""
    for count in counted.candidates:
        groups = cut_graph(vectors, count, seed)
        across = _across(links, groups)
        if across <= MOST_ACROSS:
            return groups, across
    return cut_graph(vectors, 1, seed), 0.0


def _spread(prepared: PreparedMaps, some: Indices, groups: Indices) -> Indices:
    """The group of each map given: those that were not drawn have that of most of their nearest ones."""
    joined = np.empty(len(prepared.rows), np.intp)
    joined[some] = groups
    others = np.setdiff1d(np.arange(len(joined)), some)
    if len(others):
        from sklearn.neighbors import KNeighborsClassifier

        near = KNeighborsClassifier().fit(prepared.rows[some], groups)
        joined[others] = near.predict(prepared.rows[others])
    labels = np.full(len(prepared.usable), NONE, np.intp)
    labels[prepared.usable] = joined
    return labels


def _by_size(labels: Indices) -> Indices:
    """The same groups numbered by size, the largest first; of equal ones that which comes first."""
    names, first, sizes = np.unique(labels[labels != NONE], return_index=True, return_counts=True)
    rank = np.empty(int(names.max()) + 2, np.intp)
    rank[NONE] = NONE
    rank[names[np.lexsort((first, -sizes))]] = np.arange(len(names))
    return rank[labels]


def _described(maps: AnyFloats, prepared: PreparedMaps, labels: Indices) -> tuple[MapCluster, ...]:
    place = np.cumsum(prepared.usable) - 1
    members = [np.flatnonzero(labels == one) for one in range(int(labels.max()) + 1)]
    return tuple(
        MapCluster(rows, _mean(maps[rows]), rows[_middle_first(prepared.rows[place[rows]])[:TYPICAL]])
        for rows in members
    )


def _mean(maps: AnyFloats) -> Floats:
    reach = np.abs(maps.astype(np.float64)).max(axis=(1, 2), keepdims=True)
    return np.asarray((maps / reach).mean(axis=0), np.float32)


def _middle_first(rows: Floats) -> Indices:
    """Places of rows (n, F), those nearest to their mean first: their squared distances to all others sum to
    least.
    """
    gaps: Reals = np.square(rows - rows.mean(axis=0, dtype=np.float64)).sum(axis=1)
    return np.argsort(gaps, kind="stable")


def _across(links: Any, groups: Indices) -> float:
    """Share of the weight of links between different groups."""
    from scipy import sparse

    pairs = sparse.coo_array(links)
    apart = groups[pairs.row] != groups[pairs.col]
    return float(pairs.data[apart].sum() / pairs.data.sum())
