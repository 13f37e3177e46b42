"""How steady concepts are: found again from other starting points and from halves of the images."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import AnyFloats, AnyInts, Floats, Indices, Reals
from engine.concepts.factors import LEAST, MOST, ConceptBasis, explained_share, factorise

SEEDS = 5
MOST_ROWS = 3000
"""Places that are drawn for questions that take many factorisations."""
STEADY = 0.8
"""Cosine from which a concept counts as found again."""
COUNTS = (3, 4, 5, 6, 8, MOST)
"""Numbers of concepts that are tried."""


def matched(one: ConceptBasis, other: ConceptBasis) -> tuple[Indices, Reals]:
    """Which concept of another basis each concept is, all together as like as can be (Hungarian method).

    Returns:
        For each of the k concepts of ``one`` its partner, intp (k,), -1 where it has none, and their cosine,
        float64 (k,); of signed concepts its magnitude.

    Example:
        >>> axes = np.eye(3, dtype=np.float32)
        >>> matched(ConceptBasis(axes), ConceptBasis(axes[[2, 0, 1]]))[0].tolist()
        [1, 2, 0]
    """
    from scipy.optimize import linear_sum_assignment

    likeness = one.vectors.astype(np.float64) @ other.vectors.T
    likeness = np.abs(likeness) if one.signed else likeness
    rows, columns = linear_sum_assignment(-likeness)
    partner, cosine = np.full(len(one), -1, np.intp), np.zeros(len(one))
    partner[rows], cosine[rows] = columns, likeness[rows, columns]
    return partner, cosine


@dataclass(frozen=True, eq=False)
class ConceptStability:
    """How well each of k concepts is found again, as cosines.

    Attributes:
        seeds: float64 (k,), mean over other random beginnings.
        halves: float64 (k,), mean over the two halves of the images.
    """

    seeds: Reals
    halves: Reals


def stability(rows: AnyFloats, images: AnyInts, basis: ConceptBasis, seed: int = 0) -> ConceptStability:
    """Find concepts again from ``SEEDS`` random beginnings, and from each half of the images.

    Args:
        rows: (n, K), places.
        images: (n,), which image each place is of.
        basis: the concepts.
        seed: of all that is drawn.
    """
    some, own = _drawn(rows, images, seed)
    count = max(len(basis), LEAST)
    again = [factorise(some, count, seed + 1 + start, "random") for start in range(SEEDS)]
    halves = [factorise(some[own == half], count, seed) for half in (0, 1) if (own == half).sum() >= 2 * MOST]
    return ConceptStability(_mean_match(basis, again), _mean_match(basis, halves))


def _mean_match(basis: ConceptBasis, others: Sequence[ConceptBasis]) -> Reals:
    if not others:
        return np.full(len(basis), np.nan)
    return np.asarray(np.mean([matched(basis, other)[1] for other in others], axis=0))


def _drawn(rows: AnyFloats, images: AnyInts, seed: int) -> tuple[Floats, Indices]:
    """At most ``MOST_ROWS`` places, and the half of the images that each belongs to."""
    rng = np.random.default_rng(seed)
    kept = np.sort(rng.permutation(len(rows))[:MOST_ROWS])
    _, own = np.unique(images, return_inverse=True)
    side = rng.permutation(int(own.max()) + 1) % 2
    return np.asarray(rows[kept], np.float32), np.asarray(side[own[kept]], np.intp)


@dataclass(frozen=True)
class ConceptTrial:
    """What speaks for a number of concepts.

    Attributes:
        count: how many.
        explained: share of the activation's sum of squares, 0-1.
        steadiness: cosine of the concept on which the two halves of the images agree least.
    """

    count: int
    explained: float
    steadiness: float


def try_counts(rows: AnyFloats, images: AnyInts, seed: int = 0) -> tuple[ConceptTrial, ...]:
    """What several numbers of concepts explain, and how far two halves of the images agree on them."""
    some, own = _drawn(rows, images, seed)
    counts = [count for count in COUNTS if count <= some.shape[1]] or [LEAST]
    return tuple(_trial(some, own, count, seed) for count in counts)


def _trial(some: Floats, own: Indices, count: int, seed: int) -> ConceptTrial:
    basis = factorise(some, count, seed)
    parts = [some[own == half] for half in (0, 1)]
    if min(map(len, parts)) < 4 * MOST:
        return ConceptTrial(count, explained_share(some, basis), float("nan"))
    one, other = (factorise(part, count, seed) for part in parts)
    return ConceptTrial(count, explained_share(some, basis), float(matched(one, other)[1].min()))


def suggested(trials: Sequence[ConceptTrial]) -> int:
    """The largest number of concepts on which the halves agree; else the one on which they agree most.

    Example:
        >>> suggested([ConceptTrial(3, 0.5, 0.99), ConceptTrial(5, 0.6, 0.93), ConceptTrial(8, 0.7, 0.6)])
        5
    """
    steady = [trial.count for trial in trials if trial.steadiness >= STEADY]
    if steady:
        return max(steady)
    known = [trial for trial in trials if np.isfinite(trial.steadiness)]
    return max(known, key=lambda trial: trial.steadiness).count if known else trials[0].count
