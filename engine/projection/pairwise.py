"""PaCMAP: near, middling and far pairs of images, and forces between them, in numpy.

Wang et al. 2021, https://jmlr.org/papers/v22/20-1061.html, section 5. The weights, constants and the choice
of pairs are those of the paper; neighbours are exact. Why not the library: docs/decisions/0042.
"""

from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats, Indices, Reals
from engine.projection.neighbours import nearest
from engine.projection.params import PacmapParams

MIDDLING, FAR = 0.5, 2.0
"""Pairs for each pair of neighbours."""
TRIES = 6
"""Images drawn for a middling pair, of which the second nearest is taken."""
CANDIDATES = 50
"""Neighbours more than are taken: those that are nearest in units of their surroundings are."""
AROUND = slice(3, 6)
"""The neighbours, from 0, whose mean distance is the unit of an image."""
PHASES = (2 / 9, 2 / 9)
"""Shares of the iterations in which middling pairs weigh much and less."""
RATE, MOMENTS, TINY = 1.0, (0.9, 0.999), 1e-7
"""Of Adam."""
START = 0.01
"""Size of the first layout, in units of its widest spread."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of places, each intp (P, 2)."""

    near: Indices
    middling: Indices
    far: Indices


@dataclass(frozen=True)
class Force:
    """How pairs act on each other at a squared distance d, with r = d + 1: those that attract have a loss of
    weight * r / (constant + r), those that repel one of weight / (constant + r).
    """

    weight: float
    constant: float
    repels: bool = False


def pairwise(features: Floats, params: PacmapParams, start: Floats, seed: int) -> Floats:
    """Lay out features.

    Args:
        features: float32 (N, F), all different.
        params: neighbours and iterations.
        start: float32 (N, D), the first layout, of any size.
        seed: of the pairs.

    Returns:
        float32 (N, D).
    """
    pairs = draw_pairs(features, params.neighbours, seed)
    widest = float(start.std(axis=0).max()) or 1.0
    return settle(pairs, start / widest * START, params.iterations)


def draw_pairs(features: Floats, neighbours: int, seed: int) -> Pairs:
    """Near pairs, and middling and far ones by chance.

    Args:
        features: float32 (N, F).
        neighbours: of each image; fewer where there are fewer images.
        seed: of the draws.
    """
    count, rng = len(features), np.random.default_rng(seed)
    near = near_pairs(features, min(neighbours, count - 1))
    middling = _middling(features, max(1, round(neighbours * MIDDLING)), rng)
    far = _far(near, count, max(1, round(neighbours * FAR)), rng)
    return Pairs(near, middling, far)


def near_pairs(features: Floats, neighbours: int) -> Indices:
    """Each image with those that are nearest in units of both surroundings, intp (N * neighbours, 2)."""
    found = nearest(features, np.arange(len(features)), min(neighbours + CANDIDATES, len(features) - 1))
    units = np.maximum(found.distances[:, AROUND].mean(axis=1), 1e-10)
    relative = found.distances**2 / (units[:, None] * units[found.indices])
    order = np.argsort(relative, axis=1, kind="stable")[:, :neighbours]
    return _paired(np.take_along_axis(found.indices, order, axis=1))


def _middling(features: Floats, each: int, rng: np.random.Generator) -> Indices:
    """The second nearest of six drawn images, ``each`` times for each image."""
    count = len(features)
    columns = []
    for _again in range(each):
        drawn = _others(count, TRIES, rng)
        gaps = np.stack([_squared(features, drawn[:, column]) for column in range(TRIES)], axis=1)
        second = np.argsort(gaps, axis=1, kind="stable")[:, min(1, TRIES - 1)]
        columns.append(drawn[np.arange(count), second])
    return _paired(np.stack(columns, axis=1))


def _far(near: Indices, count: int, each: int, rng: np.random.Generator) -> Indices:
    """Images drawn for each image that are not among its near ones, as far as there are others."""
    drawn = _others(count, each, rng)
    known = np.sort(near[:, 0] * count + near[:, 1])
    mine = np.arange(count)[:, None] * count
    for _again in range(8):
        codes = mine + drawn
        again = known[np.minimum(np.searchsorted(known, codes), len(known) - 1)] == codes
        if not again.any():
            break
        drawn = np.where(again, _others(count, each, rng), drawn)
    return _paired(drawn)


def _others(count: int, each: int, rng: np.random.Generator) -> Indices:
    """Places intp (count, each) drawn with replacement, never a row's own."""
    return (np.arange(count)[:, None] + rng.integers(1, max(count, 2), (count, each))) % count


def _squared(features: Floats, other: Indices) -> Floats:
    gap = features - features[other]
    return np.einsum("nf,nf->n", gap, gap)


def _paired(others: Indices) -> Indices:
    """Pairs intp (N * k, 2) of others intp (N, k)."""
    return np.stack([np.repeat(np.arange(len(others)), others.shape[1]), others.ravel()], axis=1)


def settle(pairs: Pairs, start: Floats, iterations: int) -> Floats:
    """Move points (N, D) along the forces of the pairs, by Adam."""
    points = start.astype(np.float64)
    first, second = np.zeros_like(points), np.zeros_like(points)
    for step in range(iterations):
        slope = np.zeros_like(points)
        for those, force in zip(
            (pairs.near, pairs.middling, pairs.far), forces(step, iterations), strict=True
        ):
            if force.weight:
                slope += _slope(points, those, force)
        first += (1 - MOMENTS[0]) * (slope - first)
        second += (1 - MOMENTS[1]) * (slope**2 - second)
        rate = RATE * np.sqrt(1 - MOMENTS[1] ** (step + 1)) / (1 - MOMENTS[0] ** (step + 1))
        points -= rate * first / (np.sqrt(second) + TINY)
    return np.asarray(points, np.float32)


def forces(step: int, iterations: int) -> tuple[Force, Force, Force]:
    """Forces of near, middling and far pairs in a step.

    Example:
        >>> [force.weight for force in forces(0, 450)], [force.weight for force in forces(449, 450)]
        ([2.0, 1000.0, 1.0], [1.0, 0.0, 1.0])
    """
    one = round(iterations * PHASES[0])
    two = one + round(iterations * PHASES[1])
    near, middling = (2.0, 1000 + (3.0 - 1000) * step / one) if step < one else (3.0, 3.0)
    if step >= two:
        near, middling = 1.0, 0.0
    return Force(near, 10.0), Force(middling, 10000.0), Force(1.0, 1.0, repels=True)


def _slope(points: Reals, pairs: Indices, force: Force) -> Reals:
    """Slope float64 (N, D) of the loss of some pairs."""
    gap = points[pairs[:, 0]] - points[pairs[:, 1]]
    reach = 1 + np.einsum("pd,pd->p", gap, gap)
    strength = -1.0 if force.repels else force.constant
    gap *= (2 * force.weight * strength / (force.constant + reach) ** 2)[:, None]
    count = len(points)
    columns = [
        np.bincount(pairs[:, 0], gap[:, d], count) - np.bincount(pairs[:, 1], gap[:, d], count)
        for d in range(points.shape[1])
    ]
    return np.stack(columns, axis=1)
