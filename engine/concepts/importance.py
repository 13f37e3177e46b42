"""How much a score depends on each concept: total Sobol indices with bands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.arrays import AnyFloats, AnyInts, Bools, Indices, Reals
from engine.concepts.design import ConceptDesign

if TYPE_CHECKING:
    from engine.perturbation.designs.sobol_design import Rows

LEAST_GROUPS, LEAST_ROWS = 4, 8
"""Of a band: with fewer it does not cover what it claims."""
MOVES = 1e-7
"""Spread of scores, over their size, that is more than rounding."""


@dataclass(frozen=True, eq=False)
class ConceptImportance:
    """How much one score depends on each of d inputs: concepts, or concepts in regions.

    Attributes:
        values: float64 (d,), total indices: the share of the score's variance that is lost when all but this
            concept is known. They count interactions in each concept that takes part, so that they may sum to
            more than 1. All 0 where the score never moves.
        lower, upper: float64 (d,), ends of the 95 % band; None from too few groups of runs.
        stability: rank correlation between the halves of the groups; None where there is none.
        moved: whether the score moved at all.
    """

    values: Reals
    lower: Reals | None = None
    upper: Reals | None = None
    stability: float | None = None
    moved: bool = True


@dataclass(frozen=True, eq=False)
class _Grouped:
    """Rows of one or several designs.

    Attributes:
        rows: their scores.
        group: (n,), independent groups of rows, for the band.
    """

    rows: Rows
    group: Indices

    def only(self, kept: Bools) -> _Grouped:
        return _Grouped(self.rows.only(kept), self.group[kept])


def importance(design: ConceptDesign, scores: AnyFloats) -> ConceptImportance | None:
    """Importance for one score of one image; the band is from the replicates of the design.

    Args:
        design: the runs.
        scores: (runs,), NaN where a run is missing.

    Returns:
        What is known, or None before two rows are finished.
    """
    rows = design.finished(scores)
    return _read(_Grouped(rows, rows.replicate)) if len(rows) > 1 else None


def importance_over_images(design: ConceptDesign, scores: Sequence[AnyFloats]) -> ConceptImportance | None:
    """Importance for a score over several images, each asked with a design of its own seed.

    Variances are summed over the images before they are divided, so that an image whose score hardly moves
    counts as little as it says; the band is from the images.

    Args:
        design: that of the first image; the others differ in their seeds alone.
        scores: (runs,) of each image.
    """
    from engine.perturbation.designs.sobol_design import Rows

    found = [design.finished(one) for one in scores]
    if sum(map(len, found)) < 2:
        return None
    image = np.repeat(np.arange(len(found)), [len(rows) for rows in found])
    joined = Rows(*(np.concatenate([getattr(rows, name) for rows in found]) for name in _FIELDS))
    return _read(_Grouped(joined, image))


_FIELDS = ("a", "b", "c", "replicate", "steps")


def _read(found: _Grouped) -> ConceptImportance:
    values = _indices(found)
    if values is None:
        return ConceptImportance(np.zeros(found.rows.c.shape[1]), moved=False)
    groups = np.unique(found.group)
    lower, upper = _band(found, values, groups)
    return ConceptImportance(values, lower, upper, _agreement(found, groups))


def _indices(found: _Grouped) -> Reals | None:
    """Jansen's estimator with the variance from differences of A and B, which are independent in each row;
    None where nothing moves.

    No mean is taken: eight points lie so evenly that the spread about their mean is too large, and the level
    of scores may differ between images.
    """
    rows = found.rows
    if not len(rows):
        return None
    variance = float(np.square(rows.a - rows.b).mean() / 2)
    largest = max(float(np.abs(rows.a).max()), float(np.abs(rows.b).max()), MOVES)
    if variance <= (MOVES * largest) ** 2:
        return None
    return np.asarray(np.square(rows.a[:, None] - rows.c).mean(axis=0) / (2 * variance))


def _band(found: _Grouped, values: Reals, groups: AnyInts) -> tuple[Reals, Reals] | tuple[None, None]:
    from engine.perturbation.estimators.replicates import ratio_band  # which takes long to import

    without = [_indices(found.only(found.group != group)) for group in groups]
    known = [one for one in without if one is not None]
    if len(groups) < LEAST_GROUPS or len(found.rows) < LEAST_ROWS or len(known) < len(groups):
        return None, None
    low, high = ratio_band(values, np.stack(known))
    return low, np.maximum(np.minimum(high, 1), values)


def _agreement(found: _Grouped, groups: AnyInts) -> float | None:
    """Spearman's rank correlation between the even and the odd groups."""
    from engine.perturbation.estimators.replicates import rank_agreement

    even = np.isin(found.group, groups[::2])
    halves = [_indices(found.only(kept)) if kept.any() else None for kept in (even, ~even)]
    one, other = halves
    return None if one is None or other is None else rank_agreement(one, other)
